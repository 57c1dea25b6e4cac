import { when } from "../../change/text/when.ts";
import { code, inert } from "../../diff/index.ts";
import type { GateResult, GateState, GateVerdict, MergeStop } from "../../model/gates.ts";
import type { CheckReport, PullRequest } from "../../model/github.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { soak } from "../../policy/gates/soak.ts";
import type { PromotionMetadata } from "./metadata.ts";

/** The name of the check run on a promotion's head. */
export const promotionCheck = "Sluice promotion";

const begin = "<!-- sluice:gates -->";
const end = "<!-- /sluice:gates -->";

const signs: Readonly<Record<GateState, string>> = { passed: "✅", waiting: "⏳", blocked: "⛔", overridden: "⚠️" };

const states = ["passed", "waiting", "blocked", "overridden"] as const satisfies readonly GateState[];

/** The part of a promotion's body that the gates own; `replaceGates` finds it again. */
export function gatesSection(verdict: GateVerdict | undefined, now: number, remarks: readonly string[] = []): string {
  const lines = verdict === undefined ? ["_The gates are evaluated in a moment._"] : table(verdict, now);
  return [begin, "### Gates", "", ...lines, ...remarks.flatMap((remark) => ["", remark]), end].join("\n");
}

/** The body with its gates section replaced; `undefined` when somebody took the section out, and then it stays out. */
export function replaceGates(body: string, section: string): string | undefined {
  const text = body.replaceAll("\r\n", "\n");
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  return `${text.slice(0, from)}${section}${text.slice(to + end.length)}`;
}

/**
 * The gates as a body shows them: their states by label. Empty while they are not evaluated yet, and when somebody took
 * the section out.
 */
export function shownGates(body: string): ReadonlyMap<string, GateState> {
  const text = body.replaceAll("\r\n", "\n");
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return new Map();
  return new Map(gatesIn(text.slice(from, to)).map(({ label, state }) => [label, state]));
}

/** One row of a table of gates. */
interface GateRow {
  readonly label: string;
  readonly state: GateState;
  readonly reason: string;
  /** When it may pass, or who may act. */
  readonly act: string;
}

function gatesIn(text: string): readonly GateRow[] {
  const rows = text.matchAll(/^\| (\S+) \| \*\*([^*|]+)\*\* \| ((?:[^|\\\n]|\\.)*) \| ((?:[^|\\\n]|\\.)*) \|$/gmu);
  return [...rows].flatMap(([, sign, label = "", reason = "", act = ""]) => {
    const state = states.find((one) => signs[one] === sign);
    return state === undefined ? [] : [{ label, state, reason, act }];
  });
}

/** Why a body's soak passes by no time, and what helps; `undefined` where it may pass. */
export function starvedSoak(body: string): string | undefined {
  const row = gatesIn(body.replaceAll("\r\n", "\n")).find(({ label }) => label === soak.label);
  return row?.state === "blocked" ? [row.reason, row.act].filter((part) => part !== "").join("; ") : undefined;
}

/** The gates that a promotion's check says: how many there are, and those that had not passed. */
export interface SeenGates {
  readonly total: number;
  /** Each with its count: `Approvals (0 of 1)`. */
  readonly unmet: readonly string[];
}

/** The gates in the summary of a promotion's check; `undefined` where it says that they could not be evaluated. */
export function gatesOfCheck(summary: string): SeenGates | undefined {
  const rows = gatesIn(summary.replaceAll("\r\n", "\n"));
  if (rows.length === 0 && !summary.startsWith(noGate)) return undefined;
  const open = rows.filter(({ state }) => state === "waiting" || state === "blocked");
  const unmet = open.map(({ label, reason }) => {
    const counted = /^\d+ of \d+/.exec(reason)?.[0];
    return counted === undefined ? label : `${label} (${counted})`;
  });
  return { total: rows.length, unmet };
}

/** What the gates come to, on one line. */
export function verdictLine(verdict: GateVerdict, now: number): string {
  const open = verdict.results.filter(({ state }) => state === "waiting" || state === "blocked");
  if (open.length === 0) return "All gates passed";
  const names = open.map(({ label }) => label).join(", ");
  const next =
    verdict.state === "waiting" && verdict.nextAt !== undefined ? `; next at ${when(verdict.nextAt, now)}` : "";
  return `${verdict.state === "blocked" ? "Blocked" : "Waiting"}: ${names}${next}`;
}

/** One check per promotion, whose summary is the tree of gates. */
export function gatesCheck(head: string, verdict: GateVerdict, now: number, remarks: readonly string[]): CheckReport {
  const summary = [...table(verdict, now), ...remarks.flatMap((remark) => ["", remark])].join("\n").slice(0, 60_000);
  const about = { name: promotionCheck, headSha: head, title: verdictLine(verdict, now), summary };
  switch (verdict.state) {
    case "passed":
      return { ...about, status: "completed", conclusion: "success" };
    case "waiting":
      return { ...about, status: "in_progress" };
    case "blocked":
      return { ...about, status: "completed", conclusion: "action_required" };
    default:
      return verdict.state satisfies never;
  }
}

/** What is commented after a merge by hand before all gates had passed. */
export function mergedUnmetText(
  { mergedBy }: Pick<PullRequest, "mergedBy">,
  { environment, apps, kind }: Pick<PromotionMetadata, "environment" | "apps" | "kind">,
  { seen, history }: { readonly seen: SeenGates | undefined; readonly history: string },
): string {
  const who = mergedBy === undefined ? "somebody" : code(mergedBy);
  const what =
    seen === undefined
      ? "before its gates were evaluated.**"
      : `with ${seen.unmet.length} of ${count(seen.total, "gate")} not passed:** ${sentenceList(seen.unmet.map(inert))}.`;
  const first = `🟠 **Warning: ${who} merged this ${what} It is in the [history](${history}).`;
  const back = `If that was a mistake: \`/rollback ${environment} ${apps.join(" ")}\`.`;
  return kind === "rollback" ? first : `${first}\n\n${back}`;
}

/** The check of what was merged by hand, with the gates as they were seen then; `undefined` where all had passed. */
export function mergedCheck(
  { head, mergedBy = "somebody" }: Pick<PullRequest, "head" | "mergedBy">,
  { unmet }: SeenGates,
  summary: string,
): CheckReport | undefined {
  if (unmet.length === 0) return undefined;
  const title = `Merged by ${mergedBy}, ${count(unmet.length, "gate")} not passed`;
  const about = { name: promotionCheck, headSha: head.sha, title, summary } as const;
  return { ...about, status: "completed", conclusion: "neutral" };
}

/** What lets Sluice know that an environment is healthy, where nothing has ever told. */
export function setUpHealth(environment: string): string {
  return `To finish the set-up, report GitHub Deployments from what deploys ${environment}, or name a check with \`health: { check: … }\`, or go without with \`gates: { healthy: false }\``;
}

/** Why Sluice does not merge although the gates pass. */
export function stopText({ kind, app, has, gets, change }: MergeStop, environment: string): string {
  const who =
    change === undefined
      ? ""
      : `, set by ${code(change.by)}${change.pullRequest === undefined ? "" : ` with #${change.pullRequest}`}`;
  const what = `${inert(environment)} has ${inert(app)} ${code(has)}${who}`;
  return kind === "older"
    ? `**Older version:** ${what}, and this would take it back to ${code(gets)}. Sluice does not merge an older version by itself.`
    : `**Stopped:** ${what}, since this was asked for. Comment \`/promote\` again if ${code(gets)} is meant to replace it.`;
}

const noGate = "No gate is configured: it may be merged at any time.";

function table(verdict: GateVerdict, now: number): readonly string[] {
  if (verdict.results.length === 0) return [noGate];
  const rows = verdict.results.flatMap((result) => rowsOf(result, now, 0));
  return ["| | Gate | Why | When, or who may act |", "|---|---|---|---|", ...rows];
}

/** Children are shown where they say more than their parent: when something in it is open, or when there are few. */
function rowsOf(result: GateResult, now: number, depth: number): readonly string[] {
  const children = result.children ?? [];
  const telling = children.filter(({ state }) => state !== "passed");
  const shown = (telling.length > 0 ? telling : children.length > 1 && children.length <= 6 ? children : []).slice(
    0,
    20,
  );
  const indent = depth === 0 ? "" : `${"&nbsp;&nbsp;".repeat(depth * 2)}`;
  const next = result.nextAt === undefined || result.state === "passed" ? "" : when(result.nextAt, now);
  const act = [next, result.state === "blocked" || next === "" ? inert(result.who ?? "") : ""].filter(
    (part) => part !== "",
  );
  const label = depth === 0 ? `**${inert(result.label)}**` : inert(result.label);
  const row = `| ${signs[result.state]} | ${indent}${label} | ${inert(result.reason)} | ${act.join("; ")} |`;
  const more = telling.length > shown.length ? [`| | ${indent}… | ${telling.length - shown.length} more | |`] : [];
  return [row, ...(depth < 3 ? shown.flatMap((child) => rowsOf(child, now, depth + 1)) : []), ...more];
}

/** The labels of the gates that a body shows as not passed, with their signs; empty when there are none. */
export function openGates(body: string): string {
  const rows = body.replaceAll("\r\n", "\n").matchAll(/^\| (⏳|⛔) \| \*\*([^*|]+)\*\* \|/gmu);
  return [...rows].map(([, sign, label]) => `${sign} ${label}`).join(", ");
}
