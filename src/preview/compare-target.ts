import type { IgnoreRule } from "../config/index.ts";
import {
  type CompareInput,
  compareTarget,
  deployHandling,
  entryFindings,
  guessedValuesFinding,
  majorVersionFinding,
  notFetchedFinding,
  podCount,
  type Removal,
  redactMessage,
  renderFailureFinding,
  type TargetComparison,
  type TargetFinding,
  targetRemovedFinding,
} from "../diff/index.ts";
import { toItems } from "../diff/item.ts";
import type { Declaration } from "../model/declaration.ts";
import type { ChartChange, RenderProblem, TargetPreview } from "../model/preview.ts";
import type { PartialRender, Render, RenderFailure, UnpinnedReference } from "../model/render.ts";
import { secretInputs } from "../model/secret-inputs.ts";
import type { Affected } from "./affected.ts";
import { comparableSides } from "./comparable.ts";
import { type FollowedObject, unfollowedChanges } from "./unfollowed.ts";

/** What an affected target comes to. */
export interface ComparedTarget {
  readonly preview: TargetPreview;
  readonly findings: readonly TargetFinding[];
  /** What its renders do without, each once. */
  readonly unpinned: readonly UnpinnedReference[];
  /** Values that only the cluster knows, and how many of them only one side asks for. */
  readonly values: readonly UnpinnedReference[];
  readonly newValues: number;
}

/** How renders are compared. */
interface CompareOptions {
  readonly ignore: readonly IgnoreRule[];
  readonly fingerprintKey: Uint8Array;
  /** Whether an object of a controller is one whose target is known; `undefined` where controllers are not followed. */
  readonly follows?: ((object: FollowedObject) => boolean) | undefined;
  /** Charts that are another version at the head. */
  readonly charts?: readonly ChartChange[];
  /** What becomes of the resources of a target that is gone. */
  readonly removal?: Removal | undefined;
  /** Of a file that the head misses: the one beside it that may be meant. */
  readonly near?: string | undefined;
}

/** Compares the two renders of an affected target. `because` says why it is affected. */
export function compareSides(
  one: Affected,
  because: TargetPreview["because"],
  options: CompareOptions,
): ComparedTarget {
  const { app, environment } = one.target;
  const { charts = [] } = options;
  const about = aboutTarget(one, because, charts);
  const missing = joinVersions(withoutValues(one.base), withoutValues(one.head));
  const notFetched = missing.map((reference) => notFetchedFinding({ app, environment, reference }));
  const problem = problemOf(one);
  if (one.head !== undefined && shown(one.head) === undefined) {
    return {
      preview: { ...about, ...nothing, status: "failed", ...(problem && { error: problem }) },
      findings: [...failureFindings(one, "failed", options), ...notFetched],
      unpinned: missing,
      ...valuesOf(one),
    };
  }
  const comparison = compareRenders(one, options);
  const status = statusOf(one, comparison);
  const partial = status !== "failed" && [one.base, one.head].some(isPartial);
  const [base, head] = [one.base, one.head].map((side) => shown(side)?.resources() ?? []);
  return {
    preview: {
      ...about,
      ...pick(comparison),
      ...versionOf(charts),
      status,
      ...movedFacts(one),
      ...(partial && { partial: true }),
      ...(problem && { error: problem }),
    },
    findings: [
      ...judged(one, comparison.findings),
      ...failureFindings(one, status, options),
      ...sideFindings(one, options),
      ...declaredFindings(one),
      ...charts.flatMap((chart) => majorVersionFinding({ app, environment, chart })),
      ...notFetched,
    ],
    unpinned: distinct([...missing, ...unfollowedChanges(base ?? [], head ?? [], options.follows)]),
    ...valuesOf(one),
  };
}

function withoutValues(render: Render | undefined): readonly UnpinnedReference[] {
  return render?.unpinned.filter(({ kind }) => kind !== "value") ?? [];
}

/** Values that only the cluster knows; those that only one side asks for were not compared. */
function valuesOf({ base, head }: Affected): Pick<ComparedTarget, "values" | "newValues"> {
  const of = (side: Render | undefined) => side?.unpinned.filter(({ kind }) => kind === "value") ?? [];
  const [before, after] = [of(base), of(head)];
  const names = (values: readonly UnpinnedReference[]) => new Set(values.map(({ reference }) => reference));
  return { values: distinct([...after, ...before]), newValues: names(before).symmetricDifference(names(after)).size };
}

/** What is known of a target whether it renders or not. */
function aboutTarget({ target, moves }: Affected, because: TargetPreview["because"], charts: readonly ChartChange[]) {
  const { app, environment, render, assumed, declaration, destination, handling } = target;
  return {
    ...{ app, environment, path: render.path, renderer: render.kind, because },
    ...(assumed === undefined ? {} : { assumed }),
    ...(declaration === undefined ? {} : { declaration }),
    ...(destination === undefined ? {} : { destination }),
    ...(handling === undefined ? {} : { handling }),
    ...(moves === undefined ? {} : { moves }),
    ...(charts.length === 0 ? {} : { charts }),
  };
}

/** For headings: that of the only chart; its file says it, where labels may not. */
function versionOf(charts: readonly ChartChange[]): Pick<TargetPreview, "chart"> {
  const [only, ...others] = charts;
  return only === undefined || others.length > 0 || only.from === only.to
    ? {}
    : { chart: { from: only.from, to: only.to } };
}

/** An object that is in a render is looked at there; this is about those that people apply. */
function declaredFindings({ target, before }: Affected): readonly TargetFinding[] {
  const [was, is] = [before?.declaration, target.declaration];
  if (was === undefined || is === undefined || was.parent !== undefined || is.parent !== undefined) return [];
  const base = { declaration: was, destination: before?.destination, handling: before?.handling };
  const head = { declaration: is, destination: target.destination, handling: target.handling };
  return entryFindings(target, base, head);
}

const tools: Partial<Record<Declaration["kind"], string>> = {
  Application: "Argo CD Application",
  Kustomization: "Flux Kustomization",
};

/** Of a folder that moved: from where, whether its resources are the same, and the object that follows. */
function movedFacts(one: Affected): Pick<TargetPreview, "movedFrom" | "sameIdentities" | "follower"> {
  const { movedFrom, target, before } = one;
  if (movedFrom === undefined) return {};
  const { kind, name } = target.declaration ?? {};
  const tool = kind === undefined || before?.declaration?.kind !== kind ? undefined : tools[kind];
  const follows = tool !== undefined && name !== undefined && before?.declaration?.name === name;
  return {
    movedFrom,
    sameIdentities: one.sameIdentities ?? sameIdentities(one),
    ...(follows ? { follower: { tool, name } } : {}),
  };
}

/** How many resources there are, where both sides have the same ones; else 0. */
function sameIdentities({ base, head }: Affected): number {
  if (base?.ok !== true || head?.ok !== true) return 0;
  const [before, after] = [base, head].map((side) => new Set(toItems(side.resources()).map(({ key }) => key)));
  return before !== undefined && after?.symmetricDifference(before).size === 0 ? after.size : 0;
}

/** What of a render can be shown: all, or what does without what is not fetched. */
function shown(render: Render | undefined): PartialRender | undefined {
  return render?.ok === false ? render.partial : render;
}

function isPartial(render: Render | undefined): boolean {
  return render?.ok === false && render.partial !== undefined;
}

/** What the two sides do without, each reference once; another version of the same is told with it. */
function joinVersions(
  base: readonly UnpinnedReference[],
  head: readonly UnpinnedReference[],
): readonly UnpinnedReference[] {
  const [before, after] = [distinct(base), distinct(head)];
  const same = new Set(after.map(({ reference }) => reference));
  const old = before.filter(({ reference }) => !same.has(reference));
  const told = new Set<UnpinnedReference>();
  const joined = after.map((one) => {
    const was = before.some(({ reference }) => reference === one.reference)
      ? undefined
      : old.find((other) => !told.has(other) && addressOf(other) === addressOf(one));
    if (was !== undefined) told.add(was);
    return was === undefined ? one : { ...one, before: was.reference };
  });
  return [...joined, ...old.filter((one) => !told.has(one))];
}

/** A reference without its version: `…?ref=v1` of a base, `…:1.2.3` of a chart, `…@v1` of what an object names. */
function addressOf({ reference, kind }: UnpinnedReference): string {
  const [, named] = /^((?:[a-z+]+:\/\/[^/]+\/|[^/:]+:)[^@]*)@.*$/.exec(reference) ?? [];
  if (named !== undefined) return named;
  return kind === "chart" ? reference.replace(/:[^/]*$/, "") : reference.replace(/[?&](?:ref|version)=[^&]*/, "");
}

/** Each reference once, wherever it is named. */
export function distinct(references: readonly UnpinnedReference[]): readonly UnpinnedReference[] {
  const first = Map.groupBy(references, ({ reference, kind, reason }) =>
    kind === "object" ? `${reference}\0${reason}` : reference,
  );
  return [...first.values()].flatMap((same) => same.slice(0, 1));
}

type Facts = Omit<TargetComparison, "findings">;

const nothing: Facts = {
  changes: [],
  images: [],
  replicas: [],
  restarts: 0,
  rollouts: 0,
  hiddenLines: 0,
  ignoredLines: 0,
  random: [],
};

function pick({ findings: _, ...facts }: TargetComparison): Facts {
  return facts;
}

/** Why a side was not rendered, or not whole; the head's reason first. */
function problemOf(one: Affected): RenderProblem | undefined {
  if (one.head?.ok === false) return errorOf(one.head.failure, "head", causeOf(one, one.head));
  return one.base?.ok === false ? errorOf(one.base.failure, "base", causeOf(one, one.base)) : undefined;
}

type Cause = NonNullable<RenderProblem["cause"]>;

function causeOf({ target, base, head }: Affected, side: Extract<Render, { ok: false }>): Cause {
  if (side.partial !== undefined || (side.failure.kind === "refused" && side.unpinned.length > 0)) return "not-fetched";
  if (side !== head) return "before";
  if (target.assumed !== undefined) return "guess";
  return base !== undefined && shown(base) === undefined ? "before" : "change";
}

/** The message about sides that could not be rendered at all. What is not fetched has a message of its own. */
function failureFindings(
  one: Affected,
  status: TargetPreview["status"],
  { near }: CompareOptions,
): readonly TargetFinding[] {
  const { app, environment, assumed, render } = one.target;
  const finding = (failure: RenderFailure, cause: Parameters<typeof renderFailureFinding>[0]["cause"]) => [
    renderFailureFinding({ app, environment, failure, cause, near }),
  ];
  if (one.head?.ok === false && one.head.partial === undefined) {
    const cause = causeOf(one, one.head);
    return cause === "not-fetched" ? [] : finding(one.head.failure, cause);
  }
  const isGuessed = assumed !== undefined && one.head !== undefined && status !== "failed";
  const guessed = isGuessed ? [guessedValuesFinding({ app, environment, path: render.path })] : [];
  const failed = one.base?.ok === false && causeOf(one, one.base) === "before" ? one.base : undefined;
  if (failed === undefined) return guessed;
  return [...finding(failed.failure, assumed === undefined ? "base" : "guess"), ...guessed];
}

/** The message about a target that no longer exists. */
function sideFindings({ target, base, head }: Affected, { removal }: CompareOptions): readonly TargetFinding[] {
  if (base === undefined || head !== undefined) return [];
  const { app, environment } = target;
  const resources = base.ok ? base.resources() : undefined;
  const claims = resources?.filter(({ object }) => object.kind === "PersistentVolumeClaim").length;
  // Something else declares all of it from now on: what that means has a finding for each.
  if (resources !== undefined && resources.length > 0 && removal?.moved === resources.length) return [];
  const { path } = target.render;
  const pods = resources === undefined ? undefined : podCount(resources.map(({ object }) => object));
  return [targetRemovedFinding({ app, environment, path, resources: resources?.length, claims, pods, removal })];
}

/**
 * Where it is not known what was there before, nothing is a danger of this change: it may have been so all along.
 */
function judged({ base, head }: Affected, findings: readonly TargetFinding[]): readonly TargetFinding[] {
  if (base === undefined || head === undefined || shown(base) !== undefined) return findings;
  return findings.map((finding) => (finding.severity === "danger" ? { ...finding, severity: "warning" } : finding));
}

function compareRenders(one: Affected, { ignore, fingerprintKey }: CompareOptions): TargetComparison {
  const [before, after] = [shown(one.base), shown(one.head)];
  if (before !== undefined && after !== undefined && before.digest === after.digest)
    return { ...nothing, findings: [] };
  return compareTarget({
    app: one.target.app,
    environment: one.target.environment,
    ...comparableSides(one, before?.resources(), after?.resources()),
    handling: deployHandling(one.target.declaration, one.target.handling),
    ...(one.again === undefined ? {} : { again: againOf(one.again) }),
    ignore,
    fingerprintKey,
    secrets: secretInputs([one.before?.render, one.target.render]),
  });
}

function againOf({ base, head }: NonNullable<Affected["again"]>): NonNullable<CompareInput["again"]> {
  const resources = (renders: readonly Render[]) => renders.flatMap((one) => (one.ok ? [one.resources()] : []));
  return { base: resources(base), head: resources(head) };
}

function statusOf(one: Affected, comparison: TargetComparison): TargetPreview["status"] {
  if (one.base === undefined) return "added";
  if (one.head === undefined) return "removed";
  if (comparison.changes.length > 0 || shown(one.base) === undefined) return "changed";
  // Something that it reads differs, and what that does to the rest is not known.
  return isPartial(one.base) || isPartial(one.head) ? "failed" : "unchanged";
}

function errorOf(failure: RenderFailure, side: "base" | "head", cause: Cause): RenderProblem {
  return {
    message: redactMessage(failure.message),
    ...(failure.file === undefined ? {} : { file: failure.file }),
    ...(failure.line === undefined ? {} : { line: failure.line }),
    side,
    cause,
  };
}
