import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CommitRequest } from "../../src/model/github-repository.ts";
import type { TreeChange } from "../../src/model/tree.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

const run = promisify(execFile);

let start: Start;
let world: EdgeWorld;
let base: { readonly sha: string; readonly tree: string };
beforeAll(async () => {
  start = await startLocal();
  const sha = await start.local.commit({
    ...REPOSITORY,
    branch: "main",
    files: { "apps/web/app.yaml": "image: web:1\n", "apps/api/app.yaml": "image: api:1\n" },
  });
  base = { sha, tree: (await git("rev-parse", `${sha}^{tree}`)).trim() };
});
afterAll(() => start.local.close());
beforeEach(() => {
  world = edgeWorld(start);
});

async function git(...args: string[]): Promise<string> {
  return (await run("git", args, { cwd: start.local.gitDir(REPOSITORY) })).stdout;
}

async function bytesAt(sha: string, path: string): Promise<Buffer> {
  const args = ["cat-file", "blob", `${sha}:${path}`];
  return (await run("git", args, { cwd: start.local.gitDir(REPOSITORY), encoding: "buffer" })).stdout;
}

function request(changes: readonly TreeChange[], more: Partial<CommitRequest> = {}): CommitRequest {
  return { parents: [base.sha], baseTree: base.tree, changes, message: "Promote web to prod", ...more };
}

function write(path: string, content: string | Uint8Array, executable = false): TreeChange {
  return { kind: "write", path, bytes: Buffer.from(content), executable };
}

describe("a commit", () => {
  it("of one text file costs one tree and one commit, and is signed by GitHub", async () => {
    const made = await (await world.github()).commit(request([write("apps/web/app.yaml", "image: web:2\n")]));
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createTree, ROUTES.createCommit]);
    expect(await git("diff-tree", "-r", "--name-status", base.sha, made.sha)).toBe("M\tapps/web/app.yaml\n");
    expect((await git("log", "-1", "--format=%P|%s|%T|%cn", made.sha)).trim()).toBe(
      `${base.sha}|Promote web to prod|${made.tree}|GitHub`,
    );
    expect((await bytesAt(made.sha, "apps/web/app.yaml")).toString()).toBe("image: web:2\n");
  });

  it.each([
    ["a byte order mark and CRLF", Buffer.from("\uFEFFa: 1\r\nb: 2\r\n")],
    ["CRLF", Buffer.from("a: 1\r\nb: 2\r\n")],
    ["no newline at the end", Buffer.from("a: 1")],
    ["quotes, backslashes and every language", Buffer.from('a: "\\u00e9" \\ 日本 🚀\u2028\n')],
    ["no text at all", Buffer.from([0, 255, 254, 13, 10, 128])],
    ["nothing", Buffer.alloc(0)],
  ])("keeps every byte: %s", async (_name, bytes) => {
    const made = await (await world.github()).commit(request([write("f", bytes)]));
    expect(await bytesAt(made.sha, "f")).toEqual(bytes);
  });

  it("takes paths away, points them at objects that are there, and keeps modes", async () => {
    const oid = (await git("rev-parse", `${base.sha}:apps/web/app.yaml`)).trim();
    const made = await (await world.github()).commit(
      request([
        { kind: "delete", path: "apps/api/app.yaml" },
        { kind: "entry", path: "copy.yaml", entry: { kind: "file", oid, executable: true } },
        { kind: "entry", path: "link", entry: { kind: "link", oid } },
        write("run.sh", "#!/bin/sh\n", true),
      ]),
    );
    expect((await git("ls-tree", "-r", "--format=%(objectmode) %(path)", made.sha)).trim().split("\n")).toEqual([
      "100644 README.md",
      "100644 apps/web/app.yaml",
      "100755 copy.yaml",
      "120000 link",
      "100755 run.sh",
    ]);
  });

  it("that must give another tree than it gives is a bug, and is not made", async () => {
    const github = await world.github();
    const { tree } = await github.commit(request([write("a", "1")]));
    await github.commit(request([write("a", "1")], { expectTree: tree }));
    world.asked();
    await expect(github.commit(request([write("a", "2")], { expectTree: tree }))).rejects.toMatchObject({
      name: "Fault",
      kind: "bug",
      message: expect.stringContaining(tree),
    });
    expect(world.asked()).toEqual([ROUTES.createTree]);
  });

  it("that changes nothing joins histories at the cost of one request", async () => {
    const github = await world.github();
    const one = await github.commit(request([write("a", "1")]));
    world.asked();
    const joined = await github.commit(request([], { parents: [one.sha, base.sha], baseTree: one.tree }));
    expect(world.asked()).toEqual([ROUTES.createCommit]);
    expect((await git("log", "-1", "--format=%P %T", joined.sha)).trim()).toBe(`${one.sha} ${base.sha} ${one.tree}`);
  });

  it("begins a history where there is none", async () => {
    const empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const made = await (await world.github()).commit(
      request([write("environments/prod.yaml", "{}\n")], { parents: [], baseTree: empty }),
    );
    expect((await git("ls-tree", "-r", "--name-only", made.sha)).trim()).toBe("environments/prod.yaml");
    expect((await git("rev-list", "--count", made.sha)).trim()).toBe("1");
  });

  it("takes a folder of the repository as an entry", async () => {
    const github = await world.github();
    const first = await github.commit(request([write("staging/web/a.yaml", "a"), write("staging/web/b/c.yaml", "c")]));
    const oid = (await git("rev-parse", `${first.sha}:staging`)).trim();
    const entry = { kind: "entry", path: "prod", entry: { kind: "dir", oid } } as const;
    const made = await github.commit(request([entry], { parents: [first.sha], baseTree: first.tree }));
    expect((await git("rev-parse", `${made.sha}:prod`)).trim()).toBe(oid);
  });

  it("that GitHub finds wrong is refused in its words, and not tried again", async () => {
    const github = await world.github();
    const entry = { kind: "file", oid: "1".repeat(40), executable: false } as const;
    await expect(github.commit(request([{ kind: "entry", path: "a", entry }]))).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("is not a valid blob"),
    });
  });

  it("of fifty apps is one tree and one commit", async () => {
    const changes = Array.from({ length: 50 }, (_, i) => write(`apps/${i}/app.yaml`, `image: web:${i}\n`));
    await (await world.github()).commit(request(changes));
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createTree, ROUTES.createCommit]);
  });

  it("may be repeated after an answer that was lost: nothing names it yet", async () => {
    world.local.injectFault({
      method: "POST",
      template: templateOf(ROUTES.createCommit),
      effect: { kind: "reset" },
    });
    const github = await world.github();
    const wanted = request([write("a", "1")]);
    await expect(github.commit(wanted)).rejects.toMatchObject({ kind: "unavailable" });
    await github.commit(wanted);
  });
});
