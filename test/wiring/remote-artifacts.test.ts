import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parseAllDocuments } from "yaml";
import { trusted } from "../../src/model/fetch-policy.ts";
import type { RegistrySettings } from "../../src/model/registry.ts";
import type { PinnedSource, SourceAnswer, SourceRequest, Sources } from "../../src/model/sources.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { loginsOf } from "../../src/wiring/local-sources.ts";
import { openSources } from "../../src/wiring/sources.ts";
import { silent } from "../registry/support/log.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { configMap, renderRepository } from "../render/support/repositories.ts";
import { tgz } from "../sources/support/archives.ts";
import { temporary } from "../sources/support/world.ts";
import { credentials, type Distribution, startDistribution } from "../support/distribution.ts";
import { putBlob, putManifest } from "../support/distribution-push.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";

const host = "artifacts.acme.example";
const url = `oci://${host}/manifests/shop`;
const right = { host, ...credentials };

let registry: Distribution;
/** Digests by tag. */
let digests: ReadonlyMap<string, string>;
beforeAll(async () => {
  registry = await startDistribution({ auth: "basic" });
  const tags = ["1.0.0", "1.1.0", "2.0.0-rc.1", "latest"];
  digests = new Map(await Promise.all(tags.map(async (tag) => [tag, await push(tag)] as const)));
});
afterAll(() => registry.close());

const files = (tag: string): Record<string, string> => ({
  "deploy/kustomization.yaml": "namePrefix: shop-\nresources: [one.yaml]\n",
  "deploy/one.yaml": configMap("one", tag),
});

/** As `flux push artifact` does. */
async function push(tag: string): Promise<string> {
  const repository = "manifests/shop";
  const packed = await tgz(Object.entries(files(tag)).map(([name, text]) => ({ name, text })));
  const config = await putBlob(registry.send, repository, "application/vnd.cncf.flux.config.v1+json", "{}");
  const layer = await putBlob(registry.send, repository, "application/vnd.cncf.flux.content.v1.tar+gzip", packed);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = { schemaVersion: 2, mediaType, config, layers: [layer] };
  return (await putManifest(registry.send, repository, tag, mediaType, manifest)).digest;
}

/** Sources that have the registry as a mirror, with these logins. */
function open(...logins: readonly RegistrySettings[]) {
  const mirrors = [{ host, address: `http://${registry.host}`, insecure: true }];
  const settings = { allow: [], private: [], credentials: [], mirrors };
  const parts = { log: silent, clock: Date.now, start: launcher.start };
  const opened = openSources({ ...parts, root: temporary(), settings, registries: logins });
  onTestFinished(() => opened.sources.close());
  return opened;
}

type ArtifactRequest = Omit<Extract<SourceRequest, { kind: "oci-artifact" }>, "kind" | "url">;

const ask = (sources: Sources, more: Partial<ArtifactRequest> = {}): Promise<SourceAnswer> =>
  sources.pin({ kind: "oci-artifact", url, ...more }, trusted, AbortSignal.timeout(600_000));

async function pinned(sources: Sources, more: Partial<ArtifactRequest> = {}): Promise<PinnedSource> {
  const answer = await ask(sources, more);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.source;
}

describe("an artifact in a registry", () => {
  it("is had by its tag, its digest, a range with a filter, and as the latest", async () => {
    const { sources } = open(right);
    const revision = (tag: string): string => digests.get(tag) ?? "";
    const first = await pinned(sources, { tag: "1.0.0" });
    expect(first).toMatchObject({ revision: revision("1.0.0"), moving: false });
    const same = await pinned(sources, { digest: revision("1.0.0") });
    expect(same).toMatchObject({ tree: first.tree, revision: revision("1.0.0"), moving: false });
    expect(await pinned(sources, { range: "^1.0.0" })).toMatchObject({ revision: revision("1.1.0"), version: "1.1.0" });
    const candidates = { range: ">=1.0.0-0", filter: ".*-rc.*" };
    expect(await pinned(sources, candidates)).toMatchObject({ revision: revision("2.0.0-rc.1"), moving: true });
    expect(await pinned(sources)).toMatchObject({ revision: revision("latest"), moving: true });
    expect(await ask(sources, { range: "^3.0.0" })).toMatchObject({ failure: { kind: "not-found" } });
  });

  it("renders as kustomize renders the same folder", async () => {
    const { sources, store } = open(right);
    const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1, sources: store.objects });
    onTestFinished(() => renderer.close());
    const repository = renderRepository();
    onTestFinished(() => repository.remove());
    repository.temp.commit(files("1.1.0"));
    const { tree } = await pinned(sources, { range: "1.x" });
    const at = "@sources/oci/shop";
    const options = { namespace: "flux-system", name: "shop", root: at, spec: {} };
    const spec = { kind: "flux", path: `${at}/deploy`, options, mounts: [{ at, tree }] } as const;
    const render = await renderer.render(spec, await repository.source(), AbortSignal.timeout(600_000));
    if (!render.ok) throw new Error(render.failure.message);
    const program = env.SLUICE_KUSTOMIZE ?? "kustomize";
    const { stdout } = runSync(program, ["build", join(repository.temp.dir, "deploy")]);
    const objects = render.resources().map(({ object }) => ({ ...object, metadata: nameOf(object.metadata) }));
    expect(objects).toEqual(parseAllDocuments(stdout).map((document) => document.toJS()));
  });
});

/** Without the labels that Flux adds. */
function nameOf(metadata: unknown): unknown {
  return { name: Object(metadata).name };
}

describe("a registry that wants a login", () => {
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  const config = JSON.stringify({ auths: { [host]: { auth: basic } } });

  it.each([
    ["docker login", "DOCKER_CONFIG", "config.json"],
    ["helm registry login", "HELM_REGISTRY_CONFIG", ""],
  ])("is given that of %s", async (_what, variable, name) => {
    const folder = temporary();
    const file = join(folder, name || "registry.json");
    writeFileSync(file, config);
    const logins = loginsOf({ HOME: folder, [variable]: name === "" ? file : folder }, silent);
    const { sources } = open(...logins);
    expect(await pinned(sources, { tag: "1.0.0" })).toMatchObject({ revision: digests.get("1.0.0") });
  });

  it("gives nothing to whoever has none, or that of another host", async () => {
    for (const logins of [[], [{ ...right, host: `other.${host}` }]]) {
      const { sources } = open(...logins);
      expect(await ask(sources, { tag: "1.0.0" })).toMatchObject({ ok: false, failure: { kind: "denied" } });
    }
  });
});
