import { carries, isOwnHead, Moved } from "../../change/pull-request/branch.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import { standingOf } from "../../change/pull-request/published.ts";
import { closePullRequest } from "../../change/pull-request/settle.ts";
import { type RepositoryContext, reopenContext, targetOf } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { code, inert } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { pairOf } from "../resolve.ts";
import { parseBranch } from "../text/branch.ts";
import { type ClosedReason, closedText } from "../text/closed.ts";
import { mergedId, type PromotionMetadata, promotionFormat, promotionOf } from "../text/metadata.ts";
import { onlyMove } from "../text/versions.ts";
import { changeOnBase } from "./base-change.ts";
import { brokenTarget } from "./broken-target.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { closedEvent } from "./events.ts";
import { forEachLogged } from "./for-each-logged.ts";
import type { Observed } from "./health.ts";
import { openPromotion, planPromotion } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import type { PromotionRequest } from "./proposal.ts";
import { isAsPlanned, targetChanges } from "./target-changes.ts";

/**
 * Replans every open promotion where the base's new commits touch what it edits, closes it where nothing is left of it,
 * and has its gates evaluated.
 */
export async function replanOpen(ports: PromotionPorts, context: RepositoryContext, observed: Observed): Promise<void> {
  await forEachLogged(ports, context.branches, "a promotion", async ([branch, head]) => {
    context.signal.throwIfAborted();
    if (parseBranch(branch) === undefined) return;
    const pull = await observed.pull(branch);
    if (pull === undefined || pull.base.ref !== context.base) return;
    const metadata = promotionOf(pull, ports.signer);
    // Whatever comes of this: the gates say it.
    if (pull.state === "open" || (await isUnsettled(context, pull, head, metadata)))
      await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
    if (pull.state === "closed") return;
    if (metadata === undefined || pull.head.sha !== head) return;
    if (await needsReplan(ports, context, pull, metadata)) await replanPromotion(ports, context, pull, metadata);
  });
}

/** What was closed, or what a person put back, is planned again for those alone who may promote: by a command. */
async function needsReplan(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<boolean> {
  const standing = await standingOf(context, pull);
  if (!describesHead(metadata, pull))
    return (standing === "current" || standing === "other") && isHalfDone(ports, context, pull, metadata);
  if (standing !== "current") return false;
  if (whatIsGone(context, metadata) !== undefined) return true;
  return (await baseTouches(context, pull.head.sha)) || !(await isStillAsPlanned(ports, context, pull, metadata));
}

/** Whether the base has left alone what the promotion's targets render, in whatever file. */
async function isStillAsPlanned(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<boolean> {
  if (!(await isOwnHead(context, pull.head.ref, pull.head.sha))) return true;
  return isAsPlanned(metadata, await targetChanges(ports, context, pull, metadata));
}

/**
 * Whether a pull request was merged whose event was lost: its branch is still there, or a person pushed to it since and
 * the history does not know of the merge.
 */
async function isUnsettled(
  context: RepositoryContext,
  pull: PullRequest,
  head: string,
  metadata: PromotionMetadata | undefined,
): Promise<boolean> {
  const [first] = metadata?.targets ?? [];
  if (!pull.merged || metadata?.base !== pull.base.ref || first === undefined) return false;
  if (pull.head.sha === head) return true;
  const history = await context.state.history(metadata.environment, first.app);
  return !history.some(({ id }) => id === mergedId(pull.number));
}

/** Whether the branch has what the metadata says already, made by a run that ended before it could write so. */
async function isHalfDone(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<boolean> {
  if (!(await isOwnHead(context, pull.head.ref, pull.head.sha))) return false;
  const request = await requestOf(ports, context, metadata);
  return typeof request !== "string" && carries(context, pull.head.sha, await planPromotion(ports, context, request));
}

/** Plans the promotion again at the base as it is now: what it carries stays what it is. Says what became of it. */
export async function replanPromotion(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<string> {
  const request = await requestOf(ports, context, metadata);
  if (typeof request === "string")
    return close(ports, context, pull, metadata, { why: request, next: askedAgain(metadata) });
  const change = await changeOnBase(
    context,
    pull,
    request.pairs.map(({ target }) => target),
  );
  const again = change === undefined ? request : { ...request, because: change.text };
  const result = await openPromotion(ports, context, again).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "refused") return error.message;
    if (error instanceof Moved) return "somebody else is at it";
    throw error;
  });
  if (typeof result === "string") return `not planned again: ${result}`;
  if (result.pull !== undefined) return "planned again";
  const refused = result.plan.targets.find(({ outcome }) => outcome === "refused");
  if (refused?.outcome === "refused") {
    // The gates say what is broken; it goes on when the base is fixed.
    if (describesHead(metadata, pull) && (await isBroken(ports, context, pull, metadata)))
      return `**Still stopped:** ${inert(refused.app)}: ${inert(refused.reason)}`;
    const why = `it can no longer be planned: ${refused.app}: ${refused.reason}`;
    return close(ports, context, pull, metadata, { why, next: askedAgain(metadata) });
  }
  return close(ports, context, pull, metadata, { why: alreadyThere(metadata), since: change });
}

/**
 * What the metadata carries, to be planned again from the same source; where that cannot be any more, the reason in
 * words.
 */
async function requestOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  metadata: PromotionMetadata,
): Promise<PromotionRequest | string> {
  const { kind, environment, from, commit, apps, actor, origin, proposal } = metadata;
  assertTargets(context, environment, apps);
  const gone = whatIsGone(context, metadata);
  if (gone !== undefined) return gone;
  if (!(await hasCommit(ports, context, commit))) return "the promoted commit is gone from the repository";
  return {
    kind,
    environment,
    from,
    commit,
    pairs: apps.flatMap((app) => pairOf(context, app, environment, from) ?? []),
    whenMoved: "stop",
    ...(actor === undefined ? {} : { actor }),
    ...(origin === undefined ? {} : { origin }),
    ...(proposal === undefined ? {} : { proposal }),
  };
}

/**
 * Throws a `not-found` UserError for what the configuration or a commit took away from under a promotion: it would be
 * promoted to nowhere.
 */
export function assertTargets(context: RepositoryContext, environment: string, apps: readonly string[]): void {
  // Says it when the environment itself is gone.
  settingsFor(context.config, "", environment);
  const gone = apps.find((app) => targetOf(context, app, environment) === undefined);
  if (gone === undefined) return;
  throw new UserError("not-found", `\`${gone}\` has no target in \`${environment}\` any more`, {
    fix: "close this pull request, or bring the target back",
  });
}

/** Where the versions of a promotion came from, and its gates look, when that is no source of it any more. */
export function whatIsGone(
  context: RepositoryContext,
  { kind, environment, from, apps }: PromotionMetadata,
): string | undefined {
  if (kind === "rollback") return undefined;
  for (const app of apps) {
    if (targetOf(context, app, environment) === undefined) continue;
    if (targetOf(context, app, from) === undefined) return `${app} has no target in ${from} any more`;
    const now = settingsFor(context.config, app, environment).from;
    if (now !== from) return `${environment} promotes ${app} from ${now ?? "nowhere"} now, and this came from ${from}`;
  }
  return undefined;
}

/** A mirror that was made again lacks what no branch has any more; GitHub may still have it. */
async function hasCommit(ports: PromotionPorts, context: RepositoryContext, commit: string): Promise<boolean> {
  const isThere = async () => (await context.repository.objects.read(commit))?.kind === "commit";
  if (await isThere()) return true;
  try {
    await reopenContext(ports, context, [commit]);
  } catch (error) {
    if (error instanceof UserError && error.kind === "not-found") return false;
    throw error;
  }
  return isThere();
}

function alreadyThere({ environment, targets, apps }: PromotionMetadata): string {
  const [only, ...more] = targets;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  const what = only === undefined || move === undefined ? sentenceList(apps, 6) : `${only.app} ${move.to}`;
  return `${environment} already has ${what}`;
}

function askedAgain({ kind, environment }: PromotionMetadata): string {
  const command = code(`/${kind === "rollback" ? "rollback" : "promote"} ${environment} <app>`);
  return `To plan it from what is there now: ${command}.`;
}

/** Whether a target cannot be rendered with what the promotion gives it, as the base is now. */
async function isBroken(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<boolean> {
  const changes = await targetChanges(ports, context, pull, metadata);
  return (await brokenTarget(context, pull, metadata, changes)) !== undefined;
}

async function close(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
  about: ClosedReason,
): Promise<string> {
  const { why } = about;
  const text = closedText(about);
  const closed = await closePullRequest(ports, context, pull, { format: promotionFormat, text });
  if (closed)
    ports.events.announce(closedEvent({ where: context.where, pull, metadata }, "sluice", why, ports.clock()));
  else return `left open, for somebody pushed to it; else it would be closed: ${why}`;
  await enqueueUpdates(ports, context.where, metadata);
  return `closed: ${why}`;
}

/** Whether the base has changed, since the branch left it, something that the branch changes too. */
async function baseTouches(context: RepositoryContext, head: string): Promise<boolean> {
  const { repository } = context;
  const fork = await repository.mergeBase(head, context.head);
  if (fork === undefined || fork === context.head) return false;
  const ours = new Set((await repository.changedPaths(fork, head)).map(({ path }) => path));
  return (await repository.changedPaths(fork, context.head)).some(
    ({ path }) => ours.has(path) || path === ".sluice.yaml",
  );
}
