import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { code } from "../../../diff/index.ts";
import type { Arguments, Command, CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { eventId } from "../../../model/events.ts";
import type { PullRequest } from "../../../model/github.ts";
import { resolvePairs } from "../../resolve.ts";
import { parseBranch } from "../../text/branch.ts";
import { promotionOf } from "../../text/metadata.ts";
import { openPromotion, planPromotion } from "../open.ts";
import type { PromotionPorts } from "../ports.ts";
import { describePlan, describeResult } from "../reply-text.ts";
import { touchedApps, wantsOf } from "../touched.ts";
import { environmentAndApps, LIMITS } from "./arguments.ts";
import { assertAllowed, byAllow } from "./rights.ts";

/** What `/promote` asks for. */
export interface PromoteRequest {
  readonly environment: string;
  /** Empty: those that the pull request touched. */
  readonly apps: readonly string[];
  readonly dryRun: boolean;
}

/** `/promote`. */
export const promoteCommand: Command<PromotionPorts> = {
  name: "promote",
  usage: "<env> [app…]",
  words: [1, LIMITS.apps + 1],
  flags: [{ name: "dry-run", summary: "only says what would change; nothing is written" }],
  summary: "Carries versions to an environment by pull request",
  details: [
    "Takes what runs in the environment that `<env>` promotes `from`, and opens one pull request that sets the same versions in `<env>`; where that",
    "pull request is open already, it is brought up to date in place. With no app named it means the apps that this pull request touched;",
    "on a promotion, those that it carries. Several apps are carried together, in one pull request.",
    "",
    "On a pull request that is still open, Sluice remembers the request, waits for the merge and until the version is healthy, and then opens the",
    "promotion. The promotion itself is merged when its gates pass: by Sluice with `merge: automatic`, else by a person.",
  ].join("\n"),
  examples: [
    { line: "/promote prod", does: "carries every app that this pull request touched to `prod`" },
    { line: "/promote prod webapp api", does: "carries these two, in one pull request" },
    { line: "/promote prod --dry-run", does: "shows the plan: versions from → to, and each line that would change" },
  ],
  ...byAllow,
  run: (given, call, ports) => promote(ports, call, promoteRequest(given)),
};

/** What the words ask for. */
export function promoteRequest({ words, flags }: Arguments): PromoteRequest {
  return { ...environmentAndApps("promote", words), dryRun: flags["dry-run"] === true };
}

/** Opens or updates the promotion; on an open pull request it is remembered until the merge. */
async function promote(ports: PromotionPorts, call: CommandCall, request: PromoteRequest): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, baseOf(pull), call.signal, wantsOf(pull));
  // First of all, so that whoever may not act learns nothing else.
  await assertAllowed(context, call, request.environment, request.apps);
  const apps = request.apps.length > 0 ? request.apps : await appsOf(ports, context, pull, request.environment);
  const { pairs, from } = resolvePairs(context, request.environment, apps);
  if (request.apps.length === 0)
    await assertAllowed(
      context,
      call,
      request.environment,
      pairs.map(({ app }) => app),
    );
  const promotion = {
    kind: "promotion",
    environment: request.environment,
    from,
    pairs,
    commit: context.head,
    whenMoved: "follow",
    actor: call.actor,
    origin: pull.number,
  } as const;
  if (request.dryRun) return describePlan((await planPromotion(ports, context, promotion)).plan);
  if (pull.state === "open" && (pull.fork || parseBranch(pull.head.ref)?.environment !== request.environment))
    return defer(ports, context, call, request, from);
  if (pull.state === "closed" && !pull.merged) {
    throw new UserError(
      "refused",
      "this pull request was closed without being merged, so there is nothing of it to promote",
      {
        fix: `comment on a merged one, or name the apps: \`/promote ${request.environment} ${pairs[0]?.app ?? "app"}\``,
      },
    );
  }
  const result = await openPromotion(ports, context, promotion);
  if (result.pull !== undefined) await recordRequest(ports, context, call, request.environment, result.pull, apps);
  return describeResult(result, request.environment);
}

/**
 * The apps that a comment without names means: those that the pull request touched, or those that a promotion carried.
 */
async function appsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const metadata = promotionOf(pull, ports.signer);
  const apps = metadata?.apps ?? (await touchedApps(ports, context, pull, environment));
  if (apps.length > 0) return apps;
  // An environment that does not exist, or promotes from nowhere, is what is wrong then.
  resolvePairs(context, environment, []);
  throw new UserError("refused", `this pull request touches no app that is promoted to \`${environment}\``, {
    fix: `name the apps: \`/promote ${environment} app\``,
  });
}

async function defer(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: CommandCall,
  request: PromoteRequest,
  from: string,
): Promise<string> {
  await ports.state.record(
    context.where,
    {
      kind: "waiting",
      id: call.id,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment: request.environment,
      apps: request.apps,
      pullRequest: call.pullRequest,
    },
    call.signal,
  );
  announceRequest(ports, context, call, request.environment, { apps: request.apps, deferred: true });
  await ports.queue.add({ type: "status-comment", ...context.where, pullRequest: call.pullRequest });
  return `this pull request is not merged yet. The promotion to ${code(request.environment)} opens by itself once it is merged and healthy in ${code(from)}`;
}

async function recordRequest(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: CommandCall,
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
  call: CommandCall,
  environment: string,
  about: { readonly apps: readonly string[]; readonly deferred: boolean },
): void {
  const kind = "promotion.requested";
  const id = eventId(kind, where.repository, call.id);
  const { pullRequest } = call;
  events.announce({
    kind,
    id,
    at: clock(),
    ...where,
    pullRequest,
    environment,
    ...about,
    actor: { kind: "person", login: call.actor },
  });
}
