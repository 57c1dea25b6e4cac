import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Calm } from "./calm.ts";
import type { ImportGraph } from "./graph.ts";
import { instrument } from "./instrument.ts";
import type { Mutant } from "./mutants.ts";
import type { Scope } from "./scope.ts";
import { type Session, startSession } from "./session.ts";
import { calmly, type Start, Trial, type Verdict } from "./trial.ts";

/** How mutants are tried, and who is told of it. */
export interface Campaign {
  readonly root: string;
  readonly graph: ImportGraph;
  readonly seed: number;
  readonly workers: number;
  /** Tests that take more than these milliseconds of processor time are left out. */
  readonly slowest: number | undefined;
  /** Aborted, no further mutant is tried. */
  readonly signal: AbortSignal;
  onCalm(calm: Calm): void;
  onVerdict(verdict: Verdict): void;
  /** Called at the end, with the milliseconds of processor time of all workers; what tests start does not count. */
  onEnd?(cpu: number): void;
}

/** Tries these mutants of a scope; the verdicts of those that were tried are in their order. */
export async function tryMutants(
  scope: Scope,
  mutants: readonly Mutant[],
  campaign: Campaign,
): Promise<readonly Verdict[]> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-mutate-"));
  try {
    return await inFolder(folder, scope, mutants, campaign);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function inFolder(folder: string, scope: Scope, mutants: readonly Mutant[], campaign: Campaign) {
  const { root, graph, seed, signal } = campaign;
  const code = join(folder, "code.json");
  writeFileSync(code, JSON.stringify(instrumented(root, scope)));
  const sessions: Session[] = [];
  const start: Start = (active) => {
    const session = startSession(root, folder, { code, ids: scope.mutants.length + 1, active, seed });
    sessions.push(session);
    return session;
  };
  const { calm, warm } = await calmly(root, scope, start, campaign.slowest);
  campaign.onCalm(calm);
  const left = [...mutants];
  const verdicts = new Map<Mutant, Verdict>();
  const lines = Array.from({ length: Math.min(campaign.workers, mutants.length) }, async (_, index) => {
    const trial = new Trial(root, scope, graph, start, calm, index === 0 ? warm : undefined);
    for (let next = left.shift(); next !== undefined && !signal.aborted; next = left.shift()) {
      const verdict = await trial.judge(next);
      verdicts.set(next, verdict);
      campaign.onVerdict(verdict);
    }
    await trial.end();
  });
  await Promise.all(lines);
  if (mutants.length === 0) await warm.end();
  campaign.onEnd?.(sessions.reduce((sum, { cpu }) => sum + cpu, 0));
  return mutants.flatMap((mutant) => verdicts.get(mutant) ?? []);
}

/** The text of each file with all its mutants in it, by its URL. */
function instrumented(root: string, { sources, mutants }: Scope): Readonly<Record<string, string>> {
  const byFile = Map.groupBy(mutants, ({ file }) => file);
  return Object.fromEntries(
    [...sources].map(([file, source]) => [
      pathToFileURL(join(root, file)).href,
      instrument(source, byFile.get(file) ?? []),
    ]),
  );
}
