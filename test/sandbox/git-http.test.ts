import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { installationToken } from "./support/api.ts";
import { git, useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();

/** The clone address with a token of the app as its password. */
function withToken(name: string, token: string): string {
  const url = new URL(suite.github.gitUrl({ owner: "acme", name }));
  url.username = "x-access-token";
  url.password = token;
  return url.href;
}

describe("git over HTTP", () => {
  it("clones with a token that may read and refuses its pushes", async () => {
    await suite.repository("readers");
    const token = await installationToken(suite.github, {
      repositories: ["readers"],
      permissions: { contents: "read" },
    });
    const clone = join(suite.folder, "readers");
    await git(suite.folder, "clone", "--quiet", withToken("readers", token), clone);
    await writeFile(join(clone, "x"), "x");
    await git(clone, "add", "x");
    await git(clone, "commit", "--quiet", "-m", "x");
    await expect(git(clone, "push", "--quiet", "origin", "main")).rejects.toThrow("403");
    await git(clone, "push", "--quiet", withToken("readers", suite.token), "main");
    const { payload } = suite.github.events.filter((one) => one.event === "push").at(-1) ?? {};
    expect(payload).toMatchObject({ pusher: { name: "sluice[bot]" }, ref: "refs/heads/main" });
  });

  it("refuses strangers, wrong tokens, other repositories' tokens and tokens without contents", async () => {
    await suite.repository("closed");
    await suite.repository("elsewhere");
    const clone = (url: string) => git(suite.folder, "ls-remote", url);
    await expect(clone(suite.github.gitUrl({ owner: "acme", name: "closed" }))).rejects.toThrow(
      /terminal prompts disabled|Authentication/,
    );
    await expect(clone(withToken("closed", "ghs_wrong"))).rejects.toThrow("Authentication failed");
    const other = await installationToken(suite.github, { repositories: ["elsewhere"] });
    await expect(clone(withToken("closed", other))).rejects.toThrow("not found");
    const checks = await installationToken(suite.github, { permissions: { checks: "write" } });
    await expect(clone(withToken("closed", checks))).rejects.toThrow("403");
    await expect(clone(withToken("missing", suite.token))).rejects.toThrow("not found");
    await expect(clone(suite.github.gitUrl({ owner: "acme", name: "closed" }, "stranger"))).rejects.toThrow(
      "not found",
    );
  });

  it("lets anybody read a public repository", async () => {
    const ref = await suite.github.createRepository({
      owner: "acme",
      name: "public",
      private: false,
      files: { a: "a" },
    });
    expect(await git(suite.folder, "ls-remote", suite.github.gitUrl(ref))).toContain("refs/heads/main");
  });

  it("fetches any commit by its id, without blobs where asked, by protocol 2 and 0", async () => {
    const pull = await suite.pull("ids");
    const folder = join(suite.folder, "ids");
    await git(suite.folder, "init", "--quiet", folder);
    const url = withToken("ids", suite.token);
    await git(
      folder,
      "-c",
      "protocol.version=2",
      "fetch",
      "--quiet",
      "--filter=blob:none",
      "--depth=1",
      url,
      pull.headSha,
    );
    await git(folder, "-c", "protocol.version=0", "fetch", "--quiet", url, "refs/pull/1/merge");
    expect(await git(folder, "rev-list", "--parents", "-n1", "FETCH_HEAD")).toContain(pull.headSha);
    await suite.api("PATCH", "/repos/acme/ids/git/refs/heads/change", { sha: pull.baseSha, force: true });
    await git(folder, "fetch", "--quiet", url, pull.headSha);
  });

  it("takes pushes of several branches, tags, deletions and forced updates, and tells each", async () => {
    await suite.repository("pushes");
    const clone = join(suite.folder, "pushes");
    await git(suite.folder, "clone", "--quiet", suite.github.gitUrl({ owner: "acme", name: "pushes" }, "mona"), clone);
    await git(clone, "branch", "one");
    await git(clone, "tag", "v1");
    await git(clone, "push", "--quiet", "origin", "one", "v1");
    await git(clone, "checkout", "--quiet", "one");
    await git(clone, "commit", "--quiet", "--allow-empty", "--amend", "-m", "Rewritten");
    await git(clone, "push", "--quiet", "--force", "origin", "one");
    await git(clone, "push", "--quiet", "origin", ":one");
    const told = suite.github.events
      .filter((one) => one.event === "push")
      .map((one) => one.payload)
      .filter((payload) => JSON.stringify(payload).includes('"acme/pushes"'))
      .map(({ ref, created, deleted, forced }) => ({ ref, created, deleted, forced }));
    expect(told).toEqual([
      { ref: "refs/heads/main", created: true, deleted: false, forced: false },
      { ref: "refs/heads/one", created: true, deleted: false, forced: false },
      { ref: "refs/tags/v1", created: true, deleted: false, forced: false },
      { ref: "refs/heads/one", created: false, deleted: false, forced: true },
      { ref: "refs/heads/one", created: false, deleted: true, forced: false },
    ]);
  });

  it("takes a push that git compresses and sends in pieces", async () => {
    await suite.repository("large");
    const clone = join(suite.folder, "large");
    await git(suite.folder, "clone", "--quiet", suite.github.gitUrl({ owner: "acme", name: "large" }, "mona"), clone);
    const lines = Array.from({ length: 200_000 }, (_, at) => `${at} ${(at * 2654435761) % 4294967296}`);
    await writeFile(join(clone, "large.txt"), lines.join("\n"));
    await git(clone, "add", "large.txt");
    await git(clone, "commit", "--quiet", "-m", "Large");
    await git(clone, "push", "--quiet", "origin", "main");
    const sha = await git(clone, "rev-parse", "HEAD");
    expect((await suite.api("GET", "/repos/acme/large/git/ref/heads/main")).body.object.sha).toBe(sha);
  });
});
