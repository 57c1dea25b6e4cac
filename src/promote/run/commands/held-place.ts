import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { settingsFor } from "../../../config/index.ts";
import type { CommandCall } from "../../../model/command.ts";
import { eventId, type HandledEvent } from "../../../model/events.ts";
import type { PromotionPorts } from "../ports.ts";
import { rollbackPairs } from "../rollback-pairs.ts";
import type { Place } from "./arguments.ts";
import { assertAllowed } from "./rights.ts";

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

/** The repository at the pull request's base, where the person may hold the place and the place is one. */
export async function placed(ports: PromotionPorts, call: CommandCall, place: Place): Promise<RepositoryContext> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, baseOf(pull), call.signal);
  await assertAllowed(context, call, place.environment, place.app === undefined ? [] : [place.app]);
  // Names that are nothing would hold nothing.
  if (place.app === undefined) settingsFor(context.config, "", place.environment);
  else rollbackPairs(context, place.environment, [place.app]);
  return context;
}

/** What the decisions about a hold have in common. */
export function common(call: CommandCall, { environment, app }: Place) {
  return {
    id: call.id,
    at: new Date(call.at).toISOString(),
    by: call.actor,
    environment,
    apps: app === undefined ? [] : [app],
  };
}

/** `prod` or `prod/webapp`. */
export function nameOf({ environment, app }: Place): string {
  return app === undefined ? environment : `${environment}/${app}`;
}

/** Has every promotion looked at again: what is held waits, what is free goes on. */
export async function lookAgain(ports: PromotionPorts, context: RepositoryContext): Promise<void> {
  await ports.queue.add({ type: "promotions", ...context.where, defaultBranch: context.base });
}
