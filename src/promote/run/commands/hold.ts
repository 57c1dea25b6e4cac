import { baseOf, historyOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { when } from "../../../change/text/when.ts";
import { settingsFor } from "../../../config/index.ts";
import { code, inert } from "../../../diff/index.ts";
import { UserError } from "../../../model/errors.ts";
import { actorOf, eventId, type HandledEvent } from "../../../model/events.ts";
import type { Hold } from "../../../model/gates.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import type { PromotionPorts } from "../ports.ts";
import { rollbackPairs } from "../rollback-pairs.ts";
import { assertAllowed } from "./rights.ts";

/** What is stopped: an environment, or one app there. */
interface Place {
  readonly environment: string;
  readonly app?: string;
}

/** `/hold`: stops promotions, image bumps and delivery. */
export async function hold(
  ports: PromotionPorts,
  call: PromotionCall,
  wish: Place & { readonly reason: string; readonly until?: number },
): Promise<string> {
  const context = await placed(ports, call, wish);
  const { reason, until } = wish;
  const decision = { ...common(call, wish), kind: "held", ...(reason === "" ? {} : { reason }) } as const;
  const end = until === undefined ? {} : { until: new Date(until).toISOString() };
  await ports.state.record(context.where, { ...decision, ...end }, call.signal);
  if (until !== undefined) {
    const wakes = { type: "promotions", ...context.where, defaultBranch: context.base } as const;
    // Clocks differ between hosts: a wake that comes before the hold's end by another's clock would find it in place.
    const at = until + slackMs;
    await ports.queue.add({ type: "wake", at, wakes }, { delayMs: Math.max(0, at - ports.clock()) });
  }
  await lookAgain(ports, context);
  const about = { ...happened(ports, context, call, wish, "hold.set"), kind: "hold.set", reason } as const;
  await ports.events.dispatch({ ...about, ...(until === undefined ? {} : { until }) }, call.signal);
  const ends =
    until === undefined
      ? `until somebody comments \`/release ${nameOf(wish)}\``
      : `until ${when(until, ports.clock())}`;
  return `${code(nameOf(wish))} is on hold ${ends}${reason === "" ? "" : `: ${inert(reason)}`}`;
}

const slackMs = 2_000;

/** `/release`: ends a hold. */
export async function release(ports: PromotionPorts, call: PromotionCall, wish: Place): Promise<string> {
  const context = await placed(ports, call, wish);
  if (await isReleasedBy(context, call, wish)) {
    await afterRelease(ports, context, call, wish, undefined);
    return `${code(nameOf(wish))} is released`;
  }
  const held = await context.state.hold(wish.environment, wish.app, ports.clock());
  if (held === undefined) return `${code(nameOf(wish))} is not on hold`;
  if (wish.app !== undefined && held.environmentWide) {
    throw new UserError(
      "refused",
      `the whole environment \`${wish.environment}\` is on hold, not \`${wish.app}\` alone`,
      {
        fix: `\`/release ${wish.environment}\` ends it`,
      },
    );
  }
  await ports.state.record(context.where, { ...common(call, wish), kind: "released" }, call.signal);
  await afterRelease(ports, context, call, wish, held);
  return `${code(nameOf(wish))} is released; it was held by ${code(held.by)}${held.reason === "" ? "" : `: ${inert(held.reason)}`}`;
}

/** Whether an earlier run of this command ended the hold, and may have died before anybody heard of it. */
async function isReleasedBy({ state }: RepositoryContext, { id }: PromotionCall, { environment, app = "" }: Place) {
  return (await historyOf({ state }, environment, app)).some((entry) => entry.kind === "released" && entry.id === id);
}

async function afterRelease(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: PromotionCall,
  place: Place,
  hold: Hold | undefined,
): Promise<void> {
  await lookAgain(ports, context);
  const held = hold && { held: { by: hold.by, reason: hold.reason, cause: hold.cause } };
  const about = { ...happened(ports, context, call, place, "hold.ended"), kind: "hold.ended" } as const;
  await ports.events.dispatch({ ...about, ...held }, call.signal);
}

/** What both events of a hold say. */
function happened(
  { clock }: PromotionPorts,
  { where, base }: RepositoryContext,
  call: PromotionCall,
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
    actor: actorOf(call.actor),
  };
}

async function placed(ports: PromotionPorts, call: PromotionCall, place: Place): Promise<RepositoryContext> {
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

function common(call: PromotionCall, { environment, app }: Place) {
  return {
    id: call.id,
    at: new Date(call.at).toISOString(),
    by: call.actor,
    environment,
    apps: app === undefined ? [] : [app],
  };
}

function nameOf({ environment, app }: Place): string {
  return app === undefined ? environment : `${environment}/${app}`;
}

async function lookAgain(ports: PromotionPorts, context: RepositoryContext): Promise<void> {
  await ports.queue.add({ type: "promotions", ...context.where, defaultBranch: context.base });
}
