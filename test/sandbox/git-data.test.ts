import { describe, expect, it } from "vitest";

import { installationToken, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

async function head(name: string): Promise<string> {
  return (await suite.api("GET", `/repos/acme/${name}/git/ref/heads/main`)).body.object.sha;
}

/** Commits one file on top of a parent through the Git Data API. */
async function commit(name: string, parent: string, files: Record<string, string | null>, more: object = {}) {
  const base = await suite.api("GET", `/repos/acme/${name}/git/commits/${parent}`);
  const entries = Object.entries(files).map(([path, content]) => ({
    path,
    mode: "100644",
    type: "blob",
    ...(content === null ? { sha: null } : { content }),
  }));
  const tree = await suite.api("POST", `/repos/acme/${name}/git/trees`, {
    base_tree: base.body.tree.sha,
    tree: entries,
  });
  return suite.api("POST", `/repos/acme/${name}/git/commits`, {
    message: "By the API",
    tree: tree.body.sha,
    parents: [parent],
    ...more,
  });
}

describe("the Git Data API", () => {
  it("commits as the bot, signed when no author is given, and moves a branch only forwards", async () => {
    await suite.repository("forward");
    const parent = await head("forward");
    const made = await commit("forward", parent, { "values.yaml": "image: a:9\n", "new/file.txt": "x" });
    expect(made.body).toMatchObject({
      author: { name: "sluice[bot]" },
      verification: { verified: true, reason: "valid" },
    });
    const refs = "/repos/acme/forward/git/refs";
    expect((await suite.api("PATCH", `${refs}/heads/main`, { sha: made.body.sha })).body.object.sha).toBe(
      made.body.sha,
    );
    const sibling = await commit("forward", parent, { "values.yaml": "image: a:10\n" });
    const refused = await suite.api("PATCH", `${refs}/heads/main`, { sha: sibling.body.sha, force: false });
    expect(refused).toMatchObject({ status: 422, body: { message: "Update is not a fast forward" } });
    expect((await suite.api("PATCH", `${refs}/heads/main`, { sha: sibling.body.sha, force: true })).status).toBe(200);
    const pushes = suite.github.events.filter((one) => one.event === "push");
    expect(pushes.at(-1)?.payload).toMatchObject({ forced: true, before: made.body.sha, after: sibling.body.sha });
    expect(pushes.at(-2)?.payload).toMatchObject({
      forced: false,
      head_commit: { added: ["new/file.txt"], modified: ["values.yaml"] },
    });
  });

  it("does not sign what names an author, and removes files by a null sha", async () => {
    await suite.repository("authors");
    const author = { name: "Mona", email: "mona@example.org", date: "2024-05-01T10:00:00Z" };
    const made = await commit(
      "authors",
      await head("authors"),
      { "values.yaml": null, "other.yaml": "b: 1\n" },
      { author },
    );
    expect(made.body).toMatchObject({
      author,
      committer: author,
      verification: { verified: false, reason: "unsigned" },
    });
    const tree = await suite.api("GET", `/repos/acme/authors/git/trees/${made.body.tree.sha}?recursive=1`);
    expect(tree.body.tree.map((one: { path: string }) => one.path)).toEqual(["other.yaml"]);
  });

  it("creates, lists and deletes branches, each at most once", async () => {
    await suite.repository("branches");
    const sha = await head("branches");
    const refs = "/repos/acme/branches/git/refs";
    expect((await suite.api("POST", refs, { ref: "refs/heads/sluice/x", sha })).status).toBe(201);
    expect((await suite.api("POST", refs, { ref: "refs/heads/sluice/x", sha })).body.message).toBe(
      "Reference already exists",
    );
    expect((await suite.api("POST", refs, { ref: "heads/y", sha })).status).toBe(422);
    expect((await suite.api("POST", refs, { ref: "refs/heads/../y", sha })).status).toBe(422);
    expect((await suite.api("POST", refs, { ref: "refs/heads/y", sha: "1".repeat(40) })).body.message).toBe(
      "Object does not exist",
    );
    expect((await suite.api("GET", "/repos/acme/branches/git/matching-refs/heads/sluice/")).body).toHaveLength(1);
    expect((await suite.api("GET", "/repos/acme/branches/branches/sluice%2Fx")).body.commit.sha).toBe(sha);
    expect((await suite.api("GET", "/repos/acme/branches/branches")).body).toHaveLength(2);
    expect((await suite.api("DELETE", `${refs}/heads/sluice/x`)).status).toBe(204);
    expect((await suite.api("DELETE", `${refs}/heads/sluice/x`)).status).toBe(422);
    expect((await suite.api("PATCH", `${refs}/heads/sluice/x`, { sha })).body.message).toBe("Reference does not exist");
    expect((await suite.api("GET", "/repos/acme/branches/git/ref/heads/sluice/x")).status).toBe(404);
    expect((await suite.api("DELETE", `${refs}/heads/main`)).status).toBe(422);
  });

  it("stores blobs and refuses trees that point nowhere or out of the repository", async () => {
    await suite.repository("blobs");
    const blobs = "/repos/acme/blobs/git/blobs";
    const bytes = Buffer.from([0, 255, 10]).toString("base64");
    const blob = await suite.api("POST", blobs, { content: bytes, encoding: "base64" });
    expect((await suite.api("GET", `${blobs}/${blob.body.sha}`)).body).toMatchObject({ size: 3, content: bytes });
    const tree = (entry: object) =>
      suite.api("POST", "/repos/acme/blobs/git/trees", {
        tree: [{ path: "a", mode: "100644", type: "blob", ...entry }],
      });
    expect((await tree({ sha: blob.body.sha })).status).toBe(201);
    expect((await tree({ sha: "2".repeat(40) })).status).toBe(422);
    expect((await tree({ sha: blob.body.sha, path: "../a" })).status).toBe(422);
    expect((await tree({ sha: blob.body.sha, path: ".git/config" })).status).toBe(422);
    expect((await tree({})).status).toBe(422);
    expect((await suite.api("GET", `${blobs}/${"3".repeat(40)}`)).status).toBe(404);
  });

  it("needs write access to contents", async () => {
    await suite.repository("readonly");
    const token = await installationToken(suite.github, { permissions: { contents: "read" } });
    const sha = await head("readonly");
    const made = await request(suite.github, token, "POST", "/repos/acme/readonly/git/refs", {
      ref: "refs/heads/x",
      sha,
    });
    expect(made.status).toBe(403);
  });
});

describe("repositories", () => {
  it("give files as JSON or raw, folders as lists, and 404 for what is absent", async () => {
    await suite.github.createRepository({
      owner: "acme",
      name: "files",
      files: { "a/b.txt": "hello\n", "c.txt": "c" },
    });
    const path = "/repos/acme/files/contents";
    const file = await suite.api("GET", `${path}/a/b.txt`);
    expect(Buffer.from(file.body.content, "base64").toString()).toBe("hello\n");
    const raw = await suite.api("GET", `${path}/a/b.txt`, undefined, { accept: "application/vnd.github.raw+json" });
    expect(raw.body).toBe("hello\n");
    expect((await suite.api("GET", `${path}/a`)).body).toMatchObject([{ type: "file", path: "a/b.txt" }]);
    expect((await suite.api("GET", `${path}/a/b.txt?ref=main`)).status).toBe(200);
    expect((await suite.api("GET", `${path}/a/b.txt?ref=nope`)).status).toBe(404);
    expect((await suite.api("GET", `${path}/nope`)).status).toBe(404);
  });

  it("compare commits, list them and show one", async () => {
    const pull = await suite.pull("compare");
    await suite.github.commit({ ...pull, branch: "main", files: { "z.txt": "z" } });
    const answer = await suite.api("GET", "/repos/acme/compare/compare/main...change");
    expect(answer.body).toMatchObject({
      status: "diverged",
      ahead_by: 1,
      behind_by: 1,
      files: [{ filename: "values.yaml", changes: 2 }],
    });
    expect(answer.body.merge_base_commit.sha).toBe(pull.baseSha);
    const one = await suite.api("GET", "/repos/acme/compare/commits/change");
    expect(one.body).toMatchObject({ sha: pull.headSha, stats: { additions: 1, deletions: 1 } });
    expect((await suite.api("GET", "/repos/acme/compare/commits?sha=change")).body).toHaveLength(2);
    expect((await suite.api("GET", `/repos/acme/compare/commits/${pull.headSha}/pulls`)).body).toMatchObject([
      { number: 1 },
    ]);
    expect((await suite.api("GET", "/repos/acme/compare/compare/main...nope")).status).toBe(404);
  });
});
