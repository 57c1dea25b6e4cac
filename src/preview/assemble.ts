import type { ConfigProblem, IgnoreRule, TargetPlan } from "../config/index.ts";
import {
  compareTarget,
  redactMessage,
  renderFailureFinding,
  type TargetComparison,
  type TargetFinding,
  targetRemovedFinding,
  unpinnedFinding,
} from "../diff/index.ts";
import type { Finding, Preview, TargetPreview } from "../model/preview.ts";
import type { Render, RenderFailure, UnpinnedReference } from "../model/render.ts";
import type { ChangedPath } from "../model/tree.ts";
import { reasons } from "./because.ts";
import { locateFindings } from "./locate.ts";
import { type Commits, configFile, type HeadConfig } from "./outcome.ts";
import { byUrgency } from "./plan.ts";
import type { SideBySide, Sides } from "./side-by-side.ts";

/** What a preview is assembled from. */
export interface Parts {
  readonly commits: Commits;
  readonly compared: readonly SideBySide[];
  readonly sides: Sides;
  readonly changed: readonly ChangedPath[];
  readonly plan: TargetPlan;
  /** Remarks on the base's configuration that do not stop it. */
  readonly warnings: readonly ConfigProblem[];
  readonly headConfig: HeadConfig | undefined;
  readonly fingerprintKey: Uint8Array;
  readonly ignore: readonly IgnoreRule[];
}

/** Remarks of renderers (deprecated fields, say) that are repeated; the rest is counted. */
const maxWarnings = 5;

type Affected = Extract<SideBySide, { affected: true }>;

interface Compared {
  readonly preview: TargetPreview;
  readonly findings: readonly TargetFinding[];
  readonly unpinned: readonly UnpinnedReference[];
}

/** Compares what was rendered and says it as one value. Reads files only to name lines and reasons. */
export async function assemble(parts: Parts): Promise<Preview> {
  const affected = parts.compared.filter((one): one is Affected => one.affected);
  const because = await reasons(affected, parts.changed, parts.sides);
  const compared = affected.map((one, index) => compareSides(one, because[index] ?? [], parts));
  const findings = compared.flatMap((one) => one.findings);
  const unpinned = distinct(compared.flatMap((one) => one.unpinned));
  const targets = byUrgency(
    compared.map((one) => one.preview),
    findings,
  );
  const failed = targets.filter((target) => target.status === "failed").length;
  return {
    base: parts.commits.base,
    mergeBase: parts.commits.mergeBase,
    head: parts.commits.head,
    targets,
    findings: [...configFindings(parts.headConfig), ...(await locateFindings(findings, { ...parts, targets }))],
    completeness: {
      targets: parts.compared.length,
      affected: affected.length,
      rendered: affected.length - failed,
      failed,
      truncated: 0,
      hiddenLines: targets.reduce((sum, target) => sum + target.hiddenLines, 0),
      unpinned,
    },
    notes: notes(parts),
  };
}

function compareSides(one: Affected, because: TargetPreview["because"], parts: Parts): Compared {
  const { app, environment, render } = one.target;
  const about = { app, environment, path: render.path, renderer: render.kind, because };
  const unpinned = [...(one.base?.unpinned ?? []), ...(one.head?.unpinned ?? [])];
  const pins = unpinned.map((reference) => unpinnedFinding({ app, environment, reference }));
  if (one.head?.ok === false) {
    const findings = [renderFailureFinding({ app, environment, failure: one.head.failure }), ...pins];
    return {
      preview: { ...about, ...nothing, status: "failed", error: errorOf(one.head.failure, "head") },
      findings,
      unpinned,
    };
  }
  const comparison = compareRenders(one, parts);
  const own = [...comparison.findings, ...sideFindings(one), ...pins];
  const preview: TargetPreview = {
    ...about,
    ...pick(comparison),
    status: statusOf(one, comparison),
    ...(one.base?.ok === false ? { error: errorOf(one.base.failure, "base") } : {}),
  };
  return { preview, findings: own, unpinned };
}

const nothing: Omit<TargetComparison, "findings"> = {
  changes: [],
  images: [],
  replicas: [],
  restarts: 0,
  hiddenLines: 0,
};

function pick({
  changes,
  images,
  replicas,
  restarts,
  hiddenLines,
}: TargetComparison): Omit<TargetComparison, "findings"> {
  return { changes, images, replicas, restarts, hiddenLines };
}

/** What is to be said of a target that did not render before, or is no longer there. */
function sideFindings({ target, base, head }: Affected): readonly Finding[] {
  const { app, environment } = target;
  const failed =
    base?.ok === false ? [renderFailureFinding({ app, environment, failure: base.failure, side: "base" })] : [];
  if (base === undefined || head !== undefined) return failed;
  const resources = base.ok ? base.resources().length : 0;
  return [...failed, targetRemovedFinding({ app, environment, resources })];
}

function compareRenders(one: Affected, parts: Parts): TargetComparison {
  if (one.base?.ok && one.head?.ok && one.base.digest === one.head.digest) return { ...nothing, findings: [] };
  return compareTarget({
    app: one.target.app,
    environment: one.target.environment,
    base: resourcesOf(one.base),
    head: resourcesOf(one.head),
    ignore: parts.ignore,
    fingerprintKey: parts.fingerprintKey,
  });
}

function resourcesOf(render: Render | undefined) {
  return render?.ok ? render.resources() : undefined;
}

function statusOf(one: Affected, comparison: TargetComparison): TargetPreview["status"] {
  if (one.base === undefined) return "added";
  if (one.head === undefined) return "removed";
  return comparison.changes.length > 0 || one.base.ok === false ? "changed" : "unchanged";
}

function errorOf(failure: RenderFailure, side: "base" | "head"): NonNullable<TargetPreview["error"]> {
  return {
    message: redactMessage(failure.message),
    ...(failure.file === undefined ? {} : { file: failure.file }),
    ...(failure.line === undefined ? {} : { line: failure.line }),
    side,
  };
}

function configFindings(head: HeadConfig | undefined): readonly Finding[] {
  return (head?.problems ?? []).map((problem) => ({
    id: "broken-configuration",
    severity: "danger",
    app: "",
    environment: "",
    resource: problem.file,
    message: `${problem.message}. ${problem.fix}`,
    file: problem.file,
    line: problem.line,
  }));
}

function notes(parts: Parts): readonly string[] {
  return [
    ...(parts.commits.unrelated ? ["the base and the head have no common ancestor: the base itself is compared"] : []),
    ...(parts.plan.source === "discovered" ? [`the base has no ${configFile}: targets were discovered`] : []),
    ...parts.plan.notes,
    ...parts.warnings.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`),
    ...(parts.headConfig?.effects ?? []),
    ...renderWarnings(parts.compared),
  ];
}

/** What renderers remark at the head and did not at the base, each remark once: what was there before is not this change's. */
function renderWarnings(compared: readonly SideBySide[]): readonly string[] {
  const affected = compared.filter((one): one is Affected => one.affected);
  const before = new Set(affected.flatMap((one) => warningsOf(one.base)));
  const fresh = [...new Set(affected.flatMap((one) => warningsOf(one.head)))].filter((text) => !before.has(text));
  const more = fresh.length - maxWarnings;
  return more > 0 ? [...fresh.slice(0, maxWarnings), `and ${more} more remarks of the renderers`] : fresh;
}

function warningsOf(render: Render | undefined): readonly string[] {
  if (!render?.ok) return [];
  return render.warnings.map(({ message, file }) => (file === undefined ? message : `${file}: ${message}`));
}

function distinct(references: readonly UnpinnedReference[]): readonly UnpinnedReference[] {
  const seen = new Map(references.map((reference) => [`${reference.file ?? ""}\0${reference.reference}`, reference]));
  return [...seen.values()];
}
