import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { computePreview, type PreviewReads } from "../src/preview/compute.ts";
import { KeptPreviews } from "../src/preview/inputs/kept-previews.ts";
import { openLauncher } from "../src/wiring/launcher.ts";
import { type LocalEdges, openLocal } from "../src/wiring/local.ts";
import { cpuMilliseconds } from "./cpu.ts";
import { median } from "./floor.ts";
import { peakMegabytes } from "./memory.ts";
import { type Ratio, silent } from "./preview.ts";
import { argoContent, fluxContent, identity } from "./scale-controllers.ts";
import {
  folderContent,
  type ScaleContent,
  type ScaleRepository,
  scaleRepository,
  sharing,
} from "./scale-repository.ts";

/** What a preview costs a server in a repository of so many targets, in milliseconds of CPU. */
export interface ServerCost {
  readonly name: string;
  /** What one app may cost. */
  readonly limit: number;
  readonly targets: number;
  /** The first preview of the process, with an empty cache. */
  readonly first: number;
  /** One app of many, with the base seen before and the head not. */
  readonly oneApp: number;
  /** What twenty share, the same. */
  readonly shared: number;
  /** The largest size of the process so far, in MiB. */
  readonly peak: number | undefined;
}

/** Both sides of `npm run bench -- scale`. */
export interface ScaleBench {
  readonly server: readonly ServerCost[];
  readonly command: readonly Ratio[];
  readonly load: readonly [number, number];
}

/** A way to deploy many apps: what a repository holds, how many targets one change affects, what it may cost. */
interface Scale {
  readonly name: string;
  readonly content: (apps: number) => ScaleContent;
  readonly sizes: readonly number[];
  readonly app: number;
  readonly shared: number;
  /** Milliseconds of CPU of the change of one app in so many. */
  readonly limit: (apps: number) => number;
}

const scales: readonly Scale[] = [
  {
    name: "folders",
    content: folderContent,
    sizes: [200, 600, 2_000, 6_000],
    ...{ app: 1, shared: sharing, limit: () => 45 },
  },
  {
    name: "Applications",
    content: argoContent,
    sizes: [200, 600, 2_000],
    // What people apply lies at the root, so it is rendered, and is the same.
    ...{ app: 2, shared: sharing + 1, limit: () => 22 },
  },
  {
    name: "HelmReleases",
    content: fluxContent,
    sizes: [200, 600],
    // The Kustomization changes with its HelmRelease, and the plan with both: it grows with the apps.
    ...{ app: 2, shared: sharing, limit: (apps) => 0.97 * apps },
  },
];
const previews = 8;
const commandTargets = 600;
const rounds = 7;
const deadlineMs = 300_000;
const sluice = join(import.meta.dirname, "..", "bin", "sluice");

/** Measures previews of one change in ever larger repositories: the server's CPU, and the command line's time. */
export async function benchScale(kustomize: string, say: (line: string) => void): Promise<ScaleBench> {
  const [before = 0] = loadavg();
  const server: ServerCost[] = [];
  for (const scale of scales) {
    for (const size of scale.sizes) {
      say(`a server's previews of ${size} ${scale.name} …`);
      server.push(await withRepository(scale.content(size), (repository) => serverCost(repository, scale, size)));
    }
  }
  const folders = folderContent(commandTargets);
  say(`\`sluice preview\` in a repository of ${folders.targets} targets …`);
  const command = await withRepository(folders, (repository) => commandRatios(repository, kustomize));
  return { server, command, load: [before, loadavg()[0] ?? 0] };
}

async function withRepository<T>(
  content: ScaleContent,
  use: (repository: ScaleRepository) => T | Promise<T>,
): Promise<T> {
  const repository = scaleRepository(content, previews + 1);
  try {
    return await use(repository);
  } finally {
    repository.remove();
  }
}

async function serverCost(repository: ScaleRepository, scale: Scale, size: number): Promise<ServerCost> {
  const launcher = openLauncher();
  const edges = openLocal({ cacheDir: join(repository.dir, "..", "renders"), log: silent, start: launcher.start });
  try {
    const reads = { renderer: edges.renderer, kept: new KeptPreviews(), memo: new Map() };
    const preview = (head: string, affected: number) => cpuOf(repository, edges, reads, head, affected);
    const [firstApp = "", ...apps] = repository.apps;
    const [firstShared = "", ...shared] = repository.shared;
    const first = await preview(firstApp, scale.app);
    await preview(firstShared, scale.shared);
    const oneApp = await each(apps, (head) => preview(head, scale.app));
    const ofShared = await each(shared, (head) => preview(head, scale.shared));
    const { targets } = repository;
    const [name, limit] = [scale.name, scale.limit(size)];
    return { name, limit, targets, first, oneApp, shared: ofShared, peak: peakMegabytes("self") };
  } finally {
    await edges.close();
    launcher.close();
  }
}

/** The mean: a clock tick is ten milliseconds. */
async function each(heads: readonly string[], measure: (head: string) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const head of heads) sum += await measure(head);
  return sum / heads.length;
}

async function cpuOf(
  { dir, base }: ScaleRepository,
  edges: LocalEdges,
  reads: PreviewReads,
  head: string,
  affected: number,
): Promise<number> {
  const before = cpuMilliseconds();
  const repository = edges.repository(dir);
  const signal = AbortSignal.timeout(deadlineMs);
  const request = { repository, base, head, identity, fingerprintKey: new Uint8Array(32), signal };
  const outcome = await computePreview(request, reads);
  const used = cpuMilliseconds() - before;
  const found = outcome.kind === "preview" ? outcome.preview.completeness : undefined;
  if (found?.affected !== affected || found.failed > 0)
    throw new Error(`expected ${affected} affected targets, none failed: ${JSON.stringify(found)}`);
  return used;
}

/** `sluice preview` of one app against the two processes that render that app alone, interleaved. */
function commandRatios(repository: ScaleRepository, kustomize: string): readonly Ratio[] {
  const cache = mkdtempSync(join(tmpdir(), "sluice-scale-cache-"));
  try {
    const [head = ""] = repository.apps;
    repository.writeFiles();
    const folders = [repository.base, head].map((commit) => join(repository.checkout(commit), repository.firstApp));
    repository.settle();
    const times = { floor: [] as number[], cold: [] as number[], warm: [] as number[] };
    const preview = () => commandTime(repository, head, cache);
    preview();
    for (let round = 0; round < rounds; round += 1) {
      times.floor.push(folders.reduce((sum, folder) => sum + processTime(kustomize, ["build", folder]), 0));
      rmSync(join(cache, "renders"), { recursive: true, force: true });
      times.cold.push(preview());
      times.warm.push(preview());
    }
    const [floor, cold, warm] = [median(times.floor), median(times.cold), median(times.warm)];
    const note = "`sluice preview`; floor: kustomize build of the app's base and head, one after the other";
    return [
      { name: `one app of ${commandTargets}, cold`, ours: cold, floor, limit: 5, note },
      { name: `one app of ${commandTargets}, warm`, ours: warm, floor, limit: 4, note },
    ];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function commandTime({ dir, base }: ScaleRepository, head: string, cache: string): number {
  const args = ["preview", "--repo", dir, "--base", base, "--head", head, "--format", "json"];
  return processTime(sluice, args, { ...process.env, SLUICE_CACHE: cache });
}

function processTime(file: string, args: readonly string[], env = process.env): number {
  const begun = performance.now();
  const { status, stderr, error } = spawnSync(file, args, { env, maxBuffer: 1 << 26, timeout: deadlineMs });
  if (status !== 0) throw new Error(`${file} ${args[0]}: ${String(stderr)}`, { cause: error });
  return performance.now() - begun;
}
