import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Resolve } from "../../src/http/agent.ts";
import type { GitRevision, SourceAddress, SourceRequest } from "../../src/model/sources.ts";
import { gitCredentials } from "../../src/wiring/local-sources.ts";
import { gitBackend } from "../git/support/git-server.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { type TempGit, tempGit } from "../support/temp-git.ts";
import { type HttpsServer, httpsServer } from "./support/https-server.ts";
import { sourcesWorld, temporary } from "./support/world.ts";

interface Remote {
  readonly git: TempGit;
  readonly server: HttpsServer;
  readonly url: string;
  publish(): void;
}

/** A repository that git's own backend serves over https. */
async function remote(name = "bases", on?: HttpsServer): Promise<Remote> {
  const git = tempGit();
  onTestFinished(() => git.remove());
  const server = on ?? (await httpsServer());
  const root = temporary();
  const bare = join(root, `${name}.git`);
  git.commit({ "base/a.yaml": "one" });
  execFileSync("git", ["clone", "-q", "--mirror", git.dir, bare]);
  const earlier = server.otherwise;
  server.otherwise = (request, response) => {
    if (request.url?.startsWith(`/${name}.git/`)) void gitBackend(root, request, response);
    else earlier(request, response);
  };
  const publish = (): void => void git.git("push", "-q", "--mirror", "--force", bare);
  publish();
  return { git, server, url: `${server.url}/${name}.git`, publish };
}

/** Every name is at these addresses: the first time at the first, and so on. */
function resolver(...addresses: readonly string[]): { readonly resolve: Resolve; readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _options, callback) => {
    const address = addresses[Math.min(asked.push(hostname), addresses.length) - 1] ?? "";
    callback(null, [{ address, family: 4 }]);
  };
  return { resolve, asked };
}

/** What git itself asked. */
function fetches({ asked }: HttpsServer): readonly string[] {
  return asked.filter(({ headers }) => headers["user-agent"]?.startsWith("git/")).map(({ path }) => path);
}

const at = (url: string, revision: GitRevision): SourceRequest => ({ kind: "git", url, revision });
const text = (what: string): GitRevision => ({ kind: "any", text: what });

describe("a Git repository", () => {
  it("is fetched at a branch, a tag, a range of tags and a commit", async () => {
    const { git, server, url, publish } = await remote();
    const first = git.git("rev-parse", "HEAD");
    git.git("tag", "v1.0.0");
    const second = git.commit({ "base/a.yaml": "two" });
    git.git("tag", "-a", "v1.1.0", "-m", "annotated");
    publish();
    const { pinned, files } = sourcesWorld([server]);
    const branch = await pinned(at(url, { kind: "branch", name: "main" }));
    expect(branch).toMatchObject({ revision: second, moving: true });
    expect(files(branch.tree)).toEqual({ "base/a.yaml": "two" });
    expect(branch.tree).toBe(git.git("rev-parse", `${second}^{tree}`));
    expect(await pinned(at(url, { kind: "tag", name: "v1.0.0" }))).toMatchObject({ revision: first, moving: false });
    expect(await pinned(at(url, { kind: "semver", range: "^1.0" }))).toMatchObject({
      revision: second,
      version: "v1.1.0",
      moving: true,
    });
    expect(await pinned(at(url, { kind: "commit", commit: first }))).toMatchObject({ revision: first, moving: false });
    expect(await pinned(at(url, text("")))).toMatchObject({ revision: second, moving: true });
    expect(await pinned(at(url, text("v1.1.0")))).toMatchObject({ revision: second, moving: false });
    expect(await pinned(at(url, text("main")))).toMatchObject({ revision: second, moving: true });
    expect(await pinned(at(url, text(second.slice(0, 8))))).toMatchObject({ revision: second });
    expect(await pinned(at(url, { kind: "name", name: "refs/heads/main" }))).toMatchObject({ moving: true });
  });

  it("brings the wanted commit and none of its history", async () => {
    const { git, server, url, publish } = await remote();
    git.commit({ "base/a.yaml": "two" });
    publish();
    const { pinned, root } = sourcesWorld([server]);
    await pinned(at(url, text("main")));
    const kept = runSync("git", ["-C", join(root, "objects.git"), "cat-file", "--batch-all-objects", "--batch-check"]);
    expect(
      kept.stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[1])
        .toSorted(),
    ).toEqual(["blob", "commit", "tree", "tree"]);
  });

  it("says what it does not have", async () => {
    const { server, url } = await remote();
    const { refused } = sourcesWorld([server]);
    expect(await refused(at(url, text("v9")))).toMatchObject({ kind: "not-found" });
    expect(await refused(at(url, { kind: "semver", range: ">=9" }))).toMatchObject({ kind: "not-found" });
    expect(await refused(at(`${server.url}/absent.git`, text("main")))).toMatchObject({ kind: "not-found" });
    expect(await refused(at(url, { kind: "commit", commit: "0123456789".repeat(4) }))).toMatchObject({
      kind: "not-found",
    });
  });

  it("tells that a tag moved, and from where", async () => {
    const { git, server, url, publish } = await remote();
    const first = git.git("rev-parse", "HEAD");
    git.git("tag", "v1.0.0");
    publish();
    const time = { now: Date.now() };
    const world = sourcesWorld([server], {}, { clock: () => time.now });
    const request = at(url, { kind: "tag", name: "v1.0.0" });
    expect(await world.pinned(request)).not.toHaveProperty("movedFrom");
    const second = git.commit({ "base/a.yaml": "hostile" });
    git.git("tag", "-f", "v1.0.0");
    publish();
    time.now += 2 * 60 * 60_000;
    expect(await world.pinned(request)).toMatchObject({ revision: second, movedFrom: first, moving: false });
  });

  it("answers the same for a branch that moves while a preview is made", async () => {
    const { git, server, url, publish } = await remote();
    const { pinned } = sourcesWorld([server], {}, { recordMs: 600_000 });
    const before = await pinned(at(url, text("main")));
    git.commit({ "base/a.yaml": "two" });
    publish();
    expect(await pinned(at(url, text("main")))).toEqual(before);
  });

  it("has what was fetched when there is no network, and says of what moves that it may have", async () => {
    const { git, server, url, publish } = await remote();
    git.git("tag", "v1.0.0");
    publish();
    const online = sourcesWorld([server]);
    const tag = await online.pinned(at(url, { kind: "tag", name: "v1.0.0" }));
    const branch = await online.pinned(at(url, text("main")));
    const { length } = server.asked;
    const offline = sourcesWorld([server], {}, { root: online.root, offline: true });
    expect(await offline.pinned(at(url, { kind: "tag", name: "v1.0.0" }))).toMatchObject({ tree: tag.tree });
    const again = await offline.pinned(at(url, text("main")));
    expect(again).toMatchObject({ tree: branch.tree, moving: true });
    expect(again.notes?.join()).toMatch(/may have moved/);
    expect(await offline.refused(at(url, text("v2")))).toMatchObject({ kind: "unreachable" });
    expect(server.asked).toHaveLength(length);
  });

  it("leaves files in Git LFS as pointers, and says so", async () => {
    const { git, server, url, publish } = await remote();
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    git.commit({ ".gitattributes": "*.bin filter=lfs\n", "a.bin": pointer });
    publish();
    const { pinned, files } = sourcesWorld([server]);
    const source = await pinned(at(url, text("main")));
    expect(files(source.tree)["a.bin"]).toBe(pointer);
    expect(source.notes?.join()).toMatch(/Git LFS/);
  });

  it("does not follow submodules, and where they are asked for holds them to the same rules", async () => {
    const inner = await remote("inner");
    const outer = await remote("outer", inner.server);
    const commit = inner.git.git("rev-parse", "HEAD");
    outer.git.commit({ ".gitmodules": `[submodule "lib"]\n\tpath = deep/lib\n\turl = ../inner.git\n` });
    outer.git.git("update-index", "--add", "--cacheinfo", `160000,${commit},deep/lib`);
    outer.git.git("commit", "-q", "-m", "module");
    outer.publish();
    const { server } = inner;
    const world = sourcesWorld([server]);
    const plain = await world.pinned(at(outer.url, text("main")));
    expect(world.files(plain.tree)).not.toHaveProperty("deep/lib/base/a.yaml");
    const asked: SourceRequest = { kind: "git", url: outer.url, revision: text("main"), submodules: true };
    expect(world.files((await world.pinned(asked)).tree)).toMatchObject({
      "deep/lib/base/a.yaml": "one",
      "base/a.yaml": "one",
    });
    const outerOnly = { mayFetch: async ({ address }: SourceAddress) => address.endsWith("/outer") };
    expect(await world.refused(asked, outerOnly)).toMatchObject({
      kind: "not-allowed",
      message: expect.stringMatching(/^Submodule deep\/lib/),
    });
  });

  it("is fetched from where a redirect leads, and the new place is looked at again", async () => {
    const { git, server, url } = await remote();
    const front = await httpsServer();
    front.otherwise = (request, response) => {
      const path = (request.url ?? "").replace("/moved", "/bases.git");
      response.writeHead(301, { location: `${server.url}${path}` }).end();
    };
    const { pinned } = sourcesWorld([server, front]);
    const source = await pinned(at(`${front.url}/moved`, text("main")));
    expect(source.revision).toBe(git.git("rev-parse", "HEAD"));
    expect(url).toContain("bases");
  });

  it("gives a host its own credentials, and those to no other host", async () => {
    const { server, url } = await remote();
    const other = await httpsServer();
    other.otherwise = (request, response) =>
      void response.writeHead(301, { location: `${url}${(request.url ?? "").replace("/moved", "")}` }).end();
    const credentials = [{ host: other.host, username: "robot", password: "SECRETSECRET" }];
    const { pinned } = sourcesWorld([server, other], { credentials });
    await pinned(at(`${other.url}/moved`, text("main")));
    expect(other.asked.map(({ authorization }) => authorization)).toEqual([`Basic ${btoa("robot:SECRETSECRET")}`]);
    expect(server.asked.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
    const own = sourcesWorld([server], {
      credentials: [{ host: server.host, username: "robot", password: "SECRETSECRET" }],
    });
    server.asked.length = 0;
    await own.pinned(at(url, text("main")));
    expect(new Set(server.asked.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${btoa("robot:SECRETSECRET")}`]),
    );
  });

  it("is connected to at the address that was checked, which git does not look up again", async () => {
    const server = await httpsServer("bases.example");
    const { git, url } = await remote("bases", server);
    const { resolve, asked } = resolver("127.0.0.1");
    const { pinned } = sourcesWorld([server], {}, { resolve });
    // No other resolver knows the name.
    expect(await pinned(at(url, text("main")))).toMatchObject({ revision: git.git("rev-parse", "HEAD") });
    expect(new Set(asked)).toEqual(new Set(["bases.example"]));
    expect(fetches(server)).not.toEqual([]);
  });

  it("is not fetched when its name leads elsewhere after it was asked what it has", async () => {
    const server = await httpsServer("bases.example");
    const { url } = await remote("bases", server);
    const { resolve } = resolver("127.0.0.1", "169.254.169.254");
    const { refused } = sourcesWorld([server], {}, { resolve });
    expect(await refused(at(url, text("main")))).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("private address"),
    });
    expect(fetches(server)).toEqual([]);
  });

  it("is given the login of the user's own credential helper, once it asks for one", async () => {
    const { git, server, url } = await remote();
    const backend = server.otherwise;
    server.otherwise = (request, response) => {
      if (request.headers.authorization === `Basic ${btoa("ada:SECRETSECRET")}`) backend(request, response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    };
    const home = temporary();
    writeFileSync(join(home, "logins"), `https://ada:SECRETSECRET@${server.host.replace(":", "%3a")}\n`);
    writeFileSync(join(home, ".gitconfig"), `[credential]\n\thelper = store --file=${join(home, "logins")}\n`);
    const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: "1" };
    const findCredentials = gitCredentials(env, launcher.start);
    const own = sourcesWorld([server], {}, { findCredentials });
    expect(await own.pinned(at(url, text("main")))).toMatchObject({ revision: git.git("rev-parse", "HEAD") });
    expect(await sourcesWorld([server]).refused(at(url, text("main")))).toMatchObject({ kind: "denied" });
  });

  it("is no more than the limit", async () => {
    const { git, server, url, publish } = await remote();
    const noise = Array.from({ length: 300_000 }, (_, index) => Math.imul(index, 2654435761) >>> 0).join(" ");
    git.commit({ "large.txt": noise });
    publish();
    const { refused } = sourcesWorld([server], { limits: { gitBytes: 100_000 } });
    expect(await refused(at(url, text("main")))).toMatchObject({ kind: "limit" });
  });
});
