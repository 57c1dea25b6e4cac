import { describe, expect, it } from "vitest";

import { request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const annotation = (line: number) => ({
  path: "values.yaml",
  start_line: line,
  end_line: line,
  annotation_level: "warning",
  message: `line ${line}`,
});

describe("check runs", () => {
  it("take 50 annotations per request, append those of the next one, and list them in pages", async () => {
    const { headSha: head_sha } = await suite.pull("annotated");
    const many = Array.from({ length: 51 }, (_, at) => annotation(at + 1));
    const path = "/repos/acme/annotated/check-runs";
    const tooMany = await suite.api("POST", path, {
      name: "sluice",
      head_sha,
      output: { title: "t", summary: "s", annotations: many },
    });
    expect(tooMany.status).toBe(422);
    const made = await suite.api("POST", path, {
      name: "sluice",
      head_sha,
      status: "in_progress",
      output: { title: "t", summary: "s", annotations: many.slice(0, 50) },
    });
    expect(made.body).toMatchObject({ status: "in_progress", conclusion: null, output: { annotations_count: 50 } });
    const done = await suite.api("PATCH", `${path}/${made.body.id}`, {
      conclusion: "failure",
      output: { title: "t", summary: "done", annotations: many.slice(50) },
    });
    expect(done.body).toMatchObject({ status: "completed", conclusion: "failure", output: { annotations_count: 51 } });
    const listed = await suite.api("GET", `${path}/${made.body.id}/annotations?per_page=50&page=2`);
    expect(listed.body).toMatchObject([{ start_line: 51, blob_href: expect.stringContaining("/blob/") }]);
  });

  it("refuse an output of more than 65,535 characters, an unknown commit, an unknown field and an open end", async () => {
    const { headSha: head_sha } = await suite.pull("refused");
    const post = (body: object) =>
      suite.api("POST", "/repos/acme/refused/check-runs", { name: "sluice", head_sha, ...body });
    expect((await post({ output: { title: "t", summary: "x".repeat(65_536) } })).status).toBe(422);
    expect((await post({ output: { title: "t", summary: "s", text: "x".repeat(65_536) } })).status).toBe(422);
    expect((await post({ output: { title: "t", summary: "x".repeat(65_535) } })).status).toBe(201);
    expect((await post({ head_sha: "0".repeat(40) })).status).toBe(422);
    expect((await post({ state: "queued" })).status).toBe(422);
    expect((await post({ status: "completed" })).status).toBe(422);
    expect((await post({ conclusion: "stale" })).status).toBe(422);
    expect(
      (await post({ output: { title: "t", summary: "s", annotations: [{ ...annotation(3), end_line: 2 }] } })).status,
    ).toBe(422);
  });

  it("are listed for a ref, newest of each name first, by name and app", async () => {
    const { headSha: head_sha } = await suite.pull("listed");
    for (const name of ["sluice", "other", "sluice"])
      await suite.api("POST", "/repos/acme/listed/check-runs", { name, head_sha });
    const list = async (query: string) =>
      (await suite.api("GET", `/repos/acme/listed/commits/change/check-runs?${query}`)).body;
    expect(await list("")).toMatchObject({ total_count: 2 });
    expect(await list("check_name=sluice&filter=all")).toMatchObject({ total_count: 2 });
    expect(await list(`check_name=sluice&app_id=${suite.github.app.id}`)).toMatchObject({ total_count: 1 });
    expect(await list("app_id=99")).toMatchObject({ total_count: 0, check_runs: [] });
  });

  it("belong to apps: people cannot make them", async () => {
    const { headSha: head_sha } = await suite.pull("people");
    const { token } = suite.github.user("mona");
    const answer = await request(suite.github, token, "POST", "/repos/acme/people/check-runs", { name: "x", head_sha });
    expect(answer).toMatchObject({ status: 403, body: { message: "You must authenticate via a GitHub App." } });
  });

  it("are asked for again with an event to the app", async () => {
    const pull = await suite.pull("again");
    await suite.api("POST", "/repos/acme/again/check-runs", { name: "sluice", head_sha: pull.headSha });
    const [run] = suite.github.checkRuns(pull);
    if (!run) throw new Error("no check run");
    await expect(suite.github.rerequestCheckRun({ ...pull, id: run.id })).rejects.toThrow("not completed");
    await suite.api("PATCH", `/repos/acme/again/check-runs/${run.id}`, { conclusion: "success" });
    await suite.github.rerequestCheckRun({ ...pull, id: run.id });
    expect(suite.github.events.at(-1)).toMatchObject({
      event: "check_run",
      action: "rerequested",
      payload: { check_run: { id: run.id, pull_requests: [{ number: 1 }] }, sender: { login: "mona" } },
    });
  });
});

describe("commit statuses", () => {
  it("are combined into one state", async () => {
    const { headSha } = await suite.pull("statuses");
    const combined = async () => (await suite.api("GET", "/repos/acme/statuses/commits/change/status")).body.state;
    expect(await combined()).toBe("pending");
    const post = (state: string, context: string) =>
      suite.api("POST", `/repos/acme/statuses/statuses/${headSha}`, { state, context, description: "said" });
    expect((await post("success", "a")).status).toBe(201);
    expect(await combined()).toBe("success");
    await post("failure", "b");
    expect(await combined()).toBe("failure");
    await post("success", "b");
    expect(await combined()).toBe("success");
    expect((await suite.api("GET", "/repos/acme/statuses/commits/change/statuses")).body).toHaveLength(3);
    expect((await post("great", "a")).status).toBe(422);
  });
});
