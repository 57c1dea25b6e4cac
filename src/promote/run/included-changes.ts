import { historyOf, type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { changeOf } from "../../change/text/change-of.ts";
import { settingsFor } from "../../config/index.ts";
import type { Target } from "../../model/target.ts";
import type { CommitFacts } from "../../model/tree.ts";
import { carriedAt, carriedOf, compareCarried, wholeRender } from "../carried.ts";
import { type PromotionPair, pairOf } from "../resolve.ts";
import type { IncludedChange, IncludedChanges } from "../text/included-changes.ts";
import { versionRuns } from "../version-runs.ts";
import type { PromotionPorts } from "./ports.ts";
import { carriedRequest } from "./source-moves.ts";

/** How many commits are listed; more are counted as older ones. */
const LIMIT = 100;

/**
 * What came onto the base branch for these source targets since the version that their counterparts have: since the
 * commit that the last promotion carried, as the history says, else since the source itself last had it. Where neither
 * is known it is the newest commits, as many as `without`.
 */
export async function includedChanges(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: IncludedRequest,
  without = 10,
): Promise<IncludedChanges> {
  const found = await changesBetween(ports, context, request, without);
  const followed = new Set<number>();
  const changes: IncludedChange[] = [];
  for (const change of found.changes)
    changes.push(...(await original(ports, context, request.sources, change, followed)));
  const distinct = new Map(changes.map((change) => [change.sha, change]));
  return { ...found, changes: [...distinct.values()] };
}

/** What a rollback of these targets to a commit takes back: what came to them since. */
export async function takenBackChanges(
  ports: PromotionPorts,
  context: RepositoryContext,
  targets: readonly Target[],
  commit: string,
): Promise<IncludedChanges> {
  const found = await commitsOf(ports, context, targets, { to: context.head, since: commit, limit: LIMIT + 1 });
  const compareUrl = `${context.url}/compare/${commit}...${context.head}`;
  return { changes: found.slice(0, LIMIT), truncated: found.length > LIMIT, compareUrl };
}

/** The targets that something is carried from, to which environment, and where the versions are read. */
interface IncludedRequest {
  readonly sources: readonly Target[];
  readonly environment: string;
  readonly commit: string;
}

/**
 * A promotion to the source is the way, not the change: in its place stand the changes that it brought there, as its
 * own source had them. What is no promotion is itself.
 */
async function original(
  ports: PromotionPorts,
  context: RepositoryContext,
  sources: readonly Target[],
  change: IncludedChange,
  followed: Set<number>,
): Promise<readonly IncludedChange[]> {
  const { pullRequest } = change;
  if (pullRequest === undefined) return [change];
  const before: IncludedChange[] = [];
  let isPromotion = false;
  for (const { app, environment } of sources) {
    const history = await historyOf(context, environment, app);
    const at = history.findIndex((entry) => entry.kind === "promoted" && entry.pullRequest === pullRequest);
    const { commit } = history[at] ?? {};
    const { from } = settingsFor(context.config, app, environment);
    const source = from === undefined ? undefined : targetOf(context, app, from);
    if (commit === undefined || source === undefined || !(await known(context, commit))) continue;
    isPromotion = true;
    if (followed.has(pullRequest)) continue;
    const since = history.slice(0, at).findLast(({ kind }) => kind === "promoted")?.commit;
    const brought = await commitsOf(ports, context, [source], { to: commit, since, limit: FOLLOWED });
    for (const one of brought) before.push(...(await original(ports, context, [source], one, new Set())));
  }
  if (!isPromotion) return [change];
  followed.add(pullRequest);
  return before.map((one) => ({ ...one, via: one.via ?? pullRequest }));
}

/** Changes of one promotion that are followed. */
const FOLLOWED = 20;

async function changesBetween(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: IncludedRequest,
  without: number,
): Promise<IncludedChanges> {
  const since = (await lastCarried(context, request)) ?? (await lastWithTargets(ports, context, request, without));
  const limit = since === undefined ? without : LIMIT;
  const changes = await commitsOf(ports, context, request.sources, { to: request.commit, since, limit: limit + 1 });
  const compareUrl = since === undefined ? undefined : `${context.url}/compare/${since}...${request.commit}`;
  return { changes: changes.slice(0, limit), truncated: changes.length > limit, compareUrl };
}

async function commitsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  sources: readonly Target[],
  { to, since, limit }: { readonly to: string; readonly since: string | undefined; readonly limit: number },
): Promise<readonly IncludedChange[]> {
  const paths = await inputsOf(ports, context, sources);
  const from = since === undefined || !(await known(context, since)) ? {} : { from: since };
  const commits = await context.repository.log({ to, ...from, paths, firstParent: true, limit });
  return commits.map(toChange);
}

function toChange({ sha, author, message }: CommitFacts) {
  return { sha, author: author.name, ...changeOf(message) };
}

/** The commit of the last promotion, where all targets have one and it is an ancestor; the oldest of them. */
async function lastCarried(
  context: RepositoryContext,
  { sources, environment, commit }: IncludedRequest,
): Promise<string | undefined> {
  let oldest: string | undefined;
  for (const { app } of sources) {
    const last = (await historyOf(context, environment, app)).findLast(({ kind }) => kind === "promoted")?.commit;
    if (last === undefined || !(await known(context, last)) || !(await context.repository.isAncestor(last, commit)))
      return undefined;
    if (oldest === undefined || (await context.repository.isAncestor(last, oldest))) oldest = last;
  }
  return oldest;
}

/**
 * The source's last commit with the versions that the target has now, where every target's are found in the latest
 * `max` changes of its source; the oldest of them.
 */
async function lastWithTargets(
  ports: PromotionPorts,
  context: RepositoryContext,
  { sources, environment, commit }: IncludedRequest,
  max: number,
): Promise<string | undefined> {
  let oldest: string | undefined;
  for (const { app } of sources) {
    const { from = "" } = settingsFor(context.config, app, environment);
    const pair = pairOf(context, app, environment, from);
    const last = pair && (await lastWithTarget(ports, context, pair, commit, max));
    if (last === undefined) return undefined;
    if (oldest === undefined || (await context.repository.isAncestor(last, oldest))) oldest = last;
  }
  return oldest;
}

async function lastWithTarget(
  ports: PromotionPorts,
  context: RepositoryContext,
  pair: PromotionPair,
  commit: string,
  max: number,
): Promise<string | undefined> {
  const target = await carriedAt(carriedRequest(ports, context, pair, "target"), context.head);
  if (target === undefined || target.has(wholeRender)) return undefined;
  const versions = [...target.keys()].map((image) => ({ image }));
  for await (const { carried, last } of versionRuns(carriedRequest(ports, context, pair, "source"), commit, max))
    if (compareCarried(carriedOf(carried, versions), target) === "same") return last.sha;
  return undefined;
}

/** A commit that a mirror made again does not have yet, or that was rewritten away, says nothing. */
async function known(context: RepositoryContext, commit: string): Promise<boolean> {
  return (await context.repository.objects.read(commit))?.kind === "commit";
}

/** The files and folders that the source targets read. */
async function inputsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  sources: readonly Target[],
): Promise<readonly string[]> {
  const source = { tree: context.tree, objects: context.repository.objects };
  const paths = new Set<string>();
  for (const target of sources.slice(0, 20)) {
    const trace =
      (await ports.renderer.known(target.render, source)) ??
      (await ports.renderer.render(target.render, source, context.signal)).trace;
    for (const [path, kind] of trace) if (kind === "file" || kind === "tree") paths.add(path);
  }
  return [...paths].slice(0, 2_000);
}
