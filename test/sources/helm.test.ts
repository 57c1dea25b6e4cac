import { describe, expect, it } from "vitest";
import type { SourceRequest } from "../../src/model/sources.ts";
import { chart, sha256 } from "./support/archives.ts";
import { type HttpsServer, httpsServer } from "./support/https-server.ts";
import { sourcesWorld } from "./support/world.ts";

interface Published {
  readonly version: string;
  readonly url?: string;
  readonly digest?: string;
}

/** An index as Helm writes it. */
function index(name: string, versions: readonly Published[]): string {
  const items = versions.map(
    ({ version, url, digest }) =>
      `  - apiVersion: v2\n    created: "2026-01-01T00:00:00Z"\n    dependencies:\n    - name: common\n      version: 9.9.9\n` +
      `${digest === undefined ? "" : `    digest: ${digest}\n`}    name: ${name}\n    urls:\n    - ${url ?? `${name}-${version}.tgz`}\n    version: ${version}\n`,
  );
  return `apiVersion: v1\nentries:\n  another:\n  - name: another\n    urls: [x.tgz]\n    version: 0.1.0\n  ${name}:\n${items.join("")}  zebra:\n  - name: zebra\n    urls:\n    - z.tgz\n    version: 3.0.0\ngenerated: "2026-01-01T00:00:00Z"\n`;
}

async function repository(...versions: readonly string[]): Promise<HttpsServer> {
  const server = await httpsServer();
  const published: Published[] = [];
  for (const version of versions) {
    const packed = await chart("web", version);
    server.files.set(`/charts/web-${version}.tgz`, packed);
    published.push({ version, digest: sha256(packed) });
  }
  server.files.set("/charts/index.yaml", index("web", published));
  return server;
}

const request = (server: HttpsServer, version: string, name = "web"): SourceRequest => ({
  kind: "helm",
  repository: `${server.url}/charts`,
  chart: name,
  version,
});

describe("a Helm repository", () => {
  it("gives the version that Helm would take", async () => {
    const server = await repository("2.0.0-rc.1", "1.10.0", "1.9.0", "v1.2.0");
    const { pinned, refused, files } = sourcesWorld([server]);
    const exact = await pinned(request(server, "1.9.0"));
    expect(exact).toMatchObject({ version: "1.9.0", moving: false });
    expect(files(exact.tree)).toMatchObject({
      "Chart.yaml": expect.stringContaining("version: 1.9.0"),
      "templates/one.yaml": "# 1.9.0\n",
    });
    expect(await pinned(request(server, ""))).toMatchObject({ version: "1.10.0", moving: true });
    expect(await pinned(request(server, "^1.2"))).toMatchObject({ version: "1.10.0", moving: true });
    expect(await pinned(request(server, ">=2.0.0-0"))).toMatchObject({ version: "2.0.0-rc.1" });
    expect(await pinned(request(server, "1.2.0"))).toMatchObject({ version: "v1.2.0", moving: false });
    expect(await refused(request(server, "3.x"))).toMatchObject({
      kind: "not-found",
      fix: expect.stringContaining("1.10.0"),
    });
    expect(await refused(request(server, "1.0.0", "absent"))).toMatchObject({ kind: "not-found" });
  });

  it.each([
    ["as items in braces", "  web:\n  - {name: web, version: 1.0.0, urls: [web.tgz]}\n"],
    ["as one list in brackets", "  web: [{name: web, version: 1.0.0, urls: [web.tgz]}]\n"],
    ["with remarks", "  web: # ours\n  - name: web\n    version: 1.0.0 # the first\n    urls: [web.tgz]\n"],
    ["with a remark at the version", "  web:\n  - name: web\n    version: 1.0.0 # the first\n    urls: [web.tgz]\n"],
  ])("may have an index that somebody wrote by hand: %s", async (_how, entries) => {
    const server = await httpsServer();
    server.files.set("/charts/web.tgz", await chart("web", "1.0.0"));
    server.files.set("/charts/index.yaml", `apiVersion: v1\nentries:\n  other:\n  - name: other\n${entries}`);
    const { pinned } = sourcesWorld([server]);
    expect(await pinned(request(server, "1.0.0"))).toMatchObject({ version: "1.0.0" });
  });

  it("is asked for its index once for all of its charts, and later only whether that changed", async () => {
    const server = await repository("1.0.0", "1.1.0");
    const text = server.files.get("/charts/index.yaml");
    server.files.set("/charts/index.yaml", (asked, response) => {
      if (asked.headers["if-none-match"] === '"one"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"one"' }).end(text);
    });
    const world = sourcesWorld([server]);
    await world.pinned(request(server, "1.0.0"));
    await world.pinned(request(server, "1.1.0"));
    await sourcesWorld([server], {}, { root: world.root }).pinned(request(server, "^1"));
    const indexes = server.asked.filter(({ path }) => path.endsWith("index.yaml"));
    expect(indexes.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, '"one"']);
  });

  it("needs no network for a version that is known", async () => {
    const server = await repository("1.0.0");
    const world = sourcesWorld([server]);
    const { tree } = await world.pinned(request(server, "1.0.0"));
    const { length } = server.asked;
    const again = sourcesWorld([server], {}, { root: world.root });
    expect(await again.pinned(request(server, "1.0.0"))).toMatchObject({ tree });
    expect(server.asked).toHaveLength(length);
  });

  it("may have its charts at another host, which gets no credentials", async () => {
    const [server, files] = [await httpsServer(), await httpsServer()];
    files.files.set("/web.tgz", await chart("web", "1.0.0"));
    server.files.set("/charts/index.yaml", index("web", [{ version: "1.0.0", url: `${files.url}/web.tgz` }]));
    const credentials = [{ host: server.host, username: "robot", password: "SECRETSECRET" }];
    await sourcesWorld([server, files], { credentials }).pinned(request(server, "1.0.0"));
    expect(server.asked[0]?.authorization).toBe(`Basic ${btoa("robot:SECRETSECRET")}`);
    expect(files.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("is refused when a chart is not what the index says", async () => {
    const server = await repository("1.0.0");
    server.files.set("/charts/web-1.0.0.tgz", await chart("web", "6.6.6"));
    const failure = await sourcesWorld([server]).refused(request(server, "1.0.0"));
    expect(failure).toMatchObject({ kind: "refused", message: expect.stringContaining("digest") });
  });

  it("tells that a version was published again with other contents", async () => {
    const server = await repository("1.0.0");
    const time = { now: Date.now() };
    const world = sourcesWorld([server], {}, { clock: () => time.now });
    const first = await world.pinned(request(server, "1.0.0"));
    const other = await chart("web", "1.0.0", [{ name: "web/more.yaml", text: "a: 1\n" }]);
    server.files.set("/charts/web-1.0.0.tgz", other);
    server.files.set("/charts/index.yaml", index("web", [{ version: "1.0.0", digest: sha256(other) }]));
    time.now += 2 * 60 * 60_000;
    const later = sourcesWorld([server], {}, { root: world.root, clock: () => time.now });
    expect(await later.pinned(request(server, "1.0.0"))).toMatchObject({ movedFrom: first.revision });
  });

  it("is asked at the operator's mirror under its own name", async () => {
    const server = await repository("1.0.0");
    const mirrors = [{ host: "charts.acme.example", address: server.url }];
    const { pin } = sourcesWorld([server], { private: [], mirrors });
    const asked: SourceRequest = {
      kind: "helm",
      repository: "https://charts.acme.example/charts",
      chart: "web",
      version: "1.0.0",
    };
    expect(await pin(asked)).toMatchObject({ ok: true, source: { version: "1.0.0" } });
  });
});
