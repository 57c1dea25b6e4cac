import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Access } from "../sandbox/cluster/access.ts";
import { connect } from "../sandbox/cluster/api.ts";
import { startControlPlane } from "../sandbox/cluster/control-plane.ts";
import { programs } from "../sandbox/cluster/programs.ts";
import { median } from "./floor.ts";
import type { Ratio } from "./preview.ts";
import { type Applied, applier } from "./reconcile-engine.ts";
import { workerPeak } from "./reconcile-memory.ts";
import { manyObjects } from "./reconcile-objects.ts";

/** What deploying many objects costs beside `kubectl`, on one API server of its own. */
export interface ReconcileBench {
  readonly ratios: readonly Ratio[];
  /** Requests for each object. */
  readonly requests: { readonly first: number; readonly again: number };
  /** Of a worker that deploys 10,000 objects, in MiB. */
  readonly peak: number | undefined;
}

const objects = 1_000;
const rounds = 3;
/** What a worker may take at 10,000 objects, in MiB. */
export const memoryLimit = 400;

/** Measures; `say` tells what is under way. */
export async function benchReconcile(say: (line: string) => void): Promise<ReconcileBench> {
  say("a control plane …");
  const { access, stop } = await startControlPlane(programs());
  try {
    say(`${objects} objects, ${rounds} times each …`);
    const measured = await measure(access, say);
    say("a worker that deploys 10,000 objects …");
    return { ...measured, peak: await workerPeak(access, 10_000) };
  } finally {
    await stop();
  }
}

/** The newest of a pair, in milliseconds. */
function shown({ ours, theirs }: Pair): string {
  return `${ours.at(-1)?.toFixed(0)} against ${theirs.at(-1)?.toFixed(0)} ms`;
}

async function measure(access: Access, say: (line: string) => void): Promise<Omit<ReconcileBench, "peak">> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-reconcile-"));
  const engine = await applier(access);
  const [first, again] = [pair(), pair()];
  let last: { readonly first: Applied; readonly again: Applied } | undefined;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const [ours, theirs] = [`bench-ours-${round}`, `bench-kubectl-${round}`];
      await makeNamespaces(access, [ours, theirs]);
      const file = join(folder, `${round}.json`);
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: manyObjects(objects, theirs) }));
      const commit = { head: "a", objects: manyObjects(objects, ours) };
      first.theirs.push(await kubectl(access, ["apply", "--server-side", "-f", file]));
      const applied = await engine.deploy(ours, commit);
      again.theirs.push(await kubectl(access, ["diff", "--server-side", "-f", file]));
      const compared = await engine.deploy(ours, { ...commit, request: { id: "again" } });
      first.ours.push(applied.ms);
      again.ours.push(compared.ms);
      say(`  round ${round}: apply ${shown(first)}, compare ${shown(again)}`);
      last = { first: applied, again: compared };
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    ratios: [
      ratio(`first apply of ${objects} objects`, first, 1, "floor: kubectl apply --server-side"),
      ratio(`comparison of ${objects} objects`, again, 0.5, "nothing differs; floor: kubectl diff --server-side"),
    ],
    requests: { first: (last?.first.requests ?? 0) / objects, again: (last?.again.requests ?? 0) / objects },
  };
}

interface Pair {
  readonly ours: number[];
  readonly theirs: number[];
}

function pair(): Pair {
  return { ours: [], theirs: [] };
}

function ratio(name: string, { ours, theirs }: Pair, limit: number, note: string): Ratio {
  return { name, ours: median(ours), floor: median(theirs), limit, note: `${note}; medians of ${rounds}, interleaved` };
}

async function makeNamespaces(access: Access, names: readonly string[]): Promise<void> {
  const api = connect(access);
  for (const name of names)
    await api.send("POST", "/api/v1/namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name } } });
  await api.close();
}

/** The milliseconds that it takes. */
async function kubectl({ kubeconfig }: Access, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { SLUICE_KUBECTL = "kubectl", PATH = "" } = process.env;
  const env = { PATH, HOME: tmpdir(), KUBECONFIG: kubeconfig };
  const child = spawn(SLUICE_KUBECTL, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`kubectl ${args[0]} ended with ${code}`);
  return performance.now() - started;
}
