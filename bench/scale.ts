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
import { type ScaleRepository, scaleRepository, sharing } from "./scale-repository.ts";

/** What a preview costs a server in a repository of so many targets, in milliseconds of CPU. */
export interface ServerCost {
  readonly targets: number;
  /** The first preview of the process, with an empty cache. */
  readonly first: number;
  /** One app of many, with the base seen before and the head not. */
  readonly oneApp: number;
  /** A base of twenty, the same. */
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

const sizes = [200, 600, 2_000, 6_000];
/** What one app may cost a server, in milliseconds of CPU, however many targets there are. */
export const serverLimit = 60;
const previews = 8;
const commandTargets = 600;
const rounds = 7;
const deadlineMs = 300_000;
const sluice = join(import.meta.dirname, "..", "bin", "sluice");

/** Measures previews of one change in ever larger repositories: the server's CPU, and the command line's time. */
export async function benchScale(kustomize: string, say: (line: string) => void): Promise<ScaleBench> {
  const [before = 0] = loadavg();
  const server: ServerCost[] = [];
  for (const size of sizes) {
    say(`a server's previews in a repository of ${size + sharing} targets …`);
    server.push(await withRepository(size, serverCost));
  }
  say(`\`sluice preview\` in a repository of ${commandTargets + sharing} targets …`);
  const command = await withRepository(commandTargets, (repository) => commandRatios(repository, kustomize));
  return { server, command, load: [before, loadavg()[0] ?? 0] };
}

async function withRepository<T>(size: number, use: (repository: ScaleRepository) => T | Promise<T>): Promise<T> {
  const repository = scaleRepository(size, previews + 1);
  try {
    return await use(repository);
  } finally {
    repository.remove();
  }
}

async function serverCost(repository: ScaleRepository): Promise<ServerCost> {
  const launcher = openLauncher();
  const edges = openLocal({ cacheDir: join(repository.dir, "..", "renders"), log: silent, start: launcher.start });
  try {
    const reads = { renderer: edges.renderer, kept: new KeptPreviews() };
    const preview = (head: string, affected: number) => cpuOf(repository, edges, reads, head, affected);
    const [firstApp = "", ...apps] = repository.apps;
    const [firstShared = "", ...shared] = repository.shared;
    const first = await preview(firstApp, 1);
    await preview(firstShared, sharing);
    const oneApp = await each(apps, (head) => preview(head, 1));
    const ofShared = await each(shared, (head) => preview(head, sharing));
    return { targets: repository.targets, first, oneApp, shared: ofShared, peak: peakMegabytes("self") };
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
  const outcome = await computePreview({ repository, base, head, fingerprintKey: new Uint8Array(32), signal }, reads);
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
