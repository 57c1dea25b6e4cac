import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { z } from "zod";
import { cacheFolder } from "../src/cli/cache-folder.ts";
import { isPutAway } from "../src/discovery/controllers.ts";
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
  /** Objects of Argo CD and Flux in files that are no templates, without those that were put away. */
  readonly declared: number;
  /** Those of them that the plan lacks. */
  readonly lacking: readonly string[];
  /** Targets that an object declares: those objects, and what generators and charts make. */
  readonly targets: number;
  readonly whole: number;
  /** Those that lack something that is not in the repository. */
  readonly remote: readonly string[];
  /** Others that rendered without something, or not at all: their ids by reason. */
  readonly partly: Reasons;
  readonly failed: Reasons;
  /** What the plan says besides, each once. */
  readonly told: readonly string[];
  readonly seconds: number;
}

type Reasons = Readonly<Record<string, readonly string[]>>;

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
export async function survey(folder: string, url: string, config?: string): Promise<Survey> {
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
    const { plan, problems } = await resolveTargets(config, source, reads);
    const targets = plan.targets.filter(({ declaration }) => declaration !== undefined);
    const declared = await declaredIn(source.tree);
    const results = await mapLimit(targets, 8, async ({ id, render: spec }) => {
      return { id, render: await edges.renderer.render(spec, source, signal) };
    });
    const [remote, own] = [results.filter(isRemote), results.filter((one) => !isRemote(one))];
    const lacking = own.filter(({ render }) => !render.ok || render.unpinned.length > 0);
    return {
      repository: `${basename(url)}${config === undefined ? "" : ", configured"}`,
      declared: declared.length,
      lacking: declared.filter((one) => !targets.some((target) => isOf(target, one))).map(text),
      targets: targets.length,
      whole: own.length - lacking.length,
      remote: remote.map(({ id }) => id),
      partly: reasons(lacking.filter(({ render }) => render.ok || render.partial !== undefined)),
      failed: reasons(lacking.filter(({ render }) => !render.ok && render.partial === undefined)),
      told: [...new Set([...problems.map(({ message }) => message), ...plan.notes])],
      seconds: (performance.now() - began) / 1_000,
    };
  } finally {
    await edges.close();
  }
}

async function declaredIn(tree: Tree): Promise<readonly Declared[]> {
  const files = (await tree.files()).filter((file) => /\.ya?ml$/.test(file) && !isPutAway(file));
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

interface Result {
  readonly id: string;
  readonly render: Render;
}

/** Whether something is missing that only the network has. */
function isRemote({ render }: Result): boolean {
  return render.unpinned.some(({ reason, source }) => source !== undefined || reason.includes(offline));
}

/** What is said of a source that is in no store. */
const offline = "there is no network";

function reasons(results: readonly Result[]): Reasons {
  const groups = Map.groupBy(results, ({ render }) => {
    const [lack] = render.unpinned;
    if (lack !== undefined) return lack.kind === "value" ? "values of the cluster" : lack.reason;
    return render.ok ? "" : (render.failure.message.split("\n")[0]?.slice(0, 200) ?? "");
  });
  return Object.fromEntries([...groups].map(([reason, all]) => [reason, all.map(({ id }) => id)]));
}

/** Surveys each `FOLDER=URL` or `FOLDER=URL=FILE` with a `.sluice.yaml`; without any, that is an error. */
export async function surveyAll(places: readonly string[]): Promise<readonly Survey[]> {
  if (places.length === 0) throw new Error("name repositories: npm run bench -- survey FOLDER=https://github.com/…");
  const surveys: Survey[] = [];
  for (const place of places) {
    const [folder = "", url = `file://${resolve(folder)}`, file] = place.split("=", 3);
    surveys.push(await survey(folder, url, file === undefined ? undefined : readFileSync(file, "utf8")));
  }
  return surveys;
}

/** The results as lines for people. What is missing is named, and nothing fails by it. */
export function surveyLines(surveys: readonly Survey[]): readonly string[] {
  return surveys.flatMap((one) => {
    const here = one.targets - one.remote.length;
    const share = here === 0 ? "" : ` (${((100 * one.whole) / here).toFixed(1)} %)`;
    return [
      `${one.repository}: ${one.declared - one.lacking.length} of ${one.declared} objects found; of ${one.targets} targets ${one.remote.length} need the network, of the other ${here} render wholly ${one.whole}${share}; ${one.seconds.toFixed(1)} s`,
      ...one.lacking.map((each) => `  not found: ${each}`),
      ...Object.entries(one.partly).map(([reason, ids]) => `  in part, ${ids.length}: ${reason}: ${ids.join(", ")}`),
      ...Object.entries(one.failed).map(([reason, ids]) => `  not, ${ids.length}: ${reason}: ${ids.join(", ")}`),
      ...one.told.map((each) => `  told: ${each}`),
    ];
  });
}
