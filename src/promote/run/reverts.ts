import type { RepositoryContext } from "../../change/repository-context.ts";
import { eventId } from "../../model/events.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { HistoryEntry } from "../../model/state.ts";
import { ownPaths, type Target } from "../../model/target.ts";
import type { CommitFacts, Tree } from "../../model/tree.ts";
import { isDecidedAfter } from "./decided-after.ts";
import { forEachLogged } from "./for-each-logged.ts";
import type { PromotionPorts } from "./ports.ts";
import { ownPullOf } from "./source-moves.ts";
import { versionsAt } from "./versions-at.ts";

/**
 * A promotion that was taken back on the base branch without us, by `git revert` or by hand, counts as a rollback: it
 * is written down, and automation is held there. It is seen in what the target has, not by a message.
 */
export async function recordReverts(ports: PromotionPorts, context: RepositoryContext): Promise<void> {
  const sourced = new Set(context.config.environments.flatMap(({ name, from }) => (from === undefined ? [] : [name])));
  const targets = context.targets.targets.filter(({ environment }) => sourced.has(environment));
  await forEachLogged(ports, targets, "the history of a target", async (target) => {
    context.signal.throwIfAborted();
    const history = await context.state.history(target.environment, target.app);
    const last = lastEffective(history);
    if (last === undefined || !(await wasTakenBack(ports, context, target, last))) return;
    if (!(await broughtByUs(context, target, last))) await write(ports, context, target, last, history);
  });
}

/**
 * The promotion whose versions the target has, unless something else that is in the history came since: a rollback, a
 * revert, or a bump of one of its images.
 */
function lastEffective(history: readonly HistoryEntry[]): HistoryEntry | undefined {
  const at = history.findLastIndex(({ kind }) => kind === "promoted" || kind === "rolled-back" || kind === "reverted");
  const last = history[at];
  if (last?.kind !== "promoted") return undefined;
  const bumped = history.slice(at + 1).some((entry) => entry.kind === "bumped" && bringsTheSame(entry, last));
  return bumped ? undefined : last;
}

/** Whether two entries are about one image; those that do not say what they brought may be. */
function bringsTheSame({ versions: one = [] }: HistoryEntry, { versions: other = [] }: HistoryEntry): boolean {
  const images = new Set(one.map(({ image }) => canonicalImage(image)));
  return one.length === 0 || other.length === 0 || other.some(({ image }) => images.has(canonicalImage(image)));
}

/**
 * Whether a pull request of Sluice's own, which the history may not have yet, was the last that changed the target:
 * then nobody took anything back by hand.
 */
async function broughtByUs(
  context: RepositoryContext,
  target: Target,
  { mergeCommit = "" }: HistoryEntry,
): Promise<boolean> {
  const paths = ownPaths(target);
  const [commit] = await context.repository.log({
    to: context.head,
    from: mergeCommit,
    paths,
    firstParent: true,
    limit: 1,
  });
  return (await ownPullOf(context, commit)) !== undefined;
}

async function wasTakenBack(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  { mergeCommit, versions = [] }: HistoryEntry,
): Promise<boolean> {
  const { repository } = context;
  if (mergeCommit === undefined || (await repository.objects.read(mergeCommit))?.kind !== "commit") return false;
  const folderAt = async (tree: Tree): Promise<string | undefined> => {
    const entries = await Promise.all(ownPaths(target).map((path) => tree.at(path)));
    return entries.some((entry) => entry !== undefined) ? entries.map((entry) => entry?.oid).join(" ") : undefined;
  };
  const [then, now] = [await folderAt(await repository.tree(mergeCommit)), await folderAt(context.tree)];
  if (now === undefined || then === now || !(await repository.isAncestor(mergeCommit, context.head))) return false;
  const before = await folderBefore(context, mergeCommit, folderAt);
  if (before === now) return true;
  const images = versions.filter(({ from, to }) => from !== "" && from !== to);
  const current = new Map(
    (await versionsAt(ports, context, target, context.head))?.map((one) => [one.image, one.version]),
  );
  return (
    images.length > 0 &&
    images.length === versions.length &&
    images.every(({ image, from }) => current.get(image) === from)
  );
}

/** The target's folder as it was before the promotion came. */
async function folderBefore(
  context: RepositoryContext,
  mergeCommit: string,
  folderAt: (tree: Tree) => Promise<string | undefined>,
): Promise<string | undefined> {
  const [commit] = await context.repository.log({ to: mergeCommit, limit: 1 });
  const [parent] = commit?.parents ?? [];
  return parent === undefined ? undefined : folderAt(await context.repository.tree(parent));
}

async function write(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  last: HistoryEntry,
  history: readonly HistoryEntry[],
): Promise<void> {
  const { where, head, signal } = context;
  const { environment, app } = target;
  const { mergeCommit = "", versions = [], pullRequest } = last;
  const paths = ownPaths(target);
  const [commit] = await context.repository.log({ to: head, from: mergeCommit, paths, limit: 1 });
  const decision = {
    kind: "reverted",
    id: `reverted-${mergeCommit}`,
    at: await takenBackAt(ports, context, last, history, commit),
    by: commit?.author.name ?? "somebody",
    environment,
    apps: [app],
    reason:
      commit === undefined ? "taken back on the base branch" : (commit.message.split("\n")[0] ?? "").slice(0, 200),
    commit: head,
    versions: { [app]: versions.map(({ image, from, to }) => ({ image, from: to, to: from })) },
    ...(commit === undefined ? {} : { mergeCommit: commit.sha }),
  } as const;
  await ports.state.record(where, decision, signal);
  if (pullRequest !== undefined) await ports.queue.add({ type: "status-comment", ...where, pullRequest });
  ports.events.announce({
    kind: "promotion.reverted",
    id: eventId("promotion.reverted", where.repository, environment, app, mergeCommit),
    at: ports.clock(),
    ...where,
    environment,
    targets: [{ app, environment, versions: decision.versions[app] ?? [] }],
    ...(pullRequest === undefined ? {} : { pullRequest }),
    commit: commit?.sha ?? head,
    actor: { kind: "author", name: decision.by },
    reason: decision.reason,
  });
}

/**
 * A history is read in the order of its times. What was merged may have been written down after it was taken back, and
 * the date of a commit says nothing of when it was pushed: it was taken back after all that was decided without it, and
 * not later than now.
 */
async function takenBackAt(
  ports: PromotionPorts,
  context: RepositoryContext,
  last: HistoryEntry,
  history: readonly HistoryEntry[],
  commit: CommitFacts | undefined,
): Promise<string> {
  const now = new Date(ports.clock()).toISOString();
  if (commit === undefined) return laterOf(now, last.at);
  let at = laterOf(last.at, laterOf(now, commit.date) === now ? commit.date : now);
  for (const entry of history)
    if (entry.base !== undefined && !(await isDecidedAfter(context, entry, commit))) at = laterOf(at, entry.at);
  return at;
}

function laterOf(one: string, other: string): string {
  return Date.parse(one) > Date.parse(other) ? one : other;
}
