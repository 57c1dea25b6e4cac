import type { RepositoryContext } from "../../change/repository-context.ts";
import { messageOf, UserError } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { LiveComparison } from "../engines/apply/index.ts";
import type { EnvironmentComparison } from "../engines/environment.ts";
import { desiredOf } from "./desired.ts";
import { engineOf } from "./engine.ts";
import type { DeployGroup } from "./groups.ts";
import { divideByHolds } from "./holds.ts";
import type { ReconcilePorts } from "./ports.ts";

/** Targets that are rendered at once. */
const rendersAtOnce = 4;

/**
 * Compares targets that are deployed in one way with what runs. Those that do not render are missing in the result;
 * `undefined`: the engine does not see what runs. Throws a UserError where it may not.
 */
export async function compareTargets(
  ports: ReconcilePorts,
  context: RepositoryContext,
  environment: string,
  { settings, targets }: DeployGroup,
  what: "live" | "all",
): Promise<EnvironmentComparison | { readonly busy: number } | undefined> {
  const engine = await engineOf(ports, { context, environment, settings });
  if (engine.compare === undefined) return undefined;
  const results = await mapLimit(targets, rendersAtOnce, (target) =>
    desiredOf(ports, context, target, undefined, true),
  );
  const { where, head, signal } = context;
  const desired = results.flatMap((result) => (result.ok ? [result.desired] : []));
  return engine.compare({ repository: where.repository, environment, head, targets: desired }, what, signal);
}

/** What is live in an environment as far as it could be compared now. */
export interface LiveApps {
  readonly apps: ReadonlyMap<string, LiveComparison>;
  /** When to try again where somebody else is at work, in milliseconds since the epoch. */
  readonly busy: number | undefined;
}

/**
 * Compares what is live in these groups and on no person's hold. What one meets keeps no other waiting: it is logged,
 * and thrown where nothing could be compared.
 */
export async function compareLive(
  ports: ReconcilePorts,
  context: RepositoryContext,
  environment: string,
  groups: readonly DeployGroup[],
): Promise<LiveApps> {
  const apps = new Map<string, LiveComparison>();
  const faults: unknown[] = [];
  let busy: number | undefined;
  for (const group of groups) {
    context.signal.throwIfAborted();
    const { free: targets } = await divideByHolds(ports, context, group.targets);
    const result = await compareTargets(ports, context, environment, { ...group, targets }, "live").catch(
      (error: unknown) => ({ apps: new Map<string, LiveComparison>(), faults: [error] }),
    );
    if (result === undefined) continue;
    if ("busy" in result) busy = Math.min(busy ?? result.busy, result.busy);
    else {
      for (const [app, one] of result.apps) {
        apps.set(app, one);
        const resources = one.unknown.length;
        if (resources > 0) ports.log.warn({ environment, app, resources }, "not all of an app can be compared");
      }
      faults.push(...result.faults);
    }
  }
  for (const error of faults) ports.log.warn({ environment, error: messageOf(error) }, "an app is compared later");
  // The deploy says what users have to fix.
  const [fault] = faults.filter((error) => !(error instanceof UserError));
  if (fault !== undefined && apps.size === 0) throw fault;
  return { apps, busy };
}
