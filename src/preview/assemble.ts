import type { IgnoreRule } from "../config/index.ts";
import { lostAppsFinding, unmatchedPathFinding, unreadFilesFinding } from "../diff/index.ts";
import { breathe } from "../model/breathe.ts";
import type { Finding, Preview } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { ChangedPath } from "../model/tree.ts";
import type { Affected, ComparedTarget, ComparedTrees } from "./affected.ts";
import { reasons } from "./affected-reasons.ts";
import { type ComparedTarget as ComparedSides, compareSides, distinct } from "./compare-target.ts";
import { locateFindings } from "./locate.ts";
import { notes } from "./notes.ts";
import type { Commits, HeadConfig } from "./outcome.ts";
import { byUrgency } from "./plan.ts";
import { unreadFiles } from "./unread.ts";

/** What a preview is assembled from. */
export interface Parts {
  readonly commits: Commits;
  readonly compared: readonly ComparedTarget[];
  readonly trees: ComparedTrees;
  readonly changed: readonly ChangedPath[];
  readonly plan: TargetPlan;
  /** Remarks on the base's configuration that do not stop it. */
  readonly warnings: readonly ConfigProblem[];
  readonly headConfig: HeadConfig | undefined;
  readonly fingerprintKey: Uint8Array;
  readonly ignore: readonly IgnoreRule[];
  /** Globs of files that no target need read. */
  readonly exclude: readonly string[];
}

/** Compares what was rendered and says it as one value. Reads files only to name lines and reasons. */
export async function assemble(parts: Parts): Promise<Preview> {
  const affected = parts.compared.filter((one): one is Affected => one.affected);
  const because = await reasons(affected, parts.changed, parts.trees);
  const compared: ComparedSides[] = [];
  for (const [index, one] of affected.entries()) {
    compared.push(compareSides(one, because[index] ?? [], parts));
    await breathe();
  }
  const findings = compared.flatMap((one) => one.findings);
  const unread = await unreadFiles(parts.changed, affected, parts.trees, parts.exclude);
  const targets = byUrgency(
    compared.map((one) => one.preview),
    findings,
  );
  const failed = targets.filter((target) => target.status === "failed").length;
  const partial = targets.filter((target) => target.partial).length;
  return {
    base: parts.commits.base,
    mergeBase: parts.commits.mergeBase,
    head: parts.commits.head,
    targets,
    findings: [
      ...configFindings(parts.headConfig),
      ...(await locateFindings(findings, { ...parts, targets })),
      ...uncovered(parts, unread),
      ...(parts.headConfig?.lost ?? []).map(({ environment, apps, kept }) => lostAppsFinding(environment, apps, kept)),
    ],
    completeness: {
      targets: parts.compared.length,
      affected: affected.length,
      rendered: affected.length - failed,
      failed,
      ...(partial > 0 && { partial }),
      ...(unread.length > 0 && { unread }),
      truncated: 0,
      hiddenLines: targets.reduce((sum, target) => sum + target.hiddenLines, 0),
      ignoredLines: targets.reduce((sum, target) => sum + (target.ignoredLines ?? 0), 0),
      unpinned: distinct(compared.flatMap((one) => one.unpinned)),
    },
    notes: notes(parts),
    environments: parts.plan.environments,
    apps: new Set(parts.plan.targets.map(({ app }) => app)).size,
    changedFiles: parts.changed.length,
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

/** What no target covers: changed files, and paths of the configuration without folders. */
function uncovered({ warnings, plan }: Parts, unread: readonly string[]): readonly Finding[] {
  const unmatched = warnings.filter(({ code }) => code === "unmatched-path");
  return [
    ...unmatched.map((problem) => unmatchedPathFinding(problem, plan.environments[Number(problem.path[1])] ?? "")),
    ...(unread.length === 0 ? [] : [unreadFilesFinding(unread)]),
  ];
}
