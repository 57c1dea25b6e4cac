import { describe, expect, it } from "vitest";

import { installationToken, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const told = (name: string, event: string) =>
  suite.github.events.filter((one) => one.event === event && JSON.stringify(one.payload).includes(`"acme/${name}"`));

describe("deployments", () => {
  it("are made, filtered and read, newest first", async () => {
    const pull = await suite.pull("made");
    const path = "/repos/acme/made/deployments";
    const first = await suite.api("POST", path, { ref: "main", environment: "staging", auto_merge: false });
    expect(first).toMatchObject({
      status: 201,
      body: { sha: pull.baseSha, ref: "main", environment: "staging", task: "deploy", creator: { type: "Bot" } },
    });
    await suite.api("POST", path, { ref: "change", environment: "staging", payload: { app: "web" } });
    await suite.api("POST", path, { ref: pull.headSha });
    const shas = async (query: string) =>
      (await suite.api("GET", `${path}?${query}`)).body.map((one: { sha: string }) => one.sha);
    expect(await shas("environment=staging")).toEqual([pull.headSha, pull.baseSha]);
    expect(await shas(`sha=${pull.baseSha}`)).toEqual([pull.baseSha]);
    expect(await shas("ref=change&environment=staging")).toEqual([pull.headSha]);
    expect(await shas("environment=production&per_page=1")).toEqual([pull.headSha]);
    expect((await suite.api("GET", `${path}/${first.body.id}`)).body.id).toBe(first.body.id);
    expect((await suite.api("GET", `${path}/1`)).status).toBe(404);
    expect((await suite.api("POST", path, { ref: "nope" })).status).toBe(422);
    expect(told("made", "deployment")).toHaveLength(3);
  });

  it("wait for green checks, unless told otherwise", async () => {
    const pull = await suite.pull("green");
    const create = async (body: object) =>
      (await suite.api("POST", "/repos/acme/green/deployments", { ref: "change", ...body })).status;
    await suite.github.status({ ...pull, sha: pull.headSha, context: "build", state: "pending" });
    expect(await create({})).toBe(409);
    expect(await create({ required_contexts: [] })).toBe(201);
    await suite.github.status({ ...pull, sha: pull.headSha, context: "build", state: "success" });
    expect(await create({})).toBe(201);
    expect(await create({ required_contexts: ["e2e"] })).toBe(409);
    await suite.github.reportCheck({ ...pull, sha: pull.headSha, check: "e2e", conclusion: "success" });
    expect(await create({ required_contexts: ["e2e"] })).toBe(201);
  });

  it("have statuses, newest first; a success ends the success before it, without a word", async () => {
    const pull = await suite.pull("statuses");
    const first = await suite.github.deploy({ ...pull, environment: "staging", sha: pull.baseSha, state: "success" });
    const { body: second } = await suite.api("POST", "/repos/acme/statuses/deployments", {
      ref: pull.headSha,
      environment: "staging",
    });
    const path = `/repos/acme/statuses/deployments/${second.id}/statuses`;
    await suite.api("POST", path, {
      state: "in_progress",
      description: "rolling out",
      log_url: "https://ci.example/1",
    });
    const done = await suite.api("POST", path, { state: "success" });
    expect(done).toMatchObject({ status: 201, body: { state: "success", environment: "staging" } });
    expect((await suite.api("GET", path)).body).toMatchObject([
      { state: "success", description: "" },
      { state: "in_progress", description: "rolling out", log_url: "https://ci.example/1" },
    ]);
    const [, before] = suite.github.deployments({ ...pull, environment: "staging" });
    expect(before).toMatchObject({ id: first.id, statuses: [{ state: "success" }, { state: "inactive" }] });
    expect(told("statuses", "deployment_status").map((one) => one.payload)).toMatchObject([
      { deployment_status: { state: "success", creator: { login: "mona" } }, deployment: { sha: pull.baseSha } },
      { deployment_status: { state: "in_progress" } },
      { deployment_status: { state: "success", creator: { type: "Bot" } }, deployment: { environment: "staging" } },
    ]);
    expect((await suite.api("POST", path, { state: "great" })).status).toBe(422);
    expect((await suite.api("POST", path, { state: "error", description: "x".repeat(141) })).status).toBe(422);
  });

  it("of a pipeline continue per commit and environment", async () => {
    const pull = await suite.pull("pipeline");
    const one = await suite.github.deploy({ ...pull, environment: "staging", state: "queued", by: "ada" });
    const two = await suite.github.deploy({ ...pull, environment: "staging", state: "failure", description: "crash" });
    expect(two).toMatchObject({ id: one.id, sha: pull.baseSha, creator: "ada" });
    expect(two.statuses.map((status) => status.state)).toEqual(["queued", "failure"]);
    const prod = await suite.github.deploy({ ...pull, environment: "prod", sha: pull.headSha, state: "success" });
    expect(prod.id).not.toBe(one.id);
    await expect(
      suite.github.deploy({ ...pull, environment: "prod", sha: "f".repeat(40), state: "error" }),
    ).rejects.toThrow();
  });

  it("need their own permission", async () => {
    await suite.repository("permission");
    const path = "/repos/acme/permission/deployments";
    const none = await installationToken(suite.github, { permissions: { contents: "write" } });
    expect((await request(suite.github, none, "GET", path)).status).toBe(403);
    const reading = await installationToken(suite.github, { permissions: { deployments: "read" } });
    expect((await request(suite.github, reading, "GET", path)).status).toBe(200);
    expect((await request(suite.github, reading, "POST", path, { ref: "main" })).status).toBe(403);
  });
});

describe("what others report on a commit", () => {
  it("is a check run of another App, which the app hears of and cannot change", async () => {
    const pull = await suite.pull("others");
    const run = await suite.github.reportCheck({ ...pull, sha: pull.headSha, check: "e2e" });
    expect(run).toMatchObject({ app: "ci", name: "e2e", status: "in_progress" });
    const done = await suite.github.reportCheck({ ...pull, sha: pull.headSha, check: "e2e", conclusion: "failure" });
    expect(done).toMatchObject({ id: run.id, conclusion: "failure" });
    const again = await suite.github.reportCheck({ ...pull, sha: pull.headSha, check: "e2e", conclusion: "success" });
    expect(again.id).not.toBe(run.id);
    await suite.api("POST", "/repos/acme/others/check-runs", { name: "e2e", head_sha: pull.headSha });
    const { body } = await suite.api("GET", `/repos/acme/others/commits/${pull.headSha}/check-runs`);
    expect(body.check_runs).toMatchObject([
      { name: "e2e", app: { id: suite.github.app.id, slug: "sluice" } },
      { name: "e2e", app: { slug: "ci" }, conclusion: "success" },
    ]);
    expect(body.check_runs[1].app.id).not.toBe(suite.github.app.id);
    const own = await suite.api("GET", `/repos/acme/others/commits/change/check-runs?app_id=${suite.github.app.id}`);
    expect(own.body.total_count).toBe(1);
    const refused = await suite.api("PATCH", `/repos/acme/others/check-runs/${again.id}`, { conclusion: "success" });
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain("can only be modified by the GitHub App that created it");
    const events = told("others", "check_run").map((one) => [one.action, one.payload]);
    expect(events.slice(0, 2)).toMatchObject([
      ["created", { check_run: { app: { slug: "ci" }, status: "in_progress" } }],
      ["completed", { check_run: { app: { slug: "ci" }, conclusion: "failure" }, sender: { login: "ci[bot]" } }],
    ]);
    const count = suite.github.events.length;
    await suite.github.rerequestCheckRun({ ...pull, id: again.id });
    expect(suite.github.events).toHaveLength(count);
  });

  it("is a commit status with its event", async () => {
    const pull = await suite.pull("status");
    await suite.github.status({
      ...pull,
      sha: pull.headSha,
      context: "argocd/staging",
      state: "failure",
      description: "Degraded",
      by: "ada",
    });
    expect(told("status", "status").at(-1)?.payload).toMatchObject({
      sha: pull.headSha,
      context: "argocd/staging",
      state: "failure",
      description: "Degraded",
      branches: [{ name: "change" }],
      commit: { sha: pull.headSha, commit: { verification: { verified: false } } },
      sender: { login: "ada" },
    });
    const combined = await suite.api("GET", "/repos/acme/status/commits/change/status");
    expect(combined.body).toMatchObject({ state: "failure", statuses: [{ context: "argocd/staging" }] });
  });
});
