import type { ConfigProblem } from "../model/problem.ts";
import type { Render } from "../model/render.ts";
import type { TargetPlan } from "../model/target-plan.ts";
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
    ...(remarks.plan.source === "discovered"
      ? [
          `The base branch has no \`${configFile}\`: Sluice took apps and environments from ${originOf(remarks.plan)}. \`sluice targets\` lists them.`,
        ]
      : []),
    ...remarks.plan.notes,
    ...remarks.warnings
      .filter(({ code }) => code === undefined)
      // What is about no place stands in no file.
      .map(({ file, line, message }) => (file === "" ? message : `${file}:${line}: ${message}`)),
    ...renderWarnings(remarks.compared),
  ];
}

function originOf({ targets }: TargetPlan): string {
  const declared = targets.some(({ declaration }) => declaration !== undefined);
  return declared ? "the objects of Argo CD and Flux and from folder names" : "the folder names";
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
