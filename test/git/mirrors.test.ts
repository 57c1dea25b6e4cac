import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMirrors, type MirrorsOptions } from "../../src/git/mirrors.ts";
import type { Mirrors, Repository } from "../../src/model/tree.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempDir, tempGit } from "../support/temp-git.ts";
import { type GitServer, gitServer } from "./support/git-server.ts";
import { descendants } from "./support/processes.ts";

const token = "ghs_SECRETSECRETSECRET";
const repository = { owner: "Acme", name: "Deploy" };

describe("mirrors", () => {
  let upstream: TempGit;
  let served: string;
  let root: string;
  let server: GitServer;
  let mirrors: Mirrors;
  const opened: Mirrors[] = [];

  beforeEach(async () => {
    upstream = tempGit();
    upstream.commit({ "a.yaml": "one" });
    served = tempDir();
    root = tempDir();
    runSync("git", ["clone", "-q", "--mirror", upstream.dir, join(served, "deploy.git")]);
    server = await gitServer(served);
    mirrors = make({});
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((made) => made.close()));
    await server.close();
    upstream.remove();
    for (const folder of [served, root]) rmSync(folder, { recursive: true, force: true });
  });

  function make(options: Partial<MirrorsOptions>): Mirrors {
    const made = createMirrors({
      root,
      remoteUrl: () => `${server.url}/deploy.git`,
      token: async () => token,
      fetchDeadlineMs: 600_000,
      start: launcher.start,
      ...options,
    });
    opened.push(made);
    return made;
  }
  const publish = (): void => void upstream.git("push", "-q", "--mirror", "--force", join(served, "deploy.git"));
  const open = (...want: string[]): Promise<Repository> =>
    mirrors.open({ repository, want }, AbortSignal.timeout(600_000));
  const text = async (from: Repository, commit: string, path: string): Promise<string> =>
    Buffer.from((await (await from.tree(commit)).read(path)) ?? []).toString("utf8");

  it("brings refs and commits, first all, then what is new", async () => {
    const one = await open("refs/heads/main");
    expect(await text(one, "refs/heads/main", "a.yaml")).toBe("one");
    const second = upstream.commit({ "a.yaml": "two" });
    upstream.git("update-ref", "refs/pull/7/head", second);
    publish();
    const two = await open("refs/pull/7/head", "refs/heads/main");
    expect(two).toBe(one);
    expect(await two.resolve("refs/pull/7/head")).toBe(second);
    expect(await two.resolve("main")).toBe(second);
    expect(await text(two, second, "a.yaml")).toBe("two");
  });

  it("brings what may be missing, under the remote's names, and forgets what was deleted there", async () => {
    const wantIfThere = ["refs/heads/sluice/*", "refs/heads/sluice-state"];
    const ask = (...want: string[]): Promise<Repository> =>
      mirrors.open({ repository, want, wantIfThere }, AbortSignal.timeout(600_000));
    const names = async (): Promise<string[]> => [...(await (await ask()).refs("refs/heads/sluice")).keys()];
    expect(await names()).toEqual([]);
    const first = upstream.git("rev-parse", "HEAD");
    const odd = ["refs/heads/sluice/a", "refs/heads/sluice/ü'$(x)/--all", `refs/heads/sluice/${"n".repeat(250)}`];
    for (const ref of [...odd, "refs/heads/sluice-state", "refs/heads/sluice-state-not"]) {
      upstream.git("update-ref", ref, "HEAD");
    }
    publish();
    const mirror = await ask("refs/heads/main");
    expect(await mirror.refs("refs/heads/sluice/")).toEqual(new Map(odd.map((ref) => [ref, first])));
    expect(await mirror.resolve("sluice-state")).toBe(first);
    await expect(mirror.resolve("sluice-state-not")).rejects.toMatchObject({ kind: "not-found" });
    upstream.git("update-ref", "-d", "refs/heads/sluice/a");
    upstream.git("update-ref", "-d", "refs/heads/sluice-state");
    const second = upstream.commit({ "a.yaml": "two" });
    upstream.git("update-ref", "refs/heads/sluice/a/b", second);
    publish();
    const later = await ask();
    expect([...(await later.refs("refs/heads/sluice/a"))]).toEqual([["refs/heads/sluice/a/b", second]]);
    expect([...(await later.refs("refs/heads/sluice")).keys()].toSorted()).toEqual([
      "refs/heads/sluice/a/b",
      ...odd.slice(1).toSorted(),
    ]);
    expect(await later.resolve("refs/heads/main")).toBe(first);
    for (const gone of ["refs/heads/sluice/a", "sluice-state"]) {
      await expect(later.resolve(gone)).rejects.toMatchObject({ kind: "not-found" });
    }
  });

  it("forgets a branch that was wanted before, once a pattern shows that it is gone", async () => {
    upstream.git("update-ref", "refs/heads/sluice/x", "HEAD");
    publish();
    await open("refs/heads/sluice/x");
    upstream.git("update-ref", "-d", "refs/heads/sluice/x");
    publish();
    const request = { repository, want: [], wantIfThere: ["refs/heads/sluice/*"] };
    const mirror = await mirrors.open(request, AbortSignal.timeout(600_000));
    await expect(mirror.resolve("refs/heads/sluice/x")).rejects.toMatchObject({ kind: "not-found" });
  });

  it("asks the remote once for everything, and still says what is missing of what must be there", async () => {
    await open("refs/heads/main");
    const before = server.authorizations.length;
    await mirrors.open(
      { repository, want: ["refs/heads/main"], wantIfThere: ["refs/heads/a", "refs/heads/b*", "refs/heads/c/*"] },
      AbortSignal.timeout(600_000),
    );
    expect(server.authorizations.length - before).toBeLessThanOrEqual(2);
    const missing = { repository, want: ["refs/heads/none"], wantIfThere: ["refs/heads/main"] };
    await expect(mirrors.open(missing, AbortSignal.timeout(600_000))).rejects.toMatchObject({ kind: "not-found" });
  });

  it("needs no network for commits that are there", async () => {
    const commit = upstream.git("rev-parse", "HEAD");
    await open(commit);
    const before = server.authorizations.length;
    expect(before).toBeGreaterThan(0);
    await open(commit);
    await make({}).open({ repository, want: [commit] }, AbortSignal.timeout(600_000));
    expect(server.authorizations).toHaveLength(before);
  });

  it("follows force-pushed refs and keeps the commits that were wanted", async () => {
    const old = upstream.commit({ "a.yaml": "old" });
    publish();
    await open("refs/heads/main", old);
    upstream.git("reset", "-q", "--hard", "HEAD~1");
    const rewritten = upstream.commit({ "a.yaml": "new" });
    publish();
    const mirror = await open("refs/heads/main");
    expect(await mirror.resolve("refs/heads/main")).toBe(rewritten);
    expect(await text(mirror, old, "a.yaml")).toBe("old");
  });

  it("takes branches whose names would collide as files, or mean something to git or the disk", async () => {
    const odd = ["refs/heads/a", "refs/heads/--upload-pack=touch", "refs/heads/A", "refs/heads/ü'$(x)"];
    for (const ref of odd) upstream.git("update-ref", ref, "HEAD");
    publish();
    await open(...odd);
    upstream.git("update-ref", "-d", "refs/heads/a");
    upstream.git("update-ref", "refs/heads/a/b", "HEAD");
    publish();
    const mirror = await open("refs/heads/a/b");
    expect(await mirror.resolve("refs/heads/a/b")).toBe(upstream.git("rev-parse", "HEAD"));
  });

  it("tells what is the user's and what is the world's failure, without the URL's credentials", async () => {
    await expect(open("refs/heads/none")).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
    await expect(open("1".repeat(40))).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
    const status = async (code: number): Promise<unknown> => {
      server.intercept = async (_, response) => {
        response.writeHead(code).end();
        return true;
      };
      return open("refs/heads/main").catch((error: unknown) => error);
    };
    expect(await status(401)).toMatchObject({ name: "UserError", kind: "permission" });
    expect(await status(403)).toMatchObject({ name: "UserError", kind: "permission" });
    expect(await status(404)).toMatchObject({ name: "UserError", kind: "not-found" });
    expect(await status(429)).toMatchObject({ name: "Fault", kind: "throttled" });
    expect(await status(500)).toMatchObject({ name: "Fault", kind: "unavailable" });
    const dead = make({ root: join(root, "other"), remoteUrl: () => "http://user:pa55word@127.0.0.1:9/deploy.git" });
    const failure: unknown = await dead
      .open({ repository, want: ["refs/heads/main"] }, AbortSignal.timeout(600_000))
      .catch((e: unknown) => e);
    expect(failure).toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(String(failure)).not.toContain("pa55word");
    const file = make({ root: join(root, "local"), remoteUrl: () => `file://${upstream.dir}` });
    await expect(
      file.open({ repository, want: ["refs/heads/main"] }, AbortSignal.timeout(600_000)),
    ).rejects.toMatchObject({ name: "Fault" });
  });

  it("gives the token to the server only: not on a command line, not on disk", async () => {
    const seen: string[] = [];
    server.intercept = async () => {
      seen.push(...descendants(process.pid).map(({ command }) => command));
      return false;
    };
    await open("refs/heads/main");
    const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
    expect(server.authorizations).toContain(`Basic ${basic}`);
    expect(seen.some((command) => command.includes("git fetch"))).toBe(true);
    expect(seen.join("\n")).not.toMatch(new RegExp(`${token}|${basic}`));
    const grep = runSync("grep", ["-rla", "-e", token, "-e", basic, root]);
    expect(grep.stdout).toBe("");
  });

  it("does not follow a redirect to another server", async () => {
    server.intercept = async (_, response) => {
      response.writeHead(302, { location: "http://127.0.0.1:9/deploy.git/info/refs?service=git-upload-pack" }).end();
      return true;
    };
    await expect(open("refs/heads/main")).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
  });

  it("stops the fetch and everything it started when aborted or late", async () => {
    server.intercept = () => new Promise(() => undefined);
    const controller = new AbortController();
    const aborted = mirrors.open({ repository, want: ["refs/heads/main"] }, controller.signal);
    aborted.catch(() => undefined);
    await until(() => fetching().length > 0);
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await until(() => fetching().length === 0);
    const late = make({ root: join(root, "late"), fetchDeadlineMs: 300 });
    await expect(
      late.open({ repository, want: ["refs/heads/main"] }, AbortSignal.timeout(600_000)),
    ).rejects.toMatchObject({
      name: "Fault",
      kind: "timeout",
    });
    await until(() => fetching().length === 0);
  });

  it("fetches once at a time, and what one brought the other need not fetch", async () => {
    const commit = upstream.git("rev-parse", "HEAD");
    let busy = 0;
    server.intercept = async () => {
      busy = Math.max(busy, fetching().filter(({ command }) => command.startsWith("git fetch")).length);
      return false;
    };
    const all = [mirrors, make({}), make({})].map((one) =>
      one.open({ repository, want: [commit] }, AbortSignal.timeout(600_000)),
    );
    for (const mirror of await Promise.all(all)) expect(await mirror.resolve(commit)).toBe(commit);
    expect(busy).toBe(1);
    const requestsOfOneFetch = server.authorizations.length;
    await open("refs/heads/main");
    expect(requestsOfOneFetch).toBeLessThanOrEqual(4);
  });

  it("brings everybody what they asked for at the same time, and fails those only that ask for what is not there", async () => {
    upstream.git("update-ref", "refs/heads/side", upstream.commit({ "b.yaml": "side" }));
    publish();
    const missing = open("refs/heads/none");
    const all = [
      open("refs/heads/main"),
      open("refs/heads/side"),
      mirrors.open({ repository, want: [], wantIfThere: ["refs/heads/s*"] }, AbortSignal.timeout(600_000)),
    ];
    await expect(missing).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
    const [mirror] = await Promise.all(all);
    const side = upstream.git("rev-parse", "side");
    expect([await mirror?.resolve("main"), await mirror?.resolve("side")]).toEqual([side, side]);
  });

  it("goes on after a kill -9 of the process in the middle of a fetch", async () => {
    await open("refs/heads/main");
    const second = upstream.commit({ "b.yaml": "two" });
    publish();
    server.intercept = () => new Promise(() => undefined);
    const script = join(import.meta.dirname, "support", "fetch-once.ts");
    const child = spawn(process.execPath, [script, root, `${server.url}/deploy.git`], { stdio: "ignore" });
    const directory = join(root, "acme", "deploy.git");
    const note = join(directory, "sluice-fetcher");
    // What is not written down yet is nobody's to kill: it ends when the server stays silent, half a minute later.
    await until(() => existsSync(note) && / \d+$/.test(readFileSync(note, "utf8")));
    const orphans = descendants(child.pid ?? 0).map(({ pid }) => pid);
    child.kill("SIGKILL");
    // What dying git processes leave behind.
    for (const left of [
      "HEAD.lock",
      "shallow.lock",
      "refs/sluice/ref/x.lock",
      "refs/sluice/incoming/0/main",
      "objects/pack/tmp_pack_abc",
      "objects/pack/pack-1.pack",
    ]) {
      mkdirSync(dirname(join(directory, left)), { recursive: true });
      writeFileSync(join(directory, left), "");
    }
    server.intercept = async () => false;
    const mirror = await open("refs/heads/main");
    expect(await mirror.resolve("main")).toBe(second);
    expect(existsSync(join(directory, "refs/sluice/incoming"))).toBe(false);
    await until(() => orphans.every((pid) => !existsSync(`/proc/${pid}`)));
    expect(readdirSync(join(directory, "objects", "pack")).filter((name) => name.startsWith("tmp_"))).toEqual([]);
    expect(existsSync(join(directory, "HEAD.lock"))).toBe(false);
  });

  it("stays small over many fetches and lets go of what nobody wants any more", async () => {
    let now = Date.now() - 60 * 24 * 3600 * 1000;
    mirrors = make({ now: () => now, maxPacks: 5 });
    upstream.git("update-ref", "refs/pull/1/head", "HEAD");
    publish();
    await open("refs/pull/1/head");
    now = Date.now();
    for (let round = 0; round < 9; round += 1) {
      upstream.commit({ "a.yaml": `round ${round}` });
      publish();
      await open("refs/heads/main");
    }
    const directory = join(root, "acme", "deploy.git");
    const packs = readdirSync(join(directory, "objects", "pack")).filter((name) => name.endsWith(".pack"));
    expect(packs.length).toBeLessThan(6);
    const mirror = await open("refs/heads/main");
    await expect(mirror.resolve("refs/pull/1/head")).rejects.toMatchObject({ kind: "not-found" });
    expect(await text(mirror, "main", "a.yaml")).toBe("round 8");
  });
});

describe("mirrors, before they ask anybody", () => {
  const root = tempDir();
  const mirrors = createMirrors({
    root,
    remoteUrl: () => "http://127.0.0.1:9/deploy.git",
    token: () => expect.fail("somebody is asked"),
  });
  afterAll(async () => {
    await mirrors.close();
    rmSync(root, { recursive: true, force: true });
  });

  it.each([
    "main",
    "refs/heads/a*b",
    "*",
    "refs/heads/**",
    "refs/heads/../*",
    "refs/heads/a:b*",
    "--all*",
    "refs/a b*",
  ])("refuses %j as a pattern", async (pattern) => {
    const opening = mirrors.open({ repository, want: [], wantIfThere: [pattern] }, AbortSignal.timeout(600_000));
    await expect(opening).rejects.toMatchObject({ name: "UserError", kind: "usage" });
  });

  it.each([
    "main",
    "--all",
    "refs/heads/../../x",
    "refs/heads/a:refs/heads/b",
    "refs/heads/*",
    "+refs/heads/main",
    "abc123",
    "",
  ])("refuses to want %j", async (want) => {
    const opening = mirrors.open({ repository, want: [want] }, AbortSignal.timeout(600_000));
    await expect(opening).rejects.toMatchObject({ name: "UserError", kind: "usage" });
  });

  it.each([
    { owner: "..", name: "x" },
    { owner: "a", name: "../../etc" },
    { owner: "a/b", name: "c" },
    { owner: "-a", name: "c" },
    { owner: "a", name: ".." },
  ])("refuses %j as a repository's name", async (unsafe) => {
    const opening = mirrors.open({ repository: unsafe, want: ["refs/heads/main"] }, AbortSignal.timeout(600_000));
    await expect(opening).rejects.toMatchObject({ name: "UserError", kind: "usage" });
  });
});

function fetching(): { readonly command: string }[] {
  return descendants(process.pid).filter(({ command }) => /^git (fetch|remote-http)|git-remote-http/.test(command));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
