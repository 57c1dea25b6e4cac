import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { previewJson } from "../src/diff/index.ts";
import { computePreview, type PreviewReads } from "../src/preview/compute.ts";
import { KeptPreviews } from "../src/preview/inputs/kept-previews.ts";
import { openLauncher } from "../src/wiring/launcher.ts";
import { type LocalEdges, openLocal } from "../src/wiring/local.ts";
import { median } from "./floor.ts";
import { type PeerCase, type PeersRepository, peersRepository } from "./peers-repository.ts";
import { flate, fluxLocal, objectsOf, type PeerTool, type Shown, timed } from "./peers-tools.ts";
import { silent } from "./preview.ts";

/** One way to compare a change, with the middle of its times in milliseconds. */
export interface PeerTime {
  readonly tool: string;
  readonly ms: number;
  /** How many of the changed objects it showed, and how many that did not change. */
  readonly right: number;
  readonly wrong: number;
}

/** A change as every tool compared it. */
export interface PeerResult {
  readonly name: string;
  readonly changes: number;
  readonly times: readonly PeerTime[];
}

/** All of `npm run bench -- peers`. */
export interface PeersBench {
  readonly results: readonly PeerResult[];
  /** What is not there, and why. */
  readonly missing: readonly string[];
  readonly rounds: number;
  readonly kustomizations: number;
  readonly releases: number;
  readonly load: readonly [number, number];
}

const rounds = 5;
/** Flux-local takes minutes where the others take seconds. */
const slowRounds = 3;
const deadlineMs = 300_000;
const sluice = join(import.meta.dirname, "..", "bin", "sluice");

/** Measures what a change costs until it is shown, with Sluice and with the tools of Flux's users, by turns. */
export async function benchPeers(say: (line: string) => void): Promise<PeersBench> {
  const [before = 0] = loadavg();
  const { tools, missing } = peerTools();
  const repository = peersRepository(rounds + 1);
  try {
    const results: PeerResult[] = [];
    for (const one of repository.cases) {
      say(`${one.name}, ${rounds} times with each tool …`);
      results.push(await measureCase(repository, one, tools));
    }
    const { kustomizations, releases } = repository;
    return { results, missing, rounds, kustomizations, releases, load: [before, loadavg()[0] ?? 0] };
  } finally {
    repository.remove();
    for (const tool of tools) tool.remove();
  }
}

/** Those that the set-up found or installed. */
function peerTools(): { readonly tools: readonly PeerTool[]; readonly missing: readonly string[] } {
  const { SLUICE_FLATE, SLUICE_FLUX_LOCAL, SLUICE_FLUX, SLUICE_HELM, SLUICE_KUSTOMIZE } = process.env;
  const reason = (...names: readonly string[]) =>
    names.flatMap((name) => process.env[`${name}_MISSING`] ?? []).join("; ") || "not installed";
  const tools: PeerTool[] = [];
  const missing: string[] = [];
  if (SLUICE_FLATE) tools.push(flate(SLUICE_FLATE));
  else missing.push(`flate: ${reason("SLUICE_FLATE")}`);
  if (SLUICE_FLUX_LOCAL && SLUICE_FLUX && SLUICE_HELM && SLUICE_KUSTOMIZE) {
    const programs = {
      fluxLocal: SLUICE_FLUX_LOCAL,
      flux: SLUICE_FLUX,
      helm: SLUICE_HELM,
      kustomize: SLUICE_KUSTOMIZE,
    };
    tools.push(fluxLocal(programs));
  } else missing.push(`flux-local: ${reason("SLUICE_FLUX_LOCAL", "SLUICE_FLUX")}`);
  return { tools, missing };
}

/** Each way's runs of one change. */
type Runs = Map<string, Shown[]>;

async function measureCase(
  repository: PeersRepository,
  one: PeerCase,
  tools: readonly PeerTool[],
): Promise<PeerResult> {
  const server = new Server(repository);
  const cache = mkdtempSync(join(tmpdir(), "sluice-peers-cache-"));
  const runs: Runs = new Map();
  const note = (way: string, shown: Shown) => runs.set(way, [...(runs.get(way) ?? []), shown]);
  try {
    const [first = "", ...heads] = one.heads;
    await server.preview(first);
    for (const [round, head] of heads.entries()) {
      note("sluice, server", await server.preview(head));
      rmSync(cache, { recursive: true, force: true });
      note("sluice, cold", commandPreview(repository, head, cache));
      note("sluice, warm", commandPreview(repository, head, cache));
      for (const tool of tools) if (tool.name === "flate" || round < slowRounds) runTool(repository, head, tool, note);
    }
  } finally {
    await server.close();
    rmSync(cache, { recursive: true, force: true });
  }
  const times = [...runs].map(([tool, shown]) => timeOf(tool, shown, one.objects));
  return { name: one.name, changes: one.objects.size, times };
}

function runTool(
  repository: PeersRepository,
  head: string,
  tool: PeerTool,
  note: (way: string, shown: Shown) => void,
): void {
  const checkouts = { base: repository.dir, head: repository.checkout(head), cluster: repository.cluster };
  tool.forget();
  note(`${tool.name}, cold`, tool.diff(checkouts));
  if (tool.name === "flate") note(`${tool.name}, warm`, tool.diff(checkouts));
}

function timeOf(tool: string, runs: readonly Shown[], wanted: ReadonlySet<string>): PeerTime {
  const objects = runs[0]?.objects ?? new Set<string>();
  const right = objects.intersection(wanted).size;
  return { tool, ms: median(runs.map(({ ms }) => ms)), right, wrong: objects.size - right };
}

/** A server's process that has seen the base. */
class Server {
  readonly #repository: PeersRepository;
  readonly #launcher = openLauncher();
  readonly #cache = mkdtempSync(join(tmpdir(), "sluice-peers-server-"));
  readonly #edges: LocalEdges;
  readonly #reads: PreviewReads;

  constructor(repository: PeersRepository) {
    this.#repository = repository;
    this.#edges = openLocal({ cacheDir: this.#cache, log: silent, start: this.#launcher.start });
    this.#reads = { renderer: this.#edges.renderer, kept: new KeptPreviews() };
  }

  async preview(head: string): Promise<Shown> {
    const begun = performance.now();
    const { dir, base, url } = this.#repository;
    const request = { repository: this.#edges.repository(dir), base, head, fingerprintKey: new Uint8Array(32) };
    const identity = { urls: [url], branches: ["HEAD", "main"] };
    const signal = AbortSignal.timeout(deadlineMs);
    const outcome = await computePreview({ ...request, identity, signal }, this.#reads);
    if (outcome.kind !== "preview") throw new Error(`a server's preview gave no preview: ${outcome.kind}`);
    const { preview } = outcome;
    const ms = performance.now() - begun;
    return { ms, objects: changesOf(JSON.stringify(previewJson(preview))) };
  }

  async close(): Promise<void> {
    await this.#edges.close();
    this.#launcher.close();
    rmSync(this.#cache, { recursive: true, force: true });
  }
}

function commandPreview({ dir, base }: PeersRepository, head: string, cache: string): Shown {
  const args = ["preview", "--repo", dir, "--base", base, "--head", head, "--format", "json"];
  const { ms, out } = timed(sluice, args, { env: { ...process.env, SLUICE_CACHE: cache } });
  return { ms, objects: changesOf(out) };
}

const shown = z.object({
  targets: z.array(
    z.object({
      changes: z.array(z.object({ kind: z.string(), namespace: z.string().default(""), name: z.string() })).default([]),
    }),
  ),
});

function changesOf(json: string): ReadonlySet<string> {
  return objectsOf(shown.parse(JSON.parse(json)).targets.flatMap(({ changes }) => changes));
}
