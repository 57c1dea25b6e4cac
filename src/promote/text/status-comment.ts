import { moment } from "../../change/text/when.ts";
import { code, inert } from "../../diff/index.ts";

/**
 * The marker of the one comment "where is this change" of a pull request. The name of earlier versions: a new one would
 * orphan existing comments.
 */
export const statusMarker = "chain";

/** What took the place of what a change had brought. */
export interface LaterChange {
  readonly brought: string;
  /** It went back, and not on. */
  readonly back: boolean;
  readonly by: string;
  readonly pullRequest: number | undefined;
}

/** Where a change is in one environment of one app. Times in milliseconds since the epoch. */
export type StatusStep = {
  readonly app: string;
  readonly environment: string;
  /** What the environment has now; empty when it is not known. */
  readonly version: string;
  /** What this change brought there and what came after it, where that is something else now. */
  readonly since?: LaterChange;
} & (
  | { readonly state: "comes" | "merged" }
  | {
      readonly state: "arrived";
      readonly pullRequest: number | undefined;
      readonly at: number | undefined;
      /** Who merged it with which gates not passed. */
      readonly unmet?: { readonly by: string; readonly gates: readonly string[] };
    }
  | { readonly state: "same" }
  | {
      readonly state: "under-way";
      readonly pullRequest: number;
      readonly becomes: string;
      readonly gates: string;
      /** The branch has what a person pushed. */
      readonly pushed?: true;
      /** Why no version soaks for long enough, and what helps. */
      readonly starved?: string | undefined;
    }
  | { readonly state: "asked"; readonly by: string; readonly missing: string | undefined }
  | { readonly state: "rolled-back"; readonly by: string; readonly at: number }
  | { readonly state: "held"; readonly by: string; readonly reason: string }
  | { readonly state: "not-yet"; readonly automatic: boolean }
  /** Newer than in the environment that it comes from: nothing takes it back by itself. */
  | { readonly state: "ahead"; readonly from: string }
);

/** The comment: a table of environments, and what a person can do next. */
export function statusComment(steps: readonly StatusStep[]): string {
  if (steps.length === 0) return "### Where is this change\n\nIt touches no app of any environment.\n";
  const apps = new Set(steps.map(({ app }) => app));
  const rows = steps.slice(0, 200).map((step) => row(step, apps.size > 1));
  const more = steps.length > 200 ? [`| | … | ${steps.length - 200} more | |`] : [];
  const head =
    apps.size > 1
      ? ["| | App | Environment | Version | |", "|---|---|---|---|---|"]
      : ["| | Environment | Version | |", "|---|---|---|---|"];
  return [
    "### Where is this change",
    "",
    ...head,
    ...rows,
    ...more,
    "",
    ...nextLines(steps),
    `<sub>Renewed when something changes. \`/status\` says it again.</sub>`,
    "",
  ].join("\n");
}

function row(step: StatusStep, many: boolean): string {
  const [sign, text] = said(step);
  const app = many ? ` ${inert(step.app)} |` : "";
  return `| ${sign} |${app} ${inert(step.environment)} | ${step.version === "" ? "" : code(step.version)} | ${text} |`;
}

function said(step: StatusStep): readonly [sign: string, text: string] {
  const [sign, text] = ownPart(step);
  if (step.since === undefined) return [sign, text];
  const { brought, back, by, pullRequest } = step.since;
  const how = pullRequest === undefined ? `by ${code(by)}` : `by #${pullRequest} (${code(by)})`;
  const later = back ? `taken back ${how}` : `replaced ${how}`;
  return [back ? "↩️" : sign, `${text}: had ${code(brought)}, ${later}`];
}

/** What became of this change's own version there. */
function ownPart(step: StatusStep): readonly [sign: string, text: string] {
  switch (step.state) {
    case "comes":
      return ["◻️", "comes with this pull request"];
    case "merged":
      return ["✅", "merged with this pull request"];
    case "arrived": {
      const by = step.pullRequest === undefined ? "" : ` by #${step.pullRequest}`;
      const unmet =
        step.unmet === undefined ? "" : `, merged by ${code(step.unmet.by)} ${unmetGates(step.unmet.gates)}`;
      return [unmet === "" ? "✅" : "🟠", `arrived${by}${step.at === undefined ? "" : `, ${moment(step.at)}`}${unmet}`];
    }
    case "same":
      return ["✅", "has the same versions"];
    case "under-way":
      return ["⏳", underWay(step)];
    case "asked":
      return [
        "⏳",
        `asked for by ${code(step.by)}; opens after the merge, when the source is healthy${step.missing === undefined ? "" : `. ${inertWords(step.missing)}`}`,
      ];
    case "rolled-back":
      return ["↩️", `rolled back by ${code(step.by)}, ${moment(step.at)}`];
    case "held":
      return ["⏸️", `held by ${code(step.by)}${step.reason === "" ? "" : `: ${inert(step.reason)}`}`];
    case "ahead":
      return ["◻️", `has a newer version than ${inert(step.from)}, which stays until somebody takes it back`];
    case "not-yet":
      return ["◻️", step.automatic ? "not yet; promoted by itself when the source is healthy" : "not yet"];
    default:
      return step satisfies never;
  }
}

function underWay({
  becomes,
  pullRequest,
  gates,
  pushed,
  starved,
}: Extract<StatusStep, { state: "under-way" }>): string {
  const what = pushed
    ? `changes with #${pullRequest}, to which somebody pushed`
    : `becomes ${code(becomes)} with #${pullRequest}`;
  const waits = gates === "" ? "" : `: ${inert(gates)}`;
  return `${what}${waits}${starved === undefined ? "" : `. Soak: ${inert(starved)}`}`;
}

/** A sentence of ours in a cell. */
function inertWords(text: string): string {
  return text.replaceAll("|", "\\|");
}

function nextLines(steps: readonly StatusStep[]): readonly string[] {
  const open = [
    ...new Set(
      steps.filter((step) => step.state === "not-yet" && !step.automatic).map(({ environment }) => environment),
    ),
  ];
  const [next] = open;
  return next === undefined ? [] : [`Comment \`/promote ${next}\` to carry it on.`, ""];
}

function unmetGates(gates: readonly string[]): string {
  return gates.length === 0
    ? "before its gates were evaluated"
    : `with gates not passed: ${gates.map(inert).join(", ")}`;
}
