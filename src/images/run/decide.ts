import { sourceAt } from "../../change/compute.ts";
import { historyOf, type RepositoryContext } from "../../change/repository-context.ts";
import { assertMayAsk } from "../../change/source/allowed.ts";
import { UserError } from "../../model/errors.ts";
import type { Hold } from "../../model/gates.ts";
import { canonicalImage } from "../../model/registry.ts";
import { dayTime } from "../../model/text/times.ts";
import { currentVersions, decideEntry, type EntryDecision, type EntryNow, undecided } from "../entry-decision.ts";
import type { Version } from "../policy/index.ts";
import { takenBack } from "../rollback-guard.ts";
import { type ImageEntry, targetsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";
import { tagSightings } from "./tag-sightings.ts";

/**
 * Which version an entry's targets are to have. One that cannot be decided about says why, and leaves the others of its
 * unit alone.
 */
export async function decide(ports: ImagePorts, context: RepositoryContext, entry: ImageEntry): Promise<EntryDecision> {
  const { repository, signal, targets, head, where, config } = context;
  try {
    assertMayAsk(ports.rights, where.repository, entry.image);
    const at = await sourceAt(repository, head);
    const now = await currentVersions(entry, targetsOf(entry, targets.targets), {
      at,
      renderer: ports.renderer,
      signal,
      all: config.images,
    });
    const clock = ports.clock();
    const holds = await holdsOf(context, now, clock);
    const { pushed, firstSeen } = await tagSightings(ports, entry.image);
    return await decideEntry({ now, registry: ports.registry, clock, ...holds, pushed, firstSeen, signal });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undecided(entry, reasonOf(error));
  }
}

/** What is wrong and how to fix it, in one sentence. */
export function reasonOf({ message, fix }: UserError): string {
  return fix === undefined ? message : `${message}: ${fix}`;
}

/** What keeps targets from being changed, by the target's id. */
interface Holds {
  /** A person's hold, in words. */
  readonly stopped: ReadonlyMap<string, string>;
  /** Versions that were rolled back: only newer ones are taken. */
  readonly takenBack: ReadonlyMap<string, Version>;
  /** When the first hold ends by itself, in milliseconds since the epoch. */
  readonly resumeAt: number | undefined;
}

/**
 * A hold that a person put stops a target; what a rollback or a revert put there is a matter of versions. A history
 * that somebody broke by hand holds nothing back.
 */
async function holdsOf({ state }: RepositoryContext, { entry, targets }: EntryNow, now: number): Promise<Holds> {
  const stopped = new Map<string, string>();
  const back = new Map<string, Version>();
  const ends: number[] = [];
  for (const one of targets) {
    const { app, environment, id } = one.target;
    const hold = await state.hold(environment, app, now);
    if (hold?.cause === "person") {
      if (hold.until !== undefined) ends.push(Date.parse(hold.until));
      stopped.set(id, holdText(hold, environment, now));
    }
    const version = takenBack(canonicalImage(entry.image), one, await historyOf({ state }, environment, app));
    if (version !== undefined) back.set(id, version);
  }
  return { stopped, takenBack: back, resumeAt: ends.length === 0 ? undefined : Math.min(...ends) };
}

function holdText({ by, until, reason, environmentWide }: Hold, environment: string, now: number): string {
  const end = until === undefined ? "" : ` until ${dayTime(Date.parse(until), now)}`;
  return `${by} put ${environmentWide ? environment : "it"} on hold${end}${reason === "" ? "" : `: ${reason}`}`;
}
