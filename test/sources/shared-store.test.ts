import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { SourceAnswer, SourceRequest } from "../../src/model/sources.ts";
import { chart, sha256 } from "./support/archives.ts";
import { type HttpsServer, httpsServer } from "./support/https-server.ts";
import { sourcesWorld, temporary } from "./support/world.ts";

/** A Helm repository with these versions of `web`; each holds so many bytes that nothing packs. */
async function repository(versions: readonly string[], bytes: number): Promise<HttpsServer> {
  const server = await httpsServer();
  const entries: string[] = [];
  for (const version of versions) {
    const packed = await chart("web", version, [{ name: "web/files/noise", text: randomBytes(bytes) }]);
    const file = `web-${version}.tgz`;
    server.files.set(`/${file}`, packed);
    entries.push(`  - {name: web, version: ${version}, digest: ${sha256(packed)}, urls: [${file}]}\n`);
  }
  server.files.set("/index.yaml", `apiVersion: v1\nentries:\n  web:\n${entries.join("")}`);
  return server;
}

const web = (server: HttpsServer, version: string): SourceRequest => ({
  kind: "helm",
  repository: server.url,
  chart: "web",
  version,
});
const downloads = ({ asked }: HttpsServer): readonly string[] =>
  asked.map(({ path }) => path).filter((path) => path.endsWith(".tgz"));

describe("the store of sources", () => {
  it("lets two processes that want one source at once fetch it once", async () => {
    const server = await repository(["1.0.0"], 1_000);
    const packed = server.files.get("/web-1.0.0.tgz") ?? "";
    const index = server.files.get("/index.yaml") ?? "";
    const both = Promise.withResolvers<void>();
    let asked = 0;
    server.files.set("/index.yaml", (_request, response) => {
      asked += 1;
      if (asked === 2) both.resolve();
      void both.promise.then(() => response.end(index));
    });
    server.files.set("/web-1.0.0.tgz", (_request, response) => void response.end(packed));
    const root = temporary();
    const ca = join(root, "servers.pem");
    writeFileSync(ca, server.certificate);
    const script = join(import.meta.dirname, "support", "pin-process.ts");
    const start = () => promisify(execFile)(process.execPath, [script, root, ca, server.url]);
    const answers = await Promise.all([start(), start()]);
    const [first, second] = answers.map(({ stdout }) => JSON.parse(stdout));
    expect(first).toMatchObject({ ok: true, source: { version: "1.0.0" } });
    expect(second).toEqual(first);
    expect(downloads(server)).toEqual(["/web-1.0.0.tgz"]);
  });

  it("keeps what may be in use, and takes no more when that fills it", async () => {
    const versions = Array.from({ length: 12 }, (_, index) => `1.${index}.0`);
    const server = await repository(versions, 100_000);
    const { pin, pinned, refused } = sourcesWorld([server], { limits: { storeBytes: 500_000 } });
    const answers: SourceAnswer[] = [];
    for (const version of versions) answers.push(await pin(web(server, version)));
    const fetched = versions.filter((_, index) => answers[index]?.ok);
    expect(fetched.length).toBeGreaterThan(2);
    expect(fetched.length).toBeLessThan(8);
    expect(await refused(web(server, "1.11.0"))).toMatchObject({
      kind: "limit",
      message: expect.stringContaining("is full"),
    });
    server.asked.length = 0;
    for (const version of fetched) await pinned(web(server, version));
    expect(downloads(server)).toEqual([]);
  });

  it("gives two repositories what each may have, whoever asked first", async () => {
    const server = await repository(["1.0.0"], 1_000);
    const { pin, pinned, refused, sources } = sourcesWorld([server]);
    const before = await pinned(web(server, "1.0.0"));
    const none = { mayFetch: async () => false };
    // That it is there already opens it to nobody.
    expect(await refused(web(server, "1.0.0"), none)).toMatchObject({ kind: "not-allowed" });
    server.asked.length = 0;
    expect(await pin(web(server, "1.0.0"))).toEqual({ ok: true, source: before });
    expect((await sources.objects.read(before.tree))?.kind).toBe("tree");
  });

  it("tells each repository that asks of a version that moved, and from what", async () => {
    const server = await repository(["1.0.0"], 1_000);
    const index = String(server.files.get("/index.yaml"));
    const { pinned, root } = sourcesWorld([server]);
    const first = await pinned(web(server, "1.0.0"));
    const replaced = await chart("web", "1.0.0", [{ name: "web/files/other", text: "other" }]);
    server.files.set("/web-1.0.0.tgz", replaced);
    server.files.set("/index.yaml", index.replace(/digest: [0-9a-f]+/, `digest: ${sha256(replaced)}`));
    const later = (): number => Date.now() + 2 * 60 * 60_000;
    for (const clock of [later, later]) {
      const again = sourcesWorld([server], {}, { root, clock });
      expect(await again.pinned(web(server, "1.0.0"))).toMatchObject({ movedFrom: first.revision, moving: false });
    }
  });

  it("drops what was used least recently when it is over its size, and fetches it again when it is wanted", async () => {
    const versions = Array.from({ length: 21 }, (_, index) => `1.${index}.0`);
    const server = await repository(versions, 50_000);
    const { pinned, files } = sourcesWorld([server], { limits: { storeBytes: 700_000 } }, { graceMs: 0 });
    const trees = new Map<string, string>();
    for (const version of versions.slice(0, -1)) trees.set(version, (await pinned(web(server, version))).tree);
    await pinned(web(server, "1.0.0"));
    await pinned(web(server, "1.20.0"));
    server.asked.length = 0;
    await pinned(web(server, "1.0.0"));
    await pinned(web(server, "1.20.0"));
    expect(downloads(server)).toEqual([]);
    const again = await pinned(web(server, "1.1.0"));
    expect(downloads(server)).toEqual(["/web-1.1.0.tgz"]);
    expect(again.tree).toBe(trees.get("1.1.0"));
    expect(Object.keys(files(again.tree))).toContain("Chart.yaml");
  });
});
