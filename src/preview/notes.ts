import type { ConfigProblem } from "../model/problem.ts";
import type { Render } from "../model/render.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import { count } from "../model/text/lists.ts";
import { configFile } from "../targets/index.ts";
import type { Affected, ComparedTarget } from "./affected.ts";
import type { Commits } from "./outcome.ts";

/** Remarks of renderers (deprecated fields, say) that are repeated; the rest is counted. */
const maxWarnings = 5;

/** What notes are made of. */
interface Remarks {
  readonly commits: Commits;
  readonly compared: readonly ComparedTarget[];
  readonly plan: TargetPlan;
  /** Remarks on the base's configuration that do not stop it. */
  readonly warnings: readonly ConfigProblem[];
  /** Those of the plan before the change. */
  readonly warningsBefore: readonly ConfigProblem[];
}

/**
 * What a reader must know besides the differences: where targets came from, what the configuration and the renderers
 * remark.
 */
export function notes(remarks: Remarks): readonly string[] {
  return [
    ...(remarks.commits.unrelated
      ? ["The two branches have no common commit, so the tip of the base branch is compared."]
      : []),
    ...(remarks.plan.source === "discovered" ? [discovered(remarks.plan)] : []),
    ...remarks.plan.notes,
    ...fresh(remarks),
    ...standing(remarks),
    ...renderWarnings(remarks.compared),
  ];
}

function discovered({ targets }: TargetPlan): string {
  const from = targets.some(({ declaration }) => declaration !== undefined)
    ? "what Argo CD and Flux deploy here"
    : "the folder names";
  return `The base branch has no \`${configFile}\`: Sluice took apps and environments from ${from}. \`sluice targets\` lists them.`;
}

/** Remarks on the configuration, and on objects where they were not there before. */
function fresh({ warnings, warningsBefore }: Remarks): readonly string[] {
  const before = new Set(warningsBefore.map(identity));
  const those = warnings.filter((one) => one.code === undefined && !(isOfObject(one) && before.has(identity(one))));
  return [...new Set(those.map(placed))];
}

/** A problem, wherever the change has moved its line to. */
function identity({ file, message }: ConfigProblem): string {
  return `${file}\n${message}`;
}

function placed({ file, line, message }: ConfigProblem): string {
  return file === "" ? message : `${file}:${line}: ${message}`;
}

/** How many problems of what controllers deploy are there on either side; those of its targets are told with them. */
function standing({ warnings, warningsBefore }: Remarks): readonly string[] {
  const before = new Set(warningsBefore.map(identity));
  const those = new Map(
    warnings.filter(isOfObject).flatMap((one) => (before.has(identity(one)) ? [[identity(one), one]] : [])),
  );
  const broken = [...those.values()].filter(({ code }) => code === "not-rendered").length;
  const others = those.size - broken;
  const parts = [
    ...(broken > 0 ? [`${count(broken, "object")} of Argo CD or Flux ${broken === 1 ? "does" : "do"} not render`] : []),
    ...(others > 0
      ? [
          `there ${others === 1 ? "is" : "are"} ${count(others, "remark")} on what ${broken > 0 ? "they" : "Argo CD and Flux"} read`,
        ]
      : []),
  ];
  return parts.length === 0 ? [] : [`As before this change, ${parts.join(" and ")}: \`sluice targets\` says more.`];
}

/** Whether it is of an object of a controller, and not of the configuration. */
function isOfObject({ file }: ConfigProblem): boolean {
  return file !== configFile;
}

/**
 * What renderers remark at the head and did not at the base, each remark once: what was there before is not this
 * change's.
 */
function renderWarnings(compared: readonly ComparedTarget[]): readonly string[] {
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
