import { sourceAt } from "../../change/compute.ts";
import { computeBump } from "../../images/bump.ts";
import {
  currentVersions,
  decideEntry,
  type EntryDecision,
  keptNotes,
  versionKey,
} from "../../images/entry-decision.ts";
import { type ImageEntry, targetsOf } from "../../images/units.ts";
import { bumpsOf } from "../../images/wanted.ts";
import { Fault, UserError } from "../../model/errors.ts";
import type { TargetPromotion } from "../../model/promotion.ts";
import type { Registry } from "../../model/registry.ts";
import type { Renderer } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import type { Repository } from "../../model/tree.ts";

/**
 * What came of one entry of the configuration: what was decided, with what would be done to each target that moves,
 * or why nothing could be.
 */
export type CheckedEntry =
  | { readonly entry: ImageEntry; readonly decided: EntryDecision; readonly bumps: readonly TargetPromotion[] }
  | { readonly entry: ImageEntry; readonly failure: UserError | Fault };

/** What entries are checked with. */
export interface CheckInput {
  readonly repository: Repository;
  readonly renderer: Renderer;
  readonly registry: Registry;
  /** The commit with the configuration and the files. */
  readonly base: string;
  readonly targets: readonly Target[];
  /** The entries of the configuration. */
  readonly all: readonly ImageEntry[];
  /** Milliseconds since the epoch. */
  readonly clock: number;
  readonly signal: AbortSignal;
}

/**
 * Decides one entry as the server would, without what only it knows (holds, rollbacks), and proves the edits. A
 * failure concerns this entry alone.
 */
export async function checkEntry(entry: ImageEntry, input: CheckInput): Promise<CheckedEntry> {
  try {
    const decided = await decide(entry, input);
    return { entry, decided, bumps: await bump(decided, input) };
  } catch (error) {
    input.signal.throwIfAborted();
    if (error instanceof UserError || error instanceof Fault) return { entry, failure: error };
    throw error;
  }
}

async function decide(
  entry: ImageEntry,
  { repository, renderer, registry, base, targets, clock, signal, all }: CheckInput,
): Promise<EntryDecision> {
  const at = await sourceAt(repository, base);
  const now = await currentVersions(entry, targetsOf(entry, targets), { at, renderer, signal, all });
  const local = { stopped: new Map(), takenBack: new Map(), resumeAt: undefined, pushed: [] };
  return decideEntry({ now, registry, clock, signal, ...local });
}

async function bump(
  decided: EntryDecision,
  { repository, renderer, base, signal, targets: allTargets }: CheckInput,
): Promise<readonly TargetPromotion[]> {
  const bumps = bumpsOf([decided]).map((one) => ({ ...one, notes: notesFor(decided, one.target) }));
  return bumps.length === 0
    ? []
    : (await computeBump({ repository, renderer, base, signal, bumps, allTargets })).targets;
}

function notesFor({ decision, targets }: EntryDecision, { id }: Target): readonly string[] {
  const versions = targets.find(({ target }) => target.id === id)?.versions ?? [];
  const told = new Map(
    decision.targets.flatMap((one) => (one.target === id ? [[versionKey(one.from), one] as const] : [])),
  );
  return keptNotes(
    versions.flatMap((version) => {
      const one = told.get(versionKey(version));
      return one === undefined ? [] : [{ version, ...one }];
    }),
  );
}
