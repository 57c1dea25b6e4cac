import { describe, expect, it } from "vitest";

import { installationToken, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const actionsOf = (name: string) =>
  suite.github.events
    .filter((one) => one.event === "pull_request" && JSON.stringify(one.payload).includes(`"acme/${name}"`))
    .map((one) => one.action);

const issue = (name: string, body: object) => suite.api("POST", `/repos/acme/${name}/issues`, body);

const named = (name: string) => ({ name });

describe("a pull request as an issue", () => {
  it("takes labels and assignees in one request; unknown labels are made, people without access left out", async () => {
    const pull = await suite.pull("patched");
    suite.github.user("stranger");
    suite.github.setPermission({ ...pull, login: "ada", permission: "read" });
    const path = "/repos/acme/patched/issues/1";
    const { status, body } = await suite.api("PATCH", path, {
      labels: ["promotion", "prod"],
      assignees: ["ada", "stranger", "nobody-at-all"],
    });
    expect(status).toBe(200);
    expect(body.labels.map((one: { name: string }) => one.name)).toEqual(["promotion", "prod"]);
    expect(body).toMatchObject({ assignee: { login: "ada" }, assignees: [{ login: "ada" }] });
    expect((await suite.api("GET", "/repos/acme/patched/pulls/1")).body).toMatchObject({
      labels: ["promotion", "prod"].map(named),
      assignees: [{ login: "ada" }],
    });
    expect(suite.github.pull(pull)).toMatchObject({ labels: ["promotion", "prod"], assignees: ["ada"] });
    await suite.api("PATCH", path, { labels: ["PROD"], assignees: [] });
    expect(suite.github.pull(pull)).toMatchObject({ labels: ["prod"], assignees: [] });
    expect((await suite.api("PATCH", path, { labels: ["prod"] })).status).toBe(200);
    expect(actionsOf("patched")).toEqual(["opened", "labeled", "labeled", "assigned", "unlabeled", "unassigned"]);
    expect((await suite.api("PATCH", path, { labels: ["x".repeat(51)] })).status).toBe(422);
    expect((await suite.api("PATCH", path, { label: "x" })).status).toBe(422);
  });

  it("is read, renamed and closed", async () => {
    await suite.pull("read");
    const path = "/repos/acme/read/issues/1";
    expect((await suite.api("GET", path)).body).toMatchObject({ number: 1, pull_request: { merged_at: null } });
    const closed = await suite.api("PATCH", path, { title: "New", body: "Text", state: "closed" });
    expect(closed.body).toMatchObject({ title: "New", body: "Text", state: "closed" });
    expect((await suite.api("GET", "/repos/acme/read/issues/2")).status).toBe(404);
  });

  it("has labels that are added, replaced and removed", async () => {
    const pull = await suite.pull("labels");
    const path = "/repos/acme/labels/issues/1/labels";
    expect((await suite.api("POST", path, { labels: ["release", "prod"] })).body).toHaveLength(2);
    expect((await suite.api("POST", path, { labels: ["Release"] })).body).toHaveLength(2);
    expect((await suite.api("DELETE", `${path}/prod`)).body).toHaveLength(1);
    expect((await suite.api("DELETE", `${path}/prod`)).status).toBe(404);
    expect((await suite.api("GET", path)).body[0].name).toBe("release");
    await suite.api("PUT", path, { labels: ["a", "b"] });
    expect(suite.github.pull(pull).labels).toEqual(["a", "b"]);
  });

  it("has assignees that are added and removed", async () => {
    const pull = await suite.pull("assignees");
    const path = "/repos/acme/assignees/issues/1/assignees";
    expect((await suite.api("POST", path, { assignees: ["mona"] })).status).toBe(201);
    expect(suite.github.pull(pull).assignees).toEqual(["mona"]);
    expect((await suite.api("DELETE", path, { assignees: ["mona"] })).status).toBe(200);
    expect(suite.github.pull(pull).assignees).toEqual([]);
  });

  it("needs the triage role from people", async () => {
    const pull = await suite.pull("triage");
    suite.github.setPermission({ ...pull, login: "reader", permission: "read" });
    const { token } = suite.github.user("reader");
    const answer = await request(suite.github, token, "POST", "/repos/acme/triage/issues/1/labels", { labels: ["x"] });
    expect(answer.status).toBe(403);
  });
});

describe("an issue", () => {
  it("is opened, changed, closed and opened again, and shares numbers with pull requests", async () => {
    await suite.pull("issue");
    const made = await issue("issue", { title: "prod differs", body: "Two resources", labels: ["drift"] });
    expect(made).toMatchObject({
      status: 201,
      body: {
        number: 2,
        title: "prod differs",
        user: { type: "Bot" },
        labels: [{ name: "drift" }],
        performed_via_github_app: { id: suite.github.app.id },
        html_url: `${suite.github.url}/acme/issue/issues/2`,
      },
    });
    expect(made.body).not.toHaveProperty("pull_request");
    const path = "/repos/acme/issue/issues/2";
    const closed = await suite.api("PATCH", path, { title: "prod differed", state: "closed" });
    expect(closed.body).toMatchObject({ title: "prod differed", state: "closed", state_reason: "completed" });
    const open = await suite.api("PATCH", path, { state: "open" });
    expect(open.body).toMatchObject({ state: "open", closed_at: null, state_reason: "reopened" });
    expect((await suite.api("GET", path)).body).toEqual(open.body);
    expect((await issue("issue", { title: " " })).status).toBe(422);
    expect((await issue("issue", { title: "x".repeat(257) })).status).toBe(422);
    expect((await issue("issue", { title: "x", body: "x".repeat(65_537) })).status).toBe(422);
    expect((await issue("issue", { title: "x", milestones: 1 })).status).toBe(422);
    expect((await suite.api("GET", "/repos/acme/issue/pulls/2")).status).toBe(404);
    expect(suite.github.issues({ owner: "acme", name: "issue" })).toMatchObject([
      { number: 2, title: "prod differed", body: "Two resources", state: "open", author: "sluice[bot]" },
    ]);
  });

  it("is listed with pull requests, by state, author and label, in pages", async () => {
    await suite.pull("list");
    await issue("list", { title: "one", labels: ["drift"] });
    await issue("list", { title: "two" });
    await suite.api("PATCH", "/repos/acme/list/issues/2", { state: "closed" });
    const titles = async (query: string) =>
      (await suite.api("GET", `/repos/acme/list/issues?${query}`)).body.map((one: { title: string }) => one.title);
    expect(await titles("")).toEqual(["two", "Bump a"]);
    expect(await titles("state=all&direction=asc")).toEqual(["Bump a", "one", "two"]);
    expect(await titles("state=closed")).toEqual(["one"]);
    expect(await titles("state=all&creator=sluice%5Bbot%5D&labels=drift")).toEqual(["one"]);
    expect(await titles("state=all&sort=updated&per_page=1&page=2")).toHaveLength(1);
  });

  it("takes comments, of which the app hears, and has a page of its own", async () => {
    await suite.repository("talk");
    await issue("talk", { title: "prod <differs>", body: "**Two** resources" });
    const talk = { owner: "acme", name: "talk", number: 1 };
    const said = await suite.github.comment({ ...talk, body: "/reconcile prod", by: "ada" });
    expect(said.url).toBe(`${suite.github.url}/acme/talk/issues/1#issuecomment-${said.id}`);
    expect((await suite.api("GET", "/repos/acme/talk/issues/1/comments")).body).toHaveLength(1);
    const event = suite.github.events.findLast((one) => one.event === "issue_comment");
    expect(event?.payload).toMatchObject({ issue: { number: 1, state: "open" }, comment: { body: "/reconcile prod" } });
    const page = await (await fetch(`${suite.github.url}/acme/talk/issues/1`)).text();
    expect(page).toContain("prod &lt;differs&gt;");
    expect(page).toContain("<strong>Two</strong>");
    const form = new URLSearchParams({ body: "/status", by: "mona" });
    await fetch(`${suite.github.url}/acme/talk/issues/1/comment`, { method: "POST", body: form });
    expect(suite.github.comments(talk).map(({ body }) => body)).toEqual(["/reconcile prod", "/status"]);
    expect(await (await fetch(`${suite.github.url}/acme/talk/issues`)).text()).toContain("1 open issue");
  });

  it("needs the permission for issues: that for pull requests is not enough", async () => {
    await suite.repository("rights");
    const token = await installationToken(suite.github, { permissions: { pull_requests: "write" } });
    const answer = await request(suite.github, token, "POST", "/repos/acme/rights/issues", { title: "x" });
    expect(answer.status).toBe(403);
  });
});
