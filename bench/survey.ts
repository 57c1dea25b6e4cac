import { basename, resolve } from "node:path";
import { z } from "zod";
import { cacheFolder } from "../src/cli/cache-folder.ts";
import { mapLimit } from "../src/model/map-limit.ts";
import type { Render } from "../src/model/render.ts";
import type { Target } from "../src/model/target.ts";
import type { Tree } from "../src/model/tree.ts";
import { yamlValues } from "../src/model/yaml-values.ts";
import { resolveTargets } from "../src/targets/index.ts";
import { openLocal } from "../src/wiring/local.ts";
import { silent } from "./preview.ts";

/** What a repository holds for controllers, and how much of it is found and rendered. */
export interface Survey {
  readonly repository: string;
  /** Objects of Argo CD and Flux in files that are no templates. */
  readonly declared: number;
  /** Those of them that the plan lacks. */
  readonly lacking: readonly string[];
  /** Targets that an object declares: those objects, and what generators and charts make. */
  readonly targets: number;
  readonly whole: number;
  /** Rendered without something, or not at all, by reason; `network`: what is missing is not in the repository. */
  readonly partly: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const controllers =
  /^(?:argoproj\.io\/v1alpha1 (?:Application|ApplicationSet)|(?:kustomize|helm)\.toolkit\.fluxcd\.io\/v\w+ (?:Kustomization|HelmRelease))$/;
const named = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string().regex(/^[^{]+$/) }),
  spec: z.object({}),
});

interface Declared {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
}

/** Plans and renders what the controllers of a repository deploy at `HEAD`, without the network. */
export async function survey(folder: string, url: string): Promise<Survey> {
  const settings = { allow: [], private: [], credentials: [], mirrors: [] };
  const remote = { root: cacheFolder("sources", process.env), settings, offline: true, env: {} };
  const edges = openLocal({ cacheDir: cacheFolder("renders", process.env), log: silent, sources: remote });
  const began = performance.now();
  try {
    const repository = edges.repository(resolve(folder));
    const source = { tree: await repository.tree(await repository.resolve("HEAD")), objects: repository.objects };
    const signal = new AbortController().signal;
    const identity = { urls: [url], branches: ["main", "master", "HEAD"] };
    const reads = { renderer: edges.renderer, sources: edges.sources, repository: identity, signal };
    const { plan } = await resolveTargets(undefined, source, reads);
    const targets = plan.targets.filter(({ declaration }) => declaration !== undefined);
    const declared = await declaredIn(source.tree);
    const renders = await mapLimit(targets, 8, ({ render }) => edges.renderer.render(render, source, signal));
    return {
      repository: basename(url),
      declared: declared.length,
      lacking: declared.filter((one) => !targets.some((target) => isOf(target, one))).map(text),
      targets: targets.length,
      whole: renders.filter((one) => one.ok && one.unpinned.length === 0).length,
      partly: counts(renders.filter((one) => (one.ok ? one.unpinned.length > 0 : one.partial !== undefined))),
      failed: counts(renders.filter((one) => !one.ok && one.partial === undefined)),
      seconds: (performance.now() - began) / 1_000,
    };
  } finally {
    await edges.close();
  }
}

async function declaredIn(tree: Tree): Promise<readonly Declared[]> {
  const files = (await tree.files()).filter((file) => /\.ya?ml$/.test(file));
  const found = await mapLimit(files, 16, async (file) => {
    const content = new TextDecoder().decode((await tree.read(file)) ?? new Uint8Array());
    return yamlValues(content).flatMap((value) => {
      const { data } = named.safeParse(value);
      const isOne = data !== undefined && controllers.test(`${data.apiVersion} ${data.kind}`);
      return isOne ? [{ kind: data.kind, name: data.metadata.name, file }] : [];
    });
  });
  return found.flat();
}

/** A patch or a component may give an object another name: then the file tells. */
function isOf({ declaration }: Target, { kind, name, file }: Declared): boolean {
  return declaration?.kind === kind && (declaration.name === name || declaration.file === file);
}

function text({ kind, name, file }: Declared): string {
  return `${kind} ${name} (${file})`;
}

function counts(renders: readonly Render[]): Readonly<Record<string, number>> {
  const reasons = renders.map((render) => {
    const remote = render.unpinned.some(({ source, kind }) => source !== undefined || kind !== "value");
    if (remote) return "network";
    if (render.unpinned.length > 0) return "values of the cluster";
    return render.ok ? "" : (render.failure.message.split("\n")[0]?.slice(0, 120) ?? "");
  });
  return Object.fromEntries([...Map.groupBy(reasons, (reason) => reason)].map(([key, all]) => [key, all.length]));
}

/** Surveys each `FOLDER=URL`; without any, that is an error. */
export async function surveyAll(places: readonly string[]): Promise<readonly Survey[]> {
  if (places.length === 0) throw new Error("name repositories: npm run bench -- survey FOLDER=https://github.com/…");
  const surveys: Survey[] = [];
  for (const place of places) {
    const [folder = "", url = `file://${resolve(folder)}`] = place.split("=", 2);
    surveys.push(await survey(folder, url));
  }
  return surveys;
}

/** The results as lines for people. What is missing is named, and nothing fails by it. */
export function surveyLines(surveys: readonly Survey[]): readonly string[] {
  return surveys.flatMap((one) => [
    `${one.repository}: ${one.declared - one.lacking.length} of ${one.declared} objects found; of ${one.targets} targets ${one.whole} render wholly; ${one.seconds.toFixed(1)} s`,
    ...one.lacking.map((each) => `  not found: ${each}`),
    ...Object.entries(one.partly).map(([reason, count]) => `  ${count} in part: ${reason}`),
    ...Object.entries(one.failed).map(([reason, count]) => `  ${count} not: ${reason}`),
  ]);
}
