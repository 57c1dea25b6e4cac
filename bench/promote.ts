import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Target } from "../src/model/target.ts";
import type { Repository } from "../src/model/tree.ts";
import { computePromotion } from "../src/promote/compute.ts";
import { resolvePromotion } from "../src/promote/resolve.ts";
import type { PlanReads } from "../src/targets/index.ts";
import { type LocalEdges, openLocal } from "../src/wiring/local.ts";
import { repeated } from "./floor.ts";
import { childPeaks, peakMegabytes } from "./memory.ts";
import { type Ratio, silent } from "./preview.ts";
import { type BenchRepository, benchRepository } from "./repository.ts";

/** The ratios, and the peak memory in MiB of each program that planning ran. */
export interface PromoteBench {
  readonly ratios: readonly Ratio[];
  readonly peaks: Readonly<Record<string, number | undefined>>;
}

/**
 * Planning the promotion of 200 apps from one environment to the next, against rendering the same 400 targets with the
 * same renderer and the same cache.
 */
export async function benchPromote(): Promise<PromoteBench> {
  const repository = benchRepository();
  const peaks = new Map<string, number>();
  try {
    const commit = prepare(repository);
    const inCache = caches(repository, peaks);
    const floorCold = await repeated(3, () => inCache((edges) => timed(() => renderAll(repository, edges, commit))));
    const cold = await repeated(3, () => inCache((edges) => timed(() => plan(repository, edges, commit))));
    const [floorWarm, fresh, warm] = await inCache((edges) => warmTimes(repository, edges, commit));
    return {
      ratios: [
        {
          name: "plan 200 promotions, cold",
          ours: cold,
          floor: floorCold,
          limit: 3,
          note: "empty cache: 400 targets rendered, edited, 200 rendered again; floor: the 400",
        },
        {
          name: "plan 200 promotions, renders known",
          ours: fresh,
          floor: floorCold,
          limit: 2,
          note: "edited and 200 rendered; floor: 400 rendered in an empty cache",
        },
        {
          name: "plan 200 promotions, again",
          ours: warm,
          floor: floorWarm,
          limit: 40,
          note: "nothing rendered; floor: the kept renders of the 400 looked up and read",
        },
      ],
      peaks: { ...Object.fromEntries(peaks), "node (promotions)": peakMegabytes("self") },
    };
  } finally {
    repository.remove();
  }
}

/** Moves every app's staging ahead and leaves two environments; gives the commit. */
function prepare({ dir, base, prodOverlays }: BenchRepository): string {
  const git = (...args: readonly string[]): string => {
    const run = spawnSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: dir,
      encoding: "utf8",
    });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr}`);
    return run.stdout.trim();
  };
  git("checkout", "--quiet", "--detach", base);
  for (const overlay of prodOverlays) {
    const file = join(dir, overlay.replace(/prod$/, "staging"), "kustomization.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("newTag: 1.4.0", "newTag: 1.5.0"));
  }
  const place = (name: string, more = "") => `  - name: ${name}\n    path: apps/{app}/overlays/${name}\n${more}`;
  const environments = place("staging") + place("prod", "    from: staging\n");
  writeFileSync(join(dir, ".sluice.yaml"), `version: 1\nenvironments:\n${environments}`);
  git("commit", "--quiet", "--all", "--message", "Move staging ahead");
  return git("rev-parse", "HEAD");
}

type InCache = <T>(use: (edges: LocalEdges) => Promise<T>) => Promise<T>;

/** Gives each use edges with an empty cache, and notes what the engines needed at most. */
function caches({ dir }: BenchRepository, peaks: Map<string, number>): InCache {
  let count = 0;
  return async (use) => {
    count += 1;
    const edges = openLocal({ cacheDir: join(dir, "..", `promote-${count}`), log: silent });
    try {
      return await use(edges);
    } finally {
      for (const [name, peak] of childPeaks()) peaks.set(name, Math.max(peak, peaks.get(name) ?? 0));
      await edges.close();
    }
  };
}

/** Looking 400 known renders up and reading them; planning with these; planning once more. */
async function warmTimes(
  repository: BenchRepository,
  edges: LocalEdges,
  commit: string,
): Promise<readonly [floor: number, fresh: number, again: number]> {
  await renderAll(repository, edges, commit);
  const floor = await repeated(3, () => timed(() => renderAll(repository, edges, commit)));
  const fresh = await timed(() => plan(repository, edges, commit));
  const again = await repeated(3, () => timed(() => plan(repository, edges, commit)));
  return [floor, fresh, again];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const wanted = { to: "prod", apps: [] };

function readsOf({ renderer }: LocalEdges): PlanReads {
  return { renderer, repository: { urls: [], branches: [] }, signal: AbortSignal.timeout(120_000) };
}

async function renderAll({ dir }: BenchRepository, edges: LocalEdges, commit: string): Promise<void> {
  const repository = await edges.repository(dir);
  const { plan: targets } = await resolvePromotion({ ...wanted, repository, base: commit, reads: readsOf(edges) });
  const source = { tree: await repository.tree(commit), objects: repository.objects };
  const signal = AbortSignal.timeout(120_000);
  const renderOne = async ({ render, id }: Target): Promise<void> => {
    const rendered = await edges.renderer.render(render, source, signal);
    if (!rendered.ok || rendered.resources().length === 0) throw new Error(`${id} does not render`);
  };
  await Promise.all(targets.targets.map(renderOne));
}

async function plan({ dir }: BenchRepository, edges: LocalEdges, commit: string): Promise<void> {
  const repository: Repository = await edges.repository(dir);
  const {
    from,
    plan: targets,
    pairs,
  } = await resolvePromotion({ ...wanted, repository, base: commit, reads: readsOf(edges) });
  const { plan: made } = await computePromotion({
    repository,
    base: commit,
    sourceCommit: commit,
    pairs,
    from,
    to: "prod",
    allTargets: targets.targets,
    renderer: edges.renderer,
    signal: AbortSignal.timeout(120_000),
  });
  const planned = made.targets.filter(({ outcome }) => outcome === "planned").length;
  if (planned !== 200) throw new Error(`expected 200 planned targets: ${JSON.stringify(made.targets[0])}`);
}
