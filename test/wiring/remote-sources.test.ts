import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parseAllDocuments } from "yaml";
import { trusted } from "../../src/model/fetch-policy.ts";
import type { Render } from "../../src/model/render.ts";
import type { SourceRequest, Sources } from "../../src/model/sources.ts";
import type { RenderSpec } from "../../src/model/target.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { remoteRenderer } from "../../src/sources/index.ts";
import { type OpenSources, openSources } from "../../src/wiring/sources.ts";
import { silent } from "../registry/support/log.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { configMap, kustomize, renderRepository } from "../render/support/repositories.ts";
import { httpsServer } from "../sources/support/https-server.ts";
import { temporary } from "../sources/support/world.ts";
import { launcher } from "../support/launcher.ts";
import { example, filesIn, type SampleSources, startSampleSources } from "../support/local-sources.ts";
import { runSync } from "../support/run-sync.ts";

const signal = (): AbortSignal => AbortSignal.timeout(600_000);
const policies = "https://git.acme.example/platform/policies//network?ref=v1.2.0";

let served: SampleSources;
beforeAll(async () => {
  served = await startSampleSources();
});
afterAll(() => served.close());

interface Opened {
  readonly sources: Sources;
  /** Renders a folder with these files. */
  render(spec: RenderSpec, files: Readonly<Record<string, string>>): Promise<Render>;
}

/** Sources as a server opens them, with the real engine. */
function open(root = temporary(), changes: Partial<OpenSources> = {}): Opened {
  const settings = changes.settings ?? served.settings;
  const parts = { root, registries: [], log: silent, clock: Date.now, start: launcher.start };
  const { sources, store } = openSources({ ...parts, ...changes, settings });
  const inner = createRenderer({ binary: realEngine(), limits: patient, workers: 1, sources: store.objects });
  const renderer = remoteRenderer(inner, sources);
  onTestFinished(() => renderer.close());
  return {
    sources,
    render: async (spec, files) => {
      const repository = renderRepository();
      onTestFinished(() => repository.remove());
      repository.temp.commit(files);
      return renderer.render(spec, await repository.source(), signal());
    },
  };
}

/** What a render gave, or its failure; in no order. */
function objectsOf(render: Render): unknown {
  return render.ok ? sorted(render.resources().map(({ object }) => object)) : render.failure;
}

function sorted(objects: readonly unknown[]): unknown {
  return objects.toSorted((a, b) => named(a).localeCompare(named(b)));
}

function named(object: unknown): string {
  const { kind, metadata } = Object(object);
  return `${kind} ${metadata?.namespace} ${metadata?.name}`;
}

/** What the real programs print. */
function printed(...runs: readonly (readonly [program: string, ...args: string[]])[]): unknown {
  const texts = runs.map(([program, ...args]) => {
    const { status, stdout, stderr } = runSync(program, args);
    if (status !== 0) throw new Error(stderr);
    return stdout;
  });
  const documents = texts.flatMap((text) => parseAllDocuments(text));
  return sorted(documents.map((document) => document.toJS()).filter((object) => object !== null));
}

const kustomizeProgram = env.SLUICE_KUSTOMIZE ?? "kustomize";
const helmProgram = env.SLUICE_HELM ?? "helm";

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const repository = renderRepository();
  onTestFinished(() => repository.remove());
  repository.temp.commit(files);
  return repository.temp.dir;
}

describe("a render of what is elsewhere", () => {
  it("gives what kustomize gives with the same base and file in local folders", async () => {
    const server = await httpsServer("localhost");
    server.files.set("/install.yaml", configMap("install", "from a file"));
    const ca = join(temporary(), "ca.pem");
    writeFileSync(ca, [served.ca, server.certificate].join("\n"));
    const file = { host: "files.acme.example", address: server.url };
    const settings = { ...served.settings, ca, mirrors: [...served.settings.mirrors, file] };
    const own = { "app/own.yaml": configMap("own", "here") };
    const kustomization = (...resources: readonly string[]): Record<string, string> => ({
      "app/kustomization.yaml": `namespace: shop\nresources:\n${resources.map((one) => `- ${one}\n`).join("")}`,
    });
    const { render } = open(temporary(), { settings });
    const remote = await render(kustomize("app"), {
      ...own,
      ...kustomization("own.yaml", policies, "https://files.acme.example/install.yaml"),
    });
    const local = folderOf({
      ...own,
      ...kustomization("own.yaml", "../network", "install.yaml"),
      "app/install.yaml": configMap("install", "from a file"),
    });
    cpSync(example("remote", "git", "policies", "network"), join(local, "network"), { recursive: true });
    expect(remote.unpinned).toEqual([]);
    expect(objectsOf(remote)).toEqual(printed([kustomizeProgram, "build", join(local, "app")]));
  });

  it("gives what helm gives of the chart that a kustomization inflates", async () => {
    const { render } = open();
    const chart =
      "helmCharts:\n- {name: ingress, repo: https://charts.acme.example, version: 2.0.3, releaseName: front}\n";
    const remote = await render(kustomize("app"), { "app/kustomization.yaml": chart });
    expect(objectsOf(remote)).toEqual(
      printed([helmProgram, "template", "front", example("remote", "charts", "ingress-2.0.3")]),
    );
  });

  it.each([
    ["a Helm repository", "ingress", "2.0.3", "https://charts.acme.example", "ingress-2.0.3"],
    ["a registry", "web", "1.4.0", "oci://registry.acme.example/charts", "web-1.4.0"],
    ["a registry, in a range", "web", "^1.4.0", "oci://registry.acme.example/charts", "web-1.5.0"],
  ])("gives what helm gives of a chart with a dependency in %s", async (_where, name, version, repository, folder) => {
    const files = {
      "chart/Chart.yaml": `apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: ${name}, version: "${version}", repository: "${repository}"}\n`,
      "chart/values.yaml": `${name}: {replicas: 4, host: shop.example}\n`,
      "chart/templates/own.yaml": configMap("own", "here"),
    };
    const { render } = open();
    const remote = await render(
      { kind: "helm", path: "chart", options: { releaseName: "shop", namespace: "shop" } },
      files,
    );
    const local = folderOf(files);
    cpSync(example("remote", "charts", folder), join(local, "chart", "charts", name), { recursive: true });
    expect(objectsOf(remote)).toEqual(
      printed([helmProgram, "template", "shop", "--namespace", "shop", join(local, "chart")]),
    );
  });

  it("is the same from the store when the servers are gone, and says what may have moved", async () => {
    const root = temporary();
    const servers = await startSampleSources();
    const files = {
      "app/kustomization.yaml": `resources:\n- ${policies}\nhelmCharts:\n- {name: ingress, repo: https://charts.acme.example, version: 2.0.3, releaseName: front}\n`,
    };
    const range: SourceRequest = {
      kind: "oci-chart",
      url: "oci://registry.acme.example/charts/web",
      version: "^1.4.0",
    };
    const first = open(root, { settings: servers.settings });
    const before = await first.render(kustomize("app"), files);
    const pinned = await first.sources.pin(range, trusted, signal());
    await servers.close();
    const { ca: _gone, ...settings } = servers.settings;
    const second = open(root, { settings, offline: true });
    expect(objectsOf(before)).toHaveLength(4);
    expect(objectsOf(await second.render(kustomize("app"), files))).toEqual(objectsOf(before));
    const again = await second.sources.pin(range, trusted, signal());
    expect(again).toMatchObject(pinned);
    expect(again).toMatchObject({ source: { version: "1.5.0", notes: [expect.stringContaining("may have moved")] } });
    expect(await second.sources.pin({ ...range, version: "1.4.0" }, trusted, signal())).toMatchObject({
      ok: false,
      failure: { kind: "unreachable" },
    });
  });
});

describe("a chart in a registry", () => {
  const chart = (version: string): SourceRequest => ({
    kind: "oci-chart",
    url: "oci://registry.acme.example/charts/web",
    version,
  });

  it("is had by its version, by a range and by its digest, and is the chart's folder", async () => {
    const { sources } = open();
    const exact = await sources.pin(chart("1.4.0"), trusted, signal());
    if (!exact.ok) throw new Error(exact.failure.message);
    expect(exact.source).toMatchObject({ version: "1.4.0", moving: false });
    expect(await sources.pin(chart(exact.source.revision), trusted, signal())).toMatchObject({
      source: { tree: exact.source.tree, moving: false },
    });
    expect(await sources.pin(chart("~1.4"), trusted, signal())).toMatchObject({
      source: { tree: exact.source.tree, version: "1.4.0", moving: true },
    });
    expect(await sources.pin(chart("9.9.9"), trusted, signal())).toMatchObject({ failure: { kind: "not-found" } });
    const folder = folderOf(filesIn(example("remote", "charts", "web-1.4.0")));
    expect(exact.source.tree).toBe(runSync("git", ["-C", folder, "rev-parse", "HEAD^{tree}"]).stdout.trim());
  });
});
