import { historyOf, type RepositoryContext } from "../../change/repository-context.ts";
import { moment } from "../../change/text/when.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { EntryNow } from "../evaluate.ts";
import type { Version } from "../policy/index.ts";
import { takenBack } from "../rollback-guard.ts";

/** What keeps targets from being changed, by the target's id. */
export interface Holds {
  /** A person's hold, in words. */
  readonly stopped: ReadonlyMap<string, string>;
  /** Versions that were taken back: only newer ones come. */
  readonly takenBack: ReadonlyMap<string, Version>;
  /** When the first hold ends by itself, in milliseconds since the epoch. */
  readonly resumeAt: number | undefined;
}

/**
 * A hold that a person put stops a target; what a rollback or a revert put there is a matter of versions. A history that somebody broke by hand holds nothing back.
 */
export async function holdsOf(context: RepositoryContext, { entry, targets }: EntryNow, now: number): Promise<Holds> {
  const stopped = new Map<string, string>();
  const back = new Map<string, Version>();
  const ends: number[] = [];
  for (const one of targets) {
    const { app, environment, id } = one.target;
    const hold = await context.state.hold(environment, app, now);
    if (hold?.cause === "person") {
      const until = hold.until === undefined ? "" : ` until ${moment(Date.parse(hold.until))}`;
      const reason = hold.reason === "" ? "" : `: ${hold.reason}`;
      if (hold.until !== undefined) ends.push(Date.parse(hold.until));
      stopped.set(id, `${hold.by} put ${hold.environmentWide ? environment : "it"} on hold${until}${reason}`);
    }
    const version = takenBack(canonicalImage(entry.image), one, await historyOf(context, environment, app));
    if (version !== undefined) back.set(id, version);
  }
  return { stopped, takenBack: back, resumeAt: ends.length === 0 ? undefined : Math.min(...ends) };
}
