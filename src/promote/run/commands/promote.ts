import { checkName, environmentAndApps, LIMITS } from "../../../change/command-arguments.ts";
import { appsMeant, environmentMeant } from "../../../change/names-meant.ts";
import { baseOf, historyOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { assertAllowed, byAllow } from "../../../change/rights.ts";
import { versionsText } from "../../../change/text/version.ts";
import { settingsFor } from "../../../config/index.ts";
import type { Arguments, Command, CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { eventId } from "../../../model/events.ts";
import type { PullRequest } from "../../../model/github.ts";
import { dayTime } from "../../../model/text/times.ts";
import { type PromotionPair, resolvePairs } from "../../resolve.ts";
import { parseBranch } from "../../text/branch.ts";
import { promotionOf } from "../../text/metadata.ts";
import { missingHealth, observe } from "../health.ts";
import { namedCommit } from "../named-version.ts";
import { openPromotion, planPromotion } from "../open.ts";
import { opposites, oppositesText } from "../opposites.ts";
import type { PromotionPorts } from "../ports.ts";
import { describePlan, describeResult, type PresentVersion, waitingText } from "../reply-text.ts";
import { broughtApps, wantsOf } from "../touched.ts";
import { versionsAt } from "../versions-at.ts";

/** What `/promote` asks for. */
export interface PromoteRequest {
  readonly environment: string;
  /** Empty: those that the pull request touched. */
  readonly apps: readonly string[];
  /** Versions that are named with their apps, `web@1.5.0`, by app. */
  readonly versions?: Readonly<Record<string, string>>;
  /** For all apps that are named: a version that the source had, or a commit. */
  readonly version?: string;
  /** Every app of the environment. */
  readonly all?: true;
  readonly dryRun: boolean;
}

/** `/promote`. */
export const promoteCommand: Command<PromotionPorts> = {
  name: "promote",
  usage: "<env> [app[@version]…]",
  words: [1, LIMITS.apps + 1],
  flags: [
    { name: "all", summary: "every app that the environment and its source have" },
    {
      name: "version",
      value: "version or sha",
      summary: "this version, which the source had, or what it had at this commit",
    },
    { name: "dry-run", summary: "only says what would change; nothing is written" },
  ],
  summary: "Opens a pull request that gives an environment the versions of the one before it",
  details: [
    "Takes the versions that the environment in `from` has on the base branch, and opens one pull request that sets the same versions in `<env>`. If that",
    "pull request is open already, it is updated. With no app named, it means the apps that this pull request changes; on a promotion, its own apps.",
    "Several apps share one pull request. `*` in a name matches any text.",
    "",
    "`web@1.5.0` (or `web=1.5.0`, or `--version 1.5.0`) takes an earlier version of `from`. Health and soak are then about that version.",
    "",
    "On a pull request that is still open, Sluice remembers the request, waits for the merge and until the version is healthy, and then opens the",
    "promotion. The promotion itself is merged when its gates pass: by Sluice with `merge: automatic`, else by a person.",
  ].join("\n"),
  examples: [
    { line: "/promote prod", does: "promotes every app that this pull request changes to `prod`" },
    { line: "/promote prod webapp api", does: "promotes these two, in one pull request" },
    { line: "/promote prod/webapp", does: "promotes this one" },
    { line: "/promote prod webapp@1.4.0", does: "promotes a version that staging had before" },
    { line: "/promote prod shop-*", does: "promotes the apps whose names begin so" },
    { line: "/promote prod --all", does: "promotes every app that both environments have" },
    { line: "/promote prod --dry-run", does: "shows the plan: versions from → to, and each line that would change" },
  ],
  ...byAllow,
  run: (given, call, ports) => promote(ports, call, promoteRequest(given)),
};

/** What the words ask for. */
export function promoteRequest({ words, flags: { all, version, "dry-run": dryRun } }: Arguments): PromoteRequest {
  const named = environmentAndApps("promote", words);
  const versions: Record<string, string> = {};
  const apps = named.apps.map((word) => {
    const [, app, wanted] = /^([^@=]+)[@=](.+)$/.exec(word) ?? [];
    if (app === undefined || wanted === undefined) return word;
    versions[app] = checkName(wanted, "version");
    return app;
  });
  if (all === true && apps.length > 0) throw new UserError("usage", "`--all` and names of apps exclude each other");
  return {
    environment: named.environment,
    apps: [...new Set(apps)],
    ...(Object.keys(versions).length > 0 && { versions }),
    ...(typeof version === "string" && { version: checkName(version, "version") }),
    ...(all === true && { all }),
    dryRun: dryRun === true,
  };
}

/** Opens or updates the promotion; on an open pull request it is remembered until the merge. */
async function promote(ports: PromotionPorts, call: CommandCall, asked: PromoteRequest): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const context = await openContext(ports, where, baseOf(pull), call.signal, wantsOf(pull));
  const request = await meantRequest(ports, context, call, pull, asked);
  const { environment } = request;
  const { pairs, from, left } = resolvePairs(context, environment, request.apps);
  const apps = pairs.map(({ app }) => app);
  if (asked.apps.length === 0) await assertAllowed(context, call, environment, apps, "promote to");
  const commit = await namedCommit(ports, context, pairs, request);
  const promotion = {
    kind: "promotion",
    environment,
    from,
    pairs,
    left,
    commit: commit ?? context.head,
    ...(commit === undefined && ({ whenMoved: "follow" } as const)),
    actor: call.actor,
    origin: pull.number,
  } as const;
  const isOpen = pull.state === "open" && (pull.fork || parseBranch(pull.head.ref)?.environment !== environment);
  if (request.dryRun) {
    const command = ["/promote", environment, ...(asked.apps.length === 0 ? [] : request.apps)].join(" ");
    return describePlan((await planPromotion(ports, context, promotion)).plan, {
      command,
      base: context.base,
      left,
      isOpen,
    });
  }
  if (isOpen && commit === undefined) {
    const named = asked.apps.length > 0 || request.all === true ? apps : [];
    return defer(ports, context, call, { environment, apps: named, from, pairs });
  }
  const isOwn = !pull.fork && parseBranch(pull.head.ref) !== undefined;
  if (pull.state === "closed" && !pull.merged && !isOwn) {
    throw new UserError(
      "refused",
      "this pull request was closed without being merged, so there is nothing of it to promote",
      { fix: `comment on a merged one, or name the apps: \`/promote ${environment} ${apps[0] ?? "app"}\`` },
    );
  }
  const result = await openPromotion(ports, context, promotion);
  if (result.pull !== undefined) await recordRequest(ports, context, call, environment, result.pull, apps);
  const present = result.pull === undefined ? await presentVersion(ports, context, pairs) : undefined;
  return `${describeResult(result, left, present)}${await openRollbacks(ports, context, environment, apps)}`;
}

/** What the only app that was asked for has there, and since when. */
async function presentVersion(
  ports: PromotionPorts,
  context: RepositoryContext,
  [only, ...more]: readonly PromotionPair[],
): Promise<PresentVersion | undefined> {
  if (only === undefined || more.length > 0) return undefined;
  const version = versionsText(await versionsAt(ports, context, only.target, context.head));
  const history = await historyOf(context, only.target.environment, only.app);
  const came = history.findLast(({ kind }) => kind === "promoted" || kind === "rolled-back" || kind === "bumped");
  const at = came === undefined ? "" : dayTime(Date.parse(came.at), ports.clock());
  return { version, since: came && { at, pullRequest: came.pullRequest } };
}

/** Names the rollbacks of these apps that are open, which name this one in turn. */
async function openRollbacks(
  ports: PromotionPorts,
  context: RepositoryContext,
  environment: string,
  apps: readonly string[],
): Promise<string> {
  const rollbacks = await opposites(ports, context, { kind: "promotion", environment, apps });
  for (const { number } of rollbacks) await ports.queue.add({ type: "gates", ...context.where, pullRequest: number });
  return rollbacks.length === 0 ? "" : `\n\n${oppositesText("promotion", rollbacks)}.`;
}

/** The request with the names that are meant, and with the apps that a comment without names is about. */
async function meantRequest(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: CommandCall,
  pull: PullRequest,
  asked: PromoteRequest,
): Promise<PromoteRequest> {
  const environment = environmentMeant(context.config, asked.environment);
  // First of all, so that whoever may not act learns nothing else.
  await assertAllowed(context, call, environment, asked.apps, "promote to");
  if (asked.all === true) return { ...asked, environment };
  if (asked.apps.length === 0) return { ...asked, environment, apps: await appsOf(ports, context, pull, environment) };
  const apps = appsMeant(context, environment, asked.apps);
  await assertAllowed(context, call, environment, apps, "promote to");
  return { ...asked, environment, apps };
}

/**
 * The apps that a comment without names means: those that the pull request brought to where the environment's versions
 * come from, or those that a promotion carried.
 */
async function appsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const metadata = promotionOf(pull, ports.signer);
  if (metadata !== undefined && metadata.apps.length > 0) return metadata.apps;
  const { apps, next } = await broughtApps(ports, context, pull, environment);
  if (apps.length > 0) return apps;
  // An environment that does not exist, or promotes from nowhere, is what is wrong then.
  const { from } = resolvePairs(context, environment, []);
  if (next !== undefined) {
    throw new UserError(
      "refused",
      `this change is in ${next.from} only, and ${environment} takes its versions from ${from}`,
      {
        fix: `first \`/promote ${next.environment}\`, then \`/promote ${environment}\``,
      },
    );
  }
  throw new UserError("refused", `this pull request touches no app that is promoted to \`${environment}\``, {
    fix: `name the apps: \`/promote ${environment} app\``,
  });
}

async function defer(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: CommandCall,
  request: {
    readonly environment: string;
    readonly apps: readonly string[];
    readonly from: string;
    readonly pairs: readonly PromotionPair[];
  },
): Promise<string> {
  const { environment, apps, from } = request;
  await ports.state.record(
    context.where,
    {
      kind: "waiting",
      id: call.id,
      at: new Date(call.at).toISOString(),
      by: call.actor,
      environment,
      apps,
      pullRequest: call.pullRequest,
      base: context.head,
    },
    call.signal,
  );
  announceRequest(ports, context, call, environment, { apps, deferred: true });
  await ports.queue.add({ type: "status-comment", ...context.where, pullRequest: call.pullRequest });
  const setUp = await missingHealth(context, observe(context), request.pairs);
  const healthy = request.pairs.some(({ app }) => settingsFor(context.config, app, environment).gates.healthy);
  return waitingText({ environment, from, apps: request.pairs.map(({ app }) => app), healthy }, setUp);
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
      base: context.head,
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
