import { createHash } from "node:crypto";
import { parse } from "yaml";
import { z } from "zod";
import type { Render, Renderer, RenderSource, Resource } from "../../src/model/render.ts";
import { type RenderSpec, specText, type Target, targetId } from "../../src/model/target.ts";
import type { Tree } from "../../src/model/tree.ts";
import { rememberPlan, replanningRenderer } from "../../src/targets/replanning-renderer.ts";
import { memoryRenderer } from "./memory-renderer.ts";

/** Releases of one chart as Flux deploys them, in memory: `apps/ENV/NAME.yaml` has a HelmRelease each. */
export interface ControllerWorld {
  readonly renderer: Renderer;
  /** The targets of a tree: for each environment `apps`, and what is declared in it. */
  plan(source: RenderSource): Promise<readonly Target[]>;
}

const release = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    chart: z.object({ spec: z.object({ chart: z.string(), version: z.string() }) }),
    values: z.object({ image: z.object({ repository: z.string(), tag: z.string() }) }),
  }),
});

/** Makes one for these environments. */
export function controllerWorld(environments: readonly string[]): ControllerWorld {
  const targetsOf = async (source: RenderSource): Promise<readonly Target[]> => {
    const found = await Promise.all(environments.map((environment) => inEnvironment(source.tree, environment)));
    return found.flat();
  };
  const plan = async (source: RenderSource): Promise<readonly Target[]> => {
    const targets = await targetsOf(source);
    rememberPlan(targets, source, targetsOf);
    return targets;
  };
  return { plan, renderer: replanningRenderer(chartRenderer()) };
}

async function inEnvironment(tree: Tree, environment: string): Promise<readonly Target[]> {
  const path = `apps/${environment}`;
  const parent = targetId("apps", environment);
  const options = { namespace: "flux-system", name: "apps", root: "", spec: {} };
  const declared = { kind: "Kustomization", namespace: "flux-system", name: "apps" } as const;
  const apps: Target = {
    ...{ id: parent, app: "apps", environment },
    render: { kind: "flux", path, options },
    declaration: { ...declared, file: `clusters/${environment}.yaml` },
  };
  const files = (await tree.files(path)).filter((file) => file.endsWith(".yaml"));
  return [apps, ...(await Promise.all(files.map((file) => releaseIn(tree, file, environment, parent))))];
}

async function releaseIn(tree: Tree, file: string, environment: string, parent: string): Promise<Target> {
  const object = release.parse(parse(Buffer.from((await tree.read(file)) ?? []).toString()));
  const { name } = object.metadata;
  const at = `@sources/helm/charts.example.com/${object.spec.chart.spec.chart}/${object.spec.chart.spec.version}`;
  const options = { namespace: environment, name, root: at, spec: { values: object.spec.values } };
  return {
    ...{ id: targetId(name, environment), app: name, environment },
    render: { kind: "helmrelease", path: at, options },
    declaration: { kind: "HelmRelease", namespace: environment, name, file, parent },
  };
}

/** A chart renders to a Deployment with its version and the image of its values; everything else as files say. */
function chartRenderer(): Renderer {
  const files = memoryRenderer();
  const render: Renderer["render"] = (spec, source, signal) =>
    spec.kind === "helmrelease" ? Promise.resolve(chartRender(spec)) : files.render(spec, source, signal);
  return {
    ...files,
    render,
    fresh: render,
    known: async (spec, source) => (spec.kind === "helmrelease" ? [] : files.known(spec, source)),
  };
}

function chartRender(spec: Extract<RenderSpec, { readonly kind: "helmrelease" }>): Render {
  const { values } = z.object({ values: release.shape.spec.shape.values }).parse(spec.options.spec);
  const image = `${values.image.repository}:${values.image.tag}`;
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: spec.options.name, labels: { chart: spec.path } },
    spec: { template: { spec: { containers: [{ name: "web", image }] } } },
  };
  const resources: readonly Resource[] = [{ object }];
  const digest = createHash("sha256").update(specText(spec)).digest("hex");
  return { ok: true, digest, trace: [], warnings: [], unpinned: [], resources: () => resources };
}
