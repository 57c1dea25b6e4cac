import { describe, expect, it } from "vitest";

import { request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const actionsOf = (name: string) =>
  suite.github.events
    .filter((one) => one.event === "pull_request" && JSON.stringify(one.payload).includes(`"acme/${name}"`))
    .map((one) => one.action);

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
