import type { IgnoreRule } from "../config/index.ts";
import {
  type CompareInput,
  compareTarget,
  redactMessage,
  renderFailureFinding,
  type TargetComparison,
  type TargetFinding,
  targetRemovedFinding,
  unpinnedFinding,
} from "../diff/index.ts";
import type { Finding, TargetPreview } from "../model/preview.ts";
import type { Render, RenderFailure, UnpinnedReference } from "../model/render.ts";
import type { Affected } from "./affected.ts";

/** What an affected target comes to. */
export interface ComparedTarget {
  readonly preview: TargetPreview;
  readonly findings: readonly TargetFinding[];
  readonly unpinned: readonly UnpinnedReference[];
}

/** How renders are compared. */
interface CompareOptions {
  readonly ignore: readonly IgnoreRule[];
  readonly fingerprintKey: Uint8Array;
}

/** Compares the two renders of an affected target. `because` says why it is affected. */
export function compareSides(
  one: Affected,
  because: TargetPreview["because"],
  options: CompareOptions,
): ComparedTarget {
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
  const comparison = compareRenders(one, options);
  const own = [...comparison.findings, ...sideFindings(one), ...pins];
  const preview: TargetPreview = {
    ...about,
    ...pick(comparison),
    status: statusOf(one, comparison),
    ...(one.movedFrom === undefined ? {} : { movedFrom: one.movedFrom, sameIdentities: one.sameIdentities ?? 0 }),
    ...(one.base?.ok === false ? { error: errorOf(one.base.failure, "base") } : {}),
  };
  return { preview, findings: own, unpinned };
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

/** The message about a target that did not render before, or no longer exists. */
function sideFindings({ target, base, head }: Affected): readonly Finding[] {
  const { app, environment } = target;
  const failed =
    base?.ok === false ? [renderFailureFinding({ app, environment, failure: base.failure, side: "base" })] : [];
  if (base === undefined || head !== undefined) return failed;
  const resources = base.ok ? base.resources() : [];
  const claims = resources.filter(({ object }) => object.kind === "PersistentVolumeClaim").length;
  const { path } = target.render;
  return [...failed, targetRemovedFinding({ app, environment, path, resources: resources.length, claims })];
}

function compareRenders(one: Affected, { ignore, fingerprintKey }: CompareOptions): TargetComparison {
  if (one.base?.ok && one.head?.ok && one.base.digest === one.head.digest) return { ...nothing, findings: [] };
  return compareTarget({
    app: one.target.app,
    environment: one.target.environment,
    base: resourcesOf(one.base),
    head: resourcesOf(one.head),
    ...(one.again === undefined ? {} : { again: againOf(one.again) }),
    ignore,
    fingerprintKey,
  });
}

function resourcesOf(render: Render | undefined) {
  return render?.ok ? render.resources() : undefined;
}

function againOf({ base, head }: NonNullable<Affected["again"]>): NonNullable<CompareInput["again"]> {
  const [before, after] = [resourcesOf(base), resourcesOf(head)];
  return { ...(before === undefined ? {} : { base: before }), ...(after === undefined ? {} : { head: after }) };
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
