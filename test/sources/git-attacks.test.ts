import { describe, expect, it } from "vitest";
import type { SourceRequest } from "../../src/model/sources.ts";
import { bomb, commit, object, type Sent, serveObjects, tree } from "./support/hostile-git.ts";
import { httpsServer } from "./support/https-server.ts";
import { sourcesWorld } from "./support/world.ts";

const main = (url: string): SourceRequest => ({ kind: "git", url, revision: { kind: "any", text: "main" } });
const file = object("blob", "a: 1\n");

async function served(root: Sent, ...objects: readonly Sent[]) {
  const server = await httpsServer();
  serveObjects(server, commit(root), [root, ...objects]);
  return { ...sourcesWorld([server]), request: main(`${server.url}/bases`) };
}

describe("a Git server that is hostile", () => {
  it("is a server like any other while it sends what git would", async () => {
    const { pinned, files, request } = await served(tree(["100644", "a.yaml", file.oid]), file);
    expect(files((await pinned(request)).tree)).toEqual({ "a.yaml": "a: 1\n" });
  });

  it.each([".git", ".GIT", "git~1", ".", "..", "", "a/b", ".git\u200c"])(
    "gets nothing in that stands under the name %j",
    async (name) => {
      const inner = tree(["100644", "config", file.oid]);
      const { refused, request } = await served(tree(["40000", name, inner.oid]), inner, file);
      expect(await refused(request)).toMatchObject({
        kind: "refused",
        message: expect.stringContaining("git itself takes for hostile"),
      });
    },
  );

  it("gets no name in twice, and no tree that lacks what it names", async () => {
    const other = object("blob", "a: 2\n");
    const twice = await served(tree(["100644", "a.yaml", file.oid], ["100644", "a.yaml", other.oid]), file, other);
    expect(await twice.refused(twice.request)).toMatchObject({ kind: "refused" });
    const lacking = await served(tree(["100644", "a.yaml", file.oid], ["100644", "b.yaml", other.oid]), file);
    expect((await lacking.pin(lacking.request)).ok).toBe(false);
  });

  it("gets nothing of what others fetched by naming it without sending it", async () => {
    const secret = object("blob", "secret: SECRETSECRET\n");
    const theirs = await served(tree(["100644", "secret.yaml", secret.oid]), secret);
    await theirs.pinned(theirs.request);
    const server = await httpsServer();
    const thief = tree(["100644", "stolen.yaml", secret.oid]);
    serveObjects(server, commit(thief), [thief]);
    const own = sourcesWorld([server], {}, { root: theirs.root });
    expect((await own.pin(main(`${server.url}/bases`))).ok).toBe(false);
  });

  it("brings no file by a difference that grows without end", async () => {
    const [base, grown] = bomb(Buffer.alloc(1024 * 1024, "a"), 400);
    const { refused, request } = await served(tree(["100644", "a.yaml", grown.oid]), base, grown);
    expect(await refused(request)).toMatchObject({ kind: "limit" });
  });

  it("has no submodule whose address is an order to git", async () => {
    const modules = object("blob", '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=id\n');
    const root = tree(["100644", ".gitmodules", modules.oid], ["160000", "x", file.oid]);
    const { refused, request } = await served(root, modules);
    expect(await refused(request)).toMatchObject({ kind: "refused" });
  });

  it.each([
    ["blanks in a value", `[submodule "x"]\n\tpath = a${" ".repeat(900_000)}b\n\turl = ../x\n`],
    ["empty lines", `[submodule "x"]\n${"\n".repeat(900_000)}\tpath = x\n\turl = ../x\n`],
    ["brackets", "[submodule ".repeat(80_000)],
  ])("takes no time by a .gitmodules of many %s", async (_what, text) => {
    const modules = object("blob", text);
    const { pin, request } = await served(tree(["100644", ".gitmodules", modules.oid]), modules);
    await pin({ ...request, kind: "git", submodules: true } as SourceRequest);
  });

  it.each(["-evil.example.com", "+evil.example.com", "*", "evil,127.0.0.1.example.com"])(
    "is not asked under a name that is an order to curl: %s",
    async (host) => {
      const { refused } = sourcesWorld([], {}, { resolve: (_host, _options, callback) => callback(null, []) });
      expect(await refused(main(`https://${host}/bases`))).toMatchObject({
        kind: "refused",
        message: expect.stringContaining("names no host"),
      });
    },
  );
});
