import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { defaultSourceLimits } from "../../src/model/source-settings.ts";
import type { SourceRequest } from "../../src/model/sources.ts";
import { resolveOciChart } from "../../src/sources/oci.ts";
import { client, server, soon } from "../registry/support/setting.ts";
import { chart, sha256 } from "./support/archives.ts";
import { httpsServer } from "./support/https-server.ts";
import { sourcesWorld } from "./support/world.ts";

const web = (repository: string): SourceRequest => ({ kind: "helm", repository, chart: "web", version: "1.0.0" });
const layerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

describe("an answer of a hostile server", () => {
  it("that comes letter by letter ends at the deadline", async () => {
    const slow = await httpsServer();
    slow.files.set("/slow.yaml", (_request, response) => {
      const drip = setInterval(() => response.write("a"), 10);
      response.on("close", () => clearInterval(drip));
    });
    const { refused } = sourcesWorld([slow], {}, { requestMs: 1_000 });
    expect(await refused({ kind: "file", url: `${slow.url}/slow.yaml` })).toMatchObject({ kind: "unreachable" });
  });

  it("that is packed although nobody asked for that is not unpacked", async () => {
    const packed = await httpsServer();
    const body = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    packed.files.set("/index.yaml", { status: 200, headers: { "content-encoding": "gzip" }, body });
    const { refused } = sourcesWorld([packed]);
    expect(await refused(web(packed.url))).toMatchObject({ kind: "refused" });
  });

  it("leads to another host without the credentials, and to none that the operator's credentials would open", async () => {
    const [first, other] = [await httpsServer(), await httpsServer()];
    other.otherwise = (request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401).end();
      else response.end("secret: 1\n");
    };
    first.files.set("/a.yaml", { status: 302, headers: { location: `${other.url}/secret.yaml` } });
    const credentials = [first, other].map(({ host }) => ({ host, token: `token-of-${host}` }));
    const { refused } = sourcesWorld([first, other], { credentials });
    expect(await refused({ kind: "file", url: `${first.url}/a.yaml` })).toMatchObject({ kind: "denied" });
    expect(other.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe("a manifest of a hostile registry", () => {
  const resolve = async (layer: (digest: string) => object, body?: Uint8Array) => {
    const packed = await chart("web", "1.0.0");
    const digest = `sha256:${sha256(packed)}`;
    const manifest = JSON.stringify({ schemaVersion: 2, layers: [{ mediaType: layerType, ...layer(digest) }] });
    const asked: string[] = [];
    const fake = await server(({ url }) => {
      asked.push(url);
      return { body: url.includes("/manifests/") ? manifest : (body ?? packed) };
    });
    const written: string[] = [];
    const parts = {
      registry: client([fake.settings]),
      limits: defaultSourceLimits,
      write: async (entries: readonly { readonly path: string }[]) => {
        written.push(...entries.map(({ path }) => path));
        return "0".repeat(40);
      },
    };
    const request = { kind: "oci-chart" as const, url: `oci://${fake.host}/acme/web`, version: "1.0.0" };
    const bring = resolveOciChart(parts, request, soon()).then((found) => found.bring(soon()));
    return { bring, asked, written };
  };

  it("that says where else a layer is sends nobody there", async () => {
    const elsewhere = await httpsServer();
    const size = 1;
    const { bring, asked, written } = await resolve((digest) => ({ digest, size, urls: [`${elsewhere.url}/x`] }));
    await bring;
    expect(written).toContain("Chart.yaml");
    expect(elsewhere.asked).toEqual([]);
    expect(asked.filter((path) => path.includes("/blobs/"))).toHaveLength(1);
  });

  it("that names no digest but a path, or another one than what is sent, is refused", async () => {
    const path = await resolve(() => ({ digest: "../../../v2/secret/blobs/x", size: 1 }));
    await expect(path.bring).rejects.toMatchObject({ name: "UserError" });
    expect(path.asked.filter((one) => one.includes("blobs"))).toEqual([]);
    const other = await resolve((digest) => ({ digest, size: 1 }), await chart("web", "6.6.6"));
    await expect(other.bring).rejects.toThrow("something else");
    expect(other.written).toEqual([]);
  });
});
