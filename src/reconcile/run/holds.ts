import type { RepositoryContext } from "../../change/repository-context.ts";
import type { OperationReport } from "../../model/deploy.ts";
import type { Target } from "../../model/target.ts";
import { dayTime } from "../../model/text/times.ts";
import { operationOf } from "./desired.ts";
import type { ReconcilePorts } from "./ports.ts";

/** A target that is on hold, as it is reported. */
interface Held {
  readonly report: OperationReport;
  /** When the hold ends by itself, in milliseconds since the epoch. */
  readonly until: number | undefined;
}

/**
 * A person's hold stops deploys. One of a rollback or a revert stops promotions alone: what it brings back must get to
 * the cluster.
 */
export async function divideByHolds(
  { clock }: Pick<ReconcilePorts, "clock">,
  { state, head }: Pick<RepositoryContext, "state" | "head">,
  targets: readonly Target[],
): Promise<{ readonly held: readonly Held[]; readonly free: readonly Target[] }> {
  const held: Held[] = [];
  const free: Target[] = [];
  const now = clock();
  for (const target of targets) {
    const { app, environment } = target;
    const hold = (await state.holds(environment, app, now)).find(({ cause }) => cause === "person");
    if (hold === undefined) {
      free.push(target);
      continue;
    }
    const until = hold.until === undefined ? undefined : Date.parse(hold.until);
    const place = hold.environmentWide ? environment : `${environment}/${app}`;
    const end = until === undefined ? "" : ` until ${dayTime(until, now)}`;
    const reason = `${place} is on hold by ${hold.by}${end}`;
    const operation = operationOf({ app, environment, head, digest: "" }, now);
    const status = { state: "waiting", reason, ...(until !== undefined && { until }) } as const;
    held.push({ report: { operation, status }, until });
  }
  return { held, free };
}
