import { describe, expect, it } from "vitest";

import { request } from "./support/api.ts";
import { git, useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

const eventsOf = (name: string, event: string) =>
  suite.github.events.filter((one) => one.event === event && JSON.stringify(one.payload).includes(`"acme/${name}"`));

describe("pull requests", () => {
  it("are opened by the app and refused where GitHub refuses them", async () => {
    await suite.repository("open");
    await suite.github.commit({ owner: "acme", name: "open", branch: "x", files: { "values.yaml": "image: a:2\n" } });
    const post = (body: object) =>
      suite.api("POST", "/repos/acme/open/pulls", { title: "T", head: "x", base: "main", ...body });
    const made = await post({ body: "B", draft: true });
    expect(made).toMatchObject({
      status: 201,
      body: { number: 1, draft: true, changed_files: 1, commits: 1, user: { type: "Bot" } },
    });
    expect((await post({})).body.errors[0].message).toBe("A pull request already exists for acme:x.");
    expect((await post({ head: "nope" })).body.errors[0]).toMatchObject({ field: "head", code: "invalid" });
    expect((await post({ base: "nope" })).body.errors[0]).toMatchObject({ field: "base", code: "invalid" });
    expect((await post({ head: "main" })).status).toBe(422);
    expect((await post({ labels: ["x"] })).status).toBe(422);
  });

  it("are listed by state, head and base", async () => {
    const first = await suite.pull("lists");
    await suite.github.commit({ ...first, branch: "second", files: { "b.txt": "b" } });
    await suite.github.openPull({ ...first, head: "second", title: "Second" });
    await suite.github.closePull(first);
    expect(suite.github.pulls(first).map((one) => `${one.number} ${one.state}`)).toEqual(["1 closed", "2 open"]);
    const numbers = async (query: string) =>
      (await suite.api("GET", `/repos/acme/lists/pulls?${query}`)).body.map((one: { number: number }) => one.number);
    expect(await numbers("")).toEqual([2]);
    expect(await numbers("state=all")).toEqual([2, 1]);
    expect(await numbers("state=closed")).toEqual([1]);
    expect(await numbers("state=all&head=acme:second")).toEqual([2]);
    expect(await numbers("state=all&base=nope")).toEqual([]);
    expect(await numbers("state=all&sort=created&direction=asc")).toEqual([1, 2]);
  });

  it("list their files and commits", async () => {
    const pull = await suite.pull("files");
    await suite.github.commit({ ...pull, branch: "change", files: { "new.txt": "1\n2\n", "values.yaml": null } });
    const files = await suite.api("GET", "/repos/acme/files/pulls/1/files");
    expect(files.body).toMatchObject([
      { filename: "new.txt", status: "added", additions: 2, patch: "@@ -0,0 +1,2 @@\n+1\n+2" },
      { filename: "values.yaml", status: "removed", deletions: 1 },
    ]);
    expect((await suite.api("GET", "/repos/acme/files/pulls/1/commits")).body).toHaveLength(2);
    expect((await suite.api("GET", "/repos/acme/files/pulls/1")).body).toMatchObject({
      changed_files: 2,
      commits: 2,
      mergeable: true,
    });
  });

  it("are edited, closed and reopened, each told once", async () => {
    await suite.pull("states");
    const patch = (body: object) => suite.api("PATCH", "/repos/acme/states/pulls/1", body);
    expect((await patch({ title: "New", body: "Text" })).body).toMatchObject({ title: "New", body: "Text" });
    expect((await patch({ title: "New" })).status).toBe(200);
    expect((await patch({ state: "closed" })).body.state).toBe("closed");
    expect((await patch({ state: "open" })).body.state).toBe("open");
    expect((await patch({ state: "merged" })).status).toBe(422);
    expect(eventsOf("states", "pull_request").map((one) => one.action)).toEqual([
      "opened",
      "edited",
      "closed",
      "reopened",
    ]);
  });

  it("cannot be merged when they conflict, are drafts, or their head moved", async () => {
    const pull = await suite.pull("conflict");
    const merge = (body: object) => suite.api("PUT", "/repos/acme/conflict/pulls/1/merge", body);
    expect((await merge({ sha: pull.baseSha })).status).toBe(409);
    await suite.github.commit({ ...pull, branch: "main", files: { "values.yaml": "image: a:7\n" } });
    expect((await suite.api("GET", "/repos/acme/conflict/pulls/1")).body).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
    });
    expect((await merge({ sha: pull.headSha })).status).toBe(405);
    expect((await merge({ merge_method: "octopus" })).status).toBe(422);
    const refs = await git(suite.folder, "ls-remote", suite.github.gitUrl(pull, "mona"));
    expect(refs).toContain("refs/pull/1/head");
    expect(refs).not.toContain("refs/pull/1/merge");
  });

  it.each([
    ["merge", 2, "Merge pull request #1 from change"],
    ["squash", 1, "Bump a (#1)"],
    ["rebase", 1, "Bump a"],
  ] as const)("are merged by real git: %s", async (method, parents, subject) => {
    const pull = await suite.pull(`by-${method}`);
    await suite.github.commit({ ...pull, branch: "main", files: { "other.txt": "x" } });
    const answer = await suite.api("PUT", `/repos/acme/by-${method}/pulls/1/merge`, {
      sha: pull.headSha,
      merge_method: method,
    });
    expect(answer.status).toBe(200);
    const { body } = await suite.api("GET", `/repos/acme/by-${method}/git/commits/${answer.body.sha}`);
    expect(body.parents).toHaveLength(parents);
    expect(body.message.split("\n")[0]).toBe(subject);
    expect(suite.github.pull(pull)).toMatchObject({ merged: true, state: "closed", mergeCommitSha: answer.body.sha });
    expect(eventsOf(`by-${method}`, "pull_request").at(-1)?.payload).toMatchObject({
      action: "closed",
      pull_request: { merged: true },
    });
    expect((await suite.api("PUT", `/repos/acme/by-${method}/pulls/1/merge`, {})).status).toBe(405);
    await expect(suite.github.reopenPull(pull)).rejects.toMatchObject({ status: 422 });
  });

  it("end when somebody pushes their commits to the base or deletes their branch", async () => {
    const pushed = await suite.pull("pushed");
    await suite.api("PATCH", "/repos/acme/pushed/git/refs/heads/main", { sha: pushed.headSha });
    expect(suite.github.pull(pushed)).toMatchObject({ merged: true, mergeCommitSha: pushed.headSha });
    const deleted = await suite.pull("deleted");
    await suite.api("DELETE", "/repos/acme/deleted/git/refs/heads/change");
    expect(suite.github.pull(deleted)).toMatchObject({ merged: false, state: "closed" });
  });

  it("come from forks, whose commits become fetchable from the base repository", async () => {
    const base = await suite.repository("forked");
    const fork = await suite.github.fork({ ...base, by: "octocat" });
    await suite.github.commit({ ...fork, branch: "idea", files: { "idea.txt": "!" }, by: "octocat" });
    const pull = await suite.github.openPull({ ...base, head: "octocat:idea", title: "Idea", by: "octocat" });
    const { body } = await suite.api("GET", "/repos/acme/forked/pulls/1");
    expect(body.head).toMatchObject({ label: "octocat:idea", repo: { fork: true, full_name: "octocat/forked" } });
    const next = await suite.github.commit({ ...fork, branch: "idea", files: { "idea.txt": "?" }, by: "octocat" });
    expect(suite.github.pull(pull).headSha).toBe(next);
    expect(await git(suite.folder, "ls-remote", suite.github.gitUrl(base, "mona"), "refs/pull/1/head")).toContain(next);
    expect((await suite.api("GET", "/repos/octocat/forked")).status).toBe(404);
    expect(
      (await request(suite.github, suite.github.user("octocat").token, "GET", "/repos/octocat/forked")).body.parent.id,
    ).toBe(body.base.repo.id);
  });

  it("are found by every commit that they bring, before and after the merge", async () => {
    const pull = await suite.pull("found");
    await suite.github.commit({ ...pull, branch: "change", files: { "b.txt": "b" } });
    const numbers = async (sha: string) =>
      (await suite.api("GET", `/repos/acme/found/commits/${sha}/pulls`)).body.map(
        (one: { number: number }) => one.number,
      );
    expect(await numbers(pull.headSha)).toEqual([1]);
    expect(await numbers(pull.baseSha)).toEqual([]);
    const merged = await suite.github.mergePull({ ...pull, method: "merge" });
    expect(await numbers(pull.headSha)).toEqual([1]);
    expect(await numbers(merged.mergeCommitSha ?? "")).toEqual([1]);
    expect(await numbers(pull.baseSha)).toEqual([]);
  });

  it("move to another base", async () => {
    const pull = await suite.pull("rebase");
    await suite.github.commit({ ...pull, branch: "next", files: { "n.txt": "n" } });
    const moved = await suite.api("PATCH", "/repos/acme/rebase/pulls/1", { base: "next" });
    expect(moved.body.base.ref).toBe("next");
    expect((await suite.api("PATCH", "/repos/acme/rebase/pulls/1", { base: "nope" })).status).toBe(422);
  });
});
