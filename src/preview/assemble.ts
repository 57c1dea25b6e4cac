import type { IgnoreRule } from "../config/index.ts";
import {
  brokenConfigurationFinding,
  lostAppsFinding,
  missingFile,
  shownReference,
  sourceMovedFinding,
  unknownTargetsFinding,
  unmatchedPathFinding,
  unreadFilesFinding,
} from "../diff/index.ts";
import { breathe } from "../model/breathe.ts";
import { nearest } from "../model/nearest.ts";
import { lastName, parentPath } from "../model/paths.ts";
import type { Finding, MovedTarget, Preview, TargetPreview } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { Render } from "../model/render.ts";
import type { MovingSource } from "../model/sources.ts";
import { type Target, targetId } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { ChangedPath, ObjectReader, Tree } from "../model/tree.ts";
import type { Affected, ComparedTarget, ComparedTrees } from "./affected.ts";
import { reasons } from "./affected-reasons.ts";
import { type Budget, sizeOf } from "./budget.ts";
import { chartChanges } from "./charts.ts";
import { clusterFindings } from "./cluster.ts";
import { type ComparedTarget as ComparedSides, compareSides, distinct } from "./compare-target.ts";
import { withFollowers } from "./followers.ts";
import type { HeadConfig } from "./head-config.ts";
import { locateFindings } from "./locate.ts";
import { declarerName } from "./moves.ts";
import { notes } from "./notes.ts";
import type { Commits } from "./outcome.ts";
import { type HandedOver, handoverFindings, leavingTheirSet } from "./owned.ts";
import { byUrgency } from "./plan.ts";
import type { RenderAgain } from "./random.ts";
import { removalOf } from "./removal.ts";
import { suspendedFindings } from "./suspended.ts";
import type { FollowedObject } from "./unfollowed.ts";
import type { Known } from "./unknown.ts";
import { unreadFiles } from "./unread.ts";

/** What a preview is assembled from. */
export interface Parts {
  readonly commits: Commits;
  readonly compared: readonly ComparedTarget[];
  readonly unknown: Known["unknown"];
  readonly trees: ComparedTrees;
  readonly changed: readonly ChangedPath[];
  readonly plan: TargetPlan;
  /** Remarks on the base's configuration that do not stop it. */
  readonly warnings: readonly ConfigProblem[];
  /** Those of the plan before the change. */
  readonly warningsBefore: readonly ConfigProblem[];
  readonly headConfig: HeadConfig | undefined;
  readonly fingerprintKey: Uint8Array;
  readonly ignore: readonly IgnoreRule[];
  /** Globs of files that no target need read. */
  readonly exclude: readonly string[];
  /** What was fetched: charts and other repositories. */
  readonly fetched?: ObjectReader | undefined;
  readonly budget: Budget;
  readonly again: RenderAgain;
}

/** Compares what was rendered and says it as one value. Reads files only to name lines and reasons. */
export async function assemble(parts: Parts): Promise<Preview> {
  const affected = parts.compared.filter((one): one is Affected => one.affected);
  const because = await reasons(affected, parts.changed, parts.trees);
  const follows = followedObjects(parts.plan, affected);
  const handed = leavingTheirSet(parts.compared);
  const compared = await compareEach(affected, because, { ...parts, follows, handed });
  const cluster = await clusterFindings(affected, parts.changed, parts.trees);
  const owned = handoverFindings(handed, parts.compared);
  const findings = [...compared.flatMap((one) => one.findings), ...owned, ...cluster];
  const unread = await unreadFiles(parts.changed, affected, parts.trees, parts.exclude);
  const targets = byUrgency(
    await withFollowers(
      compared.map((one) => one.preview),
      parts.changed,
      parts.trees,
    ),
    findings,
  );
  const lost = parts.unknown.reduce((sum, one) => sum + one.targets.length, 0);
  const moving = movingSources(parts.plan, affected);
  const moved = movedTargets(parts.compared, targets);
  const failed = targets.filter((target) => target.status === "failed").length;
  const partial = targets.filter((target) => target.partial).length;
  return {
    base: parts.commits.base,
    mergeBase: parts.commits.mergeBase,
    head: parts.commits.head,
    targets,
    findings: [
      ...(parts.headConfig?.problems ?? []).map(brokenConfigurationFinding),
      ...(await locateFindings(findings, { ...parts, targets })),
      ...parts.unknown.map((one) => unknownTargetsFinding({ ...one, parent: declarerName(one.parent.target) })),
      ...(await suspendedFindings(targets, parts.trees.head, follows !== undefined)),
      ...moving.flatMap(sourceMovedFinding),
      ...uncovered(parts, unread),
      ...lostApps(parts.headConfig ?? { unmatched: [] }),
    ],
    completeness: {
      targets: parts.compared.length + lost,
      affected: affected.length + lost,
      rendered: affected.length - failed,
      failed,
      ...(lost > 0 && { unknown: lost }),
      ...(partial > 0 && { partial }),
      ...(unread.length > 0 && { unread }),
      truncated: 0,
      hiddenLines: targets.reduce((sum, target) => sum + target.hiddenLines, 0),
      ignoredLines: targets.reduce((sum, target) => sum + (target.ignoredLines ?? 0), 0),
      unpinned: distinct(compared.flatMap((one) => one.unpinned)).map(shownReference),
      ...valuesOf(compared),
    },
    ...(moved.length === 0 ? {} : { moved }),
    ...(moving.length === 0 ? {} : { moving }),
    ...(lost === 0 ? {} : { unknown: parts.unknown.map(({ parent: _, ...one }) => one) }),
    notes: notes(parts),
    ...(parts.headConfig?.effect === undefined ? {} : { configuration: parts.headConfig.effect }),
    environments: parts.plan.environments,
    apps: appsOf(parts.plan),
    changedFiles: parts.changed.length,
  };
}

/** One after the other: what a comparison needs is let go before the next, and what it gives is counted. */
async function compareEach(
  affected: readonly Affected[],
  because: readonly TargetPreview["because"][],
  parts: Parts & {
    readonly follows: ReturnType<typeof followedObjects>;
    readonly handed: readonly HandedOver[];
  },
): Promise<readonly ComparedSides[]> {
  const compared: ComparedSides[] = [];
  for (const [index, one] of affected.entries()) {
    const why = because[index] ?? [];
    const near = await nearMissing(one.head, parts.trees.head.tree);
    const fate = removalOf(one, parts.compared);
    const moved = parts.handed.filter(({ set }) => set === one).length;
    const removal = fate === undefined || moved === 0 ? fate : { ...fate, moved };
    const charts = await chartChanges(one, parts.trees, parts.fetched);
    const options = { ...parts, near, removal, charts };
    const fits = parts.budget.isOpen ? compareSides(await parts.again(one), why, options) : undefined;
    const kept = fits !== undefined && parts.budget.take(sizeOf(fits.preview, fits.findings));
    const { target, head } = one;
    const unseen = { target, affected: true, ...parts.budget.exceeded(head === undefined) } as const;
    compared.push(kept ? fits : compareSides(unseen, why, parts));
    await breathe();
  }
  return compared;
}

/** What plan and renders take from where it may be something else tomorrow, each once. */
function movingSources({ moving = [] }: TargetPlan, affected: readonly Affected[]): readonly MovingSource[] {
  const all = [...moving, ...affected.flatMap(({ head }) => head?.moving ?? [])];
  return [...new Map(all.map((one) => [`${one.reference}\n${one.revision}`, one])).values()];
}

/** Values that only the cluster knows, each once. */
function valuesOf(compared: readonly ComparedSides[]): Pick<Preview["completeness"], "values" | "newValues"> {
  const values = distinct(compared.flatMap((one) => one.values));
  const newValues = compared.reduce((sum, one) => sum + one.newValues, 0);
  return { ...(values.length > 0 && { values }), ...(newValues > 0 && { newValues }) };
}

const apps = new WeakMap<TargetPlan, number>();

/** How many apps a plan has, which is counted once: previews of a large repository have the same plan. */
function appsOf(plan: TargetPlan): number {
  return apps.getOrInsertComputed(plan, ({ targets }) => new Set(targets.map(({ app }) => app)).size);
}

/** Which objects of controllers have targets; `undefined` where none has, because none is followed. */
function followedObjects(
  { targets }: TargetPlan,
  affected: readonly Affected[],
): ((object: FollowedObject) => boolean) | undefined {
  const known = declaredIn(targets);
  const more = affected.flatMap(({ target, before }) => [target.declaration, before?.declaration]);
  const others = new Set(more.filter((declaration) => declaration !== undefined).map(objectKey));
  if (known.size + others.size === 0) return undefined;
  const isKnown = (key: string): boolean => known.has(key) || others.has(key);
  return (object) => isKnown(objectKey(object)) || isKnown(objectKey({ ...object, namespace: "" }));
}

const declared = new WeakMap<readonly Target[], ReadonlySet<string>>();

function declaredIn(targets: readonly Target[]): ReadonlySet<string> {
  return declared.getOrInsertComputed(
    targets,
    () => new Set(targets.flatMap(({ declaration }) => (declaration === undefined ? [] : [objectKey(declaration)]))),
  );
}

function objectKey({ kind, namespace, name }: FollowedObject): string {
  return JSON.stringify([kind, namespace, name]);
}

/** What stands elsewhere and renders the same, or is not even touched. */
function movedTargets(compared: readonly ComparedTarget[], targets: readonly TargetPreview[]): readonly MovedTarget[] {
  const same = new Set(
    targets.filter(({ status }) => status === "unchanged").map(({ app, environment }) => targetId(app, environment)),
  );
  return compared.flatMap(({ target: { app, environment }, affected, moves = [] }) =>
    moves.length > 0 && (!affected || same.has(targetId(app, environment))) ? [{ app, environment, moves }] : [],
  );
}

/** Of a file that a render misses: the one beside it with the likest name. */
async function nearMissing(render: Render | undefined, tree: Tree): Promise<string | undefined> {
  const path = render?.ok === false ? missingFile(render.failure) : undefined;
  if (path === undefined) return undefined;
  const files = (await tree.list(parentPath(path))).filter(({ kind }) => kind === "file").map(({ name }) => name);
  return nearest(lastName(path), files);
}

/** What no target covers: changed files, and paths of the configuration without folders. */
function uncovered({ warnings, plan }: Parts, unread: readonly string[]): readonly Finding[] {
  const unmatched = warnings.filter(({ code }) => code === "unmatched-path");
  return [
    ...unmatched.map((problem) => unmatchedPathFinding(problem, plan.environments[Number(problem.path[1])] ?? "")),
    ...(unread.length === 0 ? [] : [unreadFilesFinding(unread)]),
  ];
}

/**
 * Environments that have fewer apps with the pull request's configuration, each with the path that is the cause, and
 * paths of it that never matched any.
 */
function lostApps({ effect, unmatched }: Pick<HeadConfig, "effect" | "unmatched">): readonly Finding[] {
  const losing = (effect?.effects ?? []).filter(({ fewer }) => fewer.length > 0);
  const lost = losing.map(({ environment, fewer, after }) => {
    const cause = after > 0 ? undefined : unmatched.find((one) => one.environment === environment);
    return lostAppsFinding(environment, fewer, after, cause);
  });
  const others = unmatched.filter((one) => !losing.some(({ environment }) => environment === one.environment));
  return [...lost, ...others.map(({ problem, environment }) => unmatchedPathFinding(problem, environment))];
}
