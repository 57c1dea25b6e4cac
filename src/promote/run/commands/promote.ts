import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { code } from "../../../diff/index.ts";
import { UserError } from "../../../model/errors.ts";
import { actorOf, eventId } from "../../../model/events.ts";
import type { PullRequest } from "../../../model/github.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import { parseBranch } from "../../text/branch.ts";
import { parsePromotion } from "../../text/metadata.ts";
import { openPromotion, planPromotion } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { resolve } from "../promotion-context.ts";
import { describePlan, describeResult } from "../reply-text.ts";
import { touchedApps, wantsOf } from "../touched.ts";
import { assertAllowed } from "./rights.ts";

/** What was wished for. */
export interface PromoteWish {
  readonly environment: string;
  readonly apps: readonly string[];
  readonly dryRun: boolean;
}

/** `/promote`: opens or updates the promotion; on an open pull request it is remembered until the merge. */
export async function promote(ports: PromotionPorts, call: PromotionCall, wish: PromoteWish): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, baseOf(pull), call.signal, wantsOf(pull));
  // First of all, so that whoever may not act learns nothing else.
  await assertAllowed(context, call, wish.environment, wish.apps);
  const apps = wish.apps.length > 0 ? wish.apps : await appsOf(ports, context, pull, wish.environment);
  const { pairs, from } = await resolve(ports, context, wish.environment, apps);
  if (wish.apps.length === 0)
    await assertAllowed(
      context,
      call,
      wish.environment,
      pairs.map(({ app }) => app),
    );
  const request = {
    kind: "promotion",
    environment: wish.environment,
    from,
    pairs,
    commit: context.head,
    whenMoved: "follow",
    actor: call.actor,
    origin: pull.number,
  } as const;
  if (wish.dryRun) return describePlan((await planPromotion(ports, context, request)).plan);
  if (pull.state === "open" && (pull.fork || parseBranch(pull.head.ref)?.environment !== wish.environment))
    return wait(ports, context, call, wish, from);
  if (pull.state === "closed" && !pull.merged) {
    throw new UserError(
      "refused",
      "this pull request was closed without being merged, so there is nothing of it to promote",
      {
        fix: `comment on a merged one, or name the apps: \`/promote ${wish.environment} ${pairs[0]?.app ?? "app"}\``,
      },
    );
  }
  const result = await openPromotion(ports, context, request);
  if (result.pull !== undefined) await remember(ports, context, call, wish.environment, result.pull, apps);
  return describeResult(result, wish.environment);
}

/** The apps that a comment without names means: those that the pull request touched, or those that a promotion carried. */
async function appsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const metadata = pull.fork ? undefined : parsePromotion(pull.body, pull.head.ref, ports.signer);
  const apps = metadata?.apps ?? (await touchedApps(ports, context, pull, environment));
  if (apps.length > 0) return apps;
  // An environment that does not exist, or promotes from nowhere, is what is wrong then.
  await resolve(ports, context, environment, []);
  throw new UserError("refused", `this pull request touches no app that is promoted to \`${environment}\``, {
    fix: `name the apps: \`/promote ${environment} app\``,
  });
}

async function wait(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: PromotionCall,
  wish: PromoteWish,
  from: string,
): Promise<string> {
  await ports.state.record(
    context.where,
    {
      kind: "waiting",
      id: call.id,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment: wish.environment,
      apps: wish.apps,
      pullRequest: call.pullRequest,
    },
    call.signal,
  );
  announceRequest(ports, context, call, wish.environment, { apps: wish.apps, deferred: true });
  await ports.queue.add({ type: "chain", ...context.where, pullRequest: call.pullRequest });
  return `this pull request is not merged yet. The promotion to ${code(wish.environment)} opens by itself once it is merged and healthy in ${code(from)}`;
}

async function remember(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: PromotionCall,
  environment: string,
  pull: PullRequest,
  apps: readonly string[],
): Promise<void> {
  await ports.state.record(
    context.where,
    {
      kind: "requested",
      id: call.id,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment,
      apps,
      pullRequest: pull.number,
      commit: context.head,
    },
    call.signal,
  );
  announceRequest(ports, context, call, environment, { apps, deferred: false });
  // What a rollback holds is free for what is asked for after it, which the history tells only now.
  const held = await Promise.all(apps.map((app) => context.state.hold(environment, app, call.at)));
  if (held.some((hold) => hold !== undefined))
    await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
}

function announceRequest(
  { clock, events }: PromotionPorts,
  { where }: RepositoryContext,
  call: PromotionCall,
  environment: string,
  about: { readonly apps: readonly string[]; readonly deferred: boolean },
): void {
  const kind = "promotion.requested";
  const id = eventId(kind, where.repository, call.id);
  const { pullRequest } = call;
  events.announce({ kind, id, at: clock(), ...where, pullRequest, environment, ...about, actor: actorOf(call.actor) });
}
