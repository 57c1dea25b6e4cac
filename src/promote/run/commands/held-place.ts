import type { Place } from "../../../change/command-arguments.ts";
import { appsMeant, environmentMeant } from "../../../change/names-meant.ts";
import { baseOfCall, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { assertAllowed } from "../../../change/rights.ts";
import { settingsFor } from "../../../config/index.ts";
import type { CommandCall } from "../../../model/command.ts";
import { eventId, type HandledEvent } from "../../../model/events.ts";
import type { PromotionPorts } from "../ports.ts";
import { rollbackPairs } from "../rollback-pairs.ts";
import { updateWaitingChanges } from "../waiting-changes.ts";

/** What both events of a hold say. */
export function happened(
  { clock }: PromotionPorts,
  { where, base }: RepositoryContext,
  call: CommandCall,
  { environment, app }: Place,
  kind: HandledEvent["kind"],
) {
  return {
    id: eventId(kind, where.repository, call.id),
    at: clock(),
    ...where,
    environment,
    ...(app === undefined ? {} : { app }),
    defaultBranch: base,
    pullRequest: call.pullRequest,
    actor: { kind: "person", login: call.actor } as const,
  };
}

/** A place that a command names, in the repository at the pull request's base. */
export interface Placed {
  readonly context: RepositoryContext;
  readonly place: Place;
}

/**
 * The place that is meant, where the person may hold it. `next` is the only word that follows, where there is one:
 * `prod web` is the app, if `prod` has one of that name. A place that is none is a `not-found` UserError.
 */
export async function placed(
  ports: PromotionPorts,
  call: CommandCall,
  word: Place,
  next: string | undefined,
): Promise<Placed> {
  const github = await ports.github(call.installationId, call.repository);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, await baseOfCall(github, call), call.signal);
  const place = placeMeant(context, word, next);
  await assertAllowed(context, call, place.environment, place.app === undefined ? [] : [place.app]);
  // Names that are nothing would hold nothing.
  if (place.app === undefined) settingsFor(context.config, "", place.environment);
  else rollbackPairs(context, place.environment, [place.app]);
  return { context, place };
}

function placeMeant(context: RepositoryContext, word: Place, next: string | undefined): Place {
  const environment = environmentMeant(context.config, word.environment);
  const named = word.app ?? next;
  if (named === undefined) return { environment };
  const [app = named] = appsMeant(context, environment, [named]);
  const isThere = context.targets.targets.some((target) => target.environment === environment && target.app === app);
  return word.app !== undefined || isThere ? { environment, app } : { environment };
}

/** What the decisions about a hold have in common. */
export function common({ head }: RepositoryContext, call: CommandCall, { environment, app }: Place) {
  return {
    id: call.id,
    at: new Date(call.at).toISOString(),
    by: call.actor,
    environment,
    apps: app === undefined ? [] : [app],
    base: head,
  };
}

/** `prod` or `prod/webapp`. */
export function nameOf({ environment, app }: Place): string {
  return app === undefined ? environment : `${environment}/${app}`;
}

/**
 * Has every promotion looked at again: what is held waits, what is free goes on, and the changes that wait for the
 * place say so.
 */
export async function lookAgain(ports: PromotionPorts, context: RepositoryContext, place: Place): Promise<void> {
  await ports.queue.add({ type: "promotions", ...context.where, defaultBranch: context.base });
  await updateWaitingChanges(ports, context, place);
}
