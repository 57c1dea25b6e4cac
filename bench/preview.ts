import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Logger } from "../src/model/observe.ts";
import { computePreview } from "../src/preview/compute.ts";
import { report } from "../src/preview/report.ts";
import { type LocalEdges, openLocal } from "../src/wiring/local.ts";
import { bareProcesses, repeated } from "./floor.ts";
import { childPeaks } from "./memory.ts";
import { type BenchRepository, benchRepository } from "./repository.ts";

/** A log that says nothing. */
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** One measured comparison with the floor. Times in milliseconds. */
export interface Ratio {
  readonly name: string;
  readonly ours: number;
  readonly floor: number;
  /** `ours / floor` must not be more. */
  readonly limit: number;
  readonly note: string;
}

/** The ratios, and the peak memory in MiB of each program that the previews ran. */
export interface PreviewBench {
  readonly ratios: readonly Ratio[];
  readonly peaks: Readonly<Record<string, number>>;
}

/** The preview against the same bare `kustomize build` processes: a shared base cold and warm, one app warm. */
export async function benchPreview(kustomize: string): Promise<PreviewBench> {
  const repository = benchRepository();
  try {
    const trees = [repository.base, repository.shared[0], repository.oneApp].map((commit) =>
      repository.checkout(commit),
    );
    const [base = "", shared = "", oneApp = ""] = trees;
    const all = [base, shared].flatMap((tree) => repository.prodOverlays.map((path) => join(tree, path)));
    const one = [base, oneApp].map((tree) => join(tree, repository.oneOverlay));
    const floorShared = await repeated(3, () => bareProcesses(kustomize, all));
    const floorOne = await repeated(7, () => bareProcesses(kustomize, one));
    const cold = await repeated(3, () =>
      withEdges(repository, "cold", (edges) => timed(repository, edges, repository.shared[0])),
    );
    const [warm, single] = await warmTimes(repository);
    const ratios = [
      {
        name: "shared base, 200 targets, cold",
        ours: cold,
        floor: floorShared,
        limit: 0.8,
        note: "empty cache: all 600 targets rendered once, 200 again at the head",
      },
      {
        name: "shared base, 200 targets, warm",
        ours: warm,
        floor: floorShared,
        limit: 0.3,
        note: "a head never seen: 200 rendered",
      },
      {
        name: "one app, warm",
        ours: single,
        floor: floorOne,
        limit: 3,
        note: "from job start to markdown; floor: its two processes",
      },
    ];
    return { ratios, peaks: Object.fromEntries(peaks) };
  } finally {
    repository.remove();
  }
}

const peaks = new Map<string, number>();
let caches = 0;

async function withEdges<T>(
  repository: BenchRepository,
  name: string,
  use: (edges: LocalEdges) => Promise<T>,
): Promise<T> {
  caches += 1;
  const edges = openLocal({ cacheDir: join(repository.dir, "..", `${name}-${caches}`), log: silent });
  try {
    return await use(edges);
  } finally {
    for (const [name, peak] of childPeaks()) peaks.set(name, Math.max(peak, peaks.get(name) ?? 0));
    await edges.close();
  }
}

/**
 * Medians of a warm shared change and of a warm change of one app. Each run gets caches that know the base and not the
 * head.
 */
async function warmTimes(repository: BenchRepository): Promise<readonly [number, number]> {
  const shared: number[] = [];
  const single: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    await withEdges(repository, "warm", async (edges) => {
      await timed(repository, edges, repository.shared[0]);
      shared.push(await timed(repository, edges, repository.shared[1]));
      single.push(await timed(repository, edges, repository.oneApp));
    });
  }
  return [middle(shared), middle(single)];
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** From job start to markdown, in milliseconds. */
async function timed(repository: BenchRepository, edges: LocalEdges, head: string): Promise<number> {
  const opened = await edges.repository(repository.dir);
  const started = performance.now();
  const outcome = await computePreview(
    {
      repository: opened,
      base: repository.base,
      head,
      fingerprintKey: new Uint8Array(32),
      signal: AbortSignal.timeout(120_000),
    },
    { renderer: edges.renderer },
  );
  const said = report(outcome, { baseName: "main" });
  const took = performance.now() - started;
  if (outcome.kind !== "preview" || !said.comment.includes("checked")) throw new Error("the preview failed");
  const { completeness } = outcome.preview;
  const expected = head === repository.oneApp ? 1 : 200;
  if (completeness.affected !== expected || completeness.failed > 0) {
    throw new Error(`expected ${expected} affected targets, none failed: ${JSON.stringify(completeness)}`);
  }
  return took;
}
