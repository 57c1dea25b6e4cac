import { inert } from "../../diff/index.ts";
import { GATES, type GateName, type GateResult, type GateState, type GateVerdict } from "../../model/gates.ts";
import { count, sentenceList } from "../../model/text/lists.ts";

const end = "<!-- /sluice:gates -->";
/**
 * What people read may change with every version of Sluice; the states stand in the mark, with the count of a gate that
 * has one: `approvals=blocked:0/1`.
 */
const begin = /<!-- sluice:gates((?: [a-zA-Z]+=[a-z]+(?::\d+\/\d+)?)*) -->/;

const states = ["passed", "waiting", "blocked", "overridden"] as const satisfies readonly GateState[];

/** The part of a promotion's body that the gates own; `replaceGates` finds it again. Empty until they are evaluated. */
export function gatesSection(
  verdict: GateVerdict | undefined,
  about: { readonly remarks?: readonly string[]; readonly apps?: number } = {},
): string {
  if (verdict === undefined) return `<!-- sluice:gates -->\n${end}`;
  const lines = [...gateList(verdict, about.apps ?? 1), ...(about.remarks ?? [])].join("\n\n");
  return `${mark(verdict)}\n${lines}\n${end}`;
}

/** The same where there is no room for a list. `check` has it. */
export function countedGates(verdict: GateVerdict, check: string): string {
  const passed = verdict.results.filter((one) => !isOpen(one)).length;
  const heading = `### Gates: ${passed} of ${verdict.results.length} passed`;
  return `${mark(verdict)}\n${heading}\n\nThe check **${check}** lists them.\n${end}`;
}

function mark({ results }: GateVerdict): string {
  const known = results.map(({ gate, state, reason }) => {
    const [, counted, needed] = /^(\d+) of (\d+)\b/.exec(reason) ?? [];
    return ` ${gate}=${state}${counted === undefined ? "" : `:${counted}/${needed}`}`;
  });
  return `<!-- sluice:gates${known.join("")} -->`;
}

/** The body with its gates section replaced; `undefined` when somebody took the section out, and then it stays out. */
export function replaceGates(body: string, section: string): string | undefined {
  const text = body.replaceAll("\r\n", "\n");
  const from = text.search(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  return `${text.slice(0, from)}${section}${text.slice(to + end.length)}`;
}

/** The body after a merge with all gates passed: they are folded. Gates that had not passed stay visible. */
export function foldedGates(body: string): string {
  return body.replace(
    /^### Gates: (\d+) of \1 passed\r?\n\r?\n<details><summary>✅ \1 passed/m,
    (_, passed) => `<details><summary>✅ ${passed === "1" ? "1 gate" : `${passed} gates`} passed`,
  );
}

/**
 * The gates as a body shows them. Empty while they are not evaluated yet, and when somebody took the section out. A
 * table is what earlier versions wrote.
 */
export function shownGates(body: string): ReadonlyMap<GateName, GateState> {
  return new Map(gatesIn(sectionOf(body)).map(({ gate, state }) => [gate, state]));
}

/** The part of a body that the gates own; `""` when somebody took it out. */
function sectionOf(body: string): string {
  const text = body.replaceAll("\r\n", "\n");
  const found = begin.exec(text);
  const to = found === null ? -1 : text.indexOf(end, found.index);
  return found === null || to < 0 ? "" : text.slice(found.index, to);
}

interface ShownGate {
  readonly gate: GateName;
  readonly state: GateState;
  /** `0 of 1`, where it counts. */
  readonly count: string | undefined;
}

function gatesIn(text: string): readonly ShownGate[] {
  const [, marks = ""] = begin.exec(text) ?? [];
  const marked = [...marks.matchAll(/(\w+)=(\w+)(?::(\d+)\/(\d+))?/g)];
  const shown = marks === "" ? tableRows(text) : marked;
  return shown.flatMap(([, name = "", said = "", counted, needed]) => {
    const gate = GATES.find((one) => one === name);
    const state = states.find((one) => one === said);
    const count = counted === undefined ? undefined : `${counted} of ${needed}`;
    return gate === undefined || state === undefined ? [] : [{ gate, state, count }];
  });
}

/** The gates that a promotion's check says: how many there are, and those that had not passed. */
export interface SeenGates {
  readonly total: number;
  /** Each with its count: `approvals (0 of 1)`. */
  readonly unmet: readonly string[];
}

/** The gates in the summary of a promotion's check; `undefined` where it says that they could not be evaluated. */
export function gatesOfCheck(summary: string): SeenGates | undefined {
  const text = summary.replaceAll("\r\n", "\n");
  const gates = gatesIn(text);
  if (gates.length === 0 && !begin.test(text) && !text.startsWith("No gate is configured")) return undefined;
  return { total: gates.length, unmet: unmetOf(gates) };
}

/** The gates that a body says are not passed, but for one: each with its count. */
export function unmetIn(body: string, but: GateName): readonly string[] {
  return unmetOf(gatesIn(sectionOf(body)).filter(({ gate }) => gate !== but));
}

function unmetOf(gates: readonly ShownGate[]): readonly string[] {
  const open = gates.filter(({ state }) => state === "waiting" || state === "blocked");
  return open.map(({ gate, count }) => `${gateWords[gate]}${count === undefined ? "" : ` (${count})`}`);
}

/** What the reply to an override says: exactly what for, and what is left. */
export function overriddenText(about: {
  readonly gate: GateName;
  readonly reason: string;
  /** The commit that it counts for, as a link. */
  readonly head: string;
  readonly history: string;
  readonly unmet: readonly string[];
}): string {
  const { gate, reason, head, history, unmet } = about;
  const name = `${gateWords[gate].charAt(0).toUpperCase()}${gateWords[gate].slice(1)}`;
  const left = unmet.length === 0 ? "" : ` Not passed yet: ${sentenceList(unmet)}.`;
  return `✅ **${name} overridden** for ${head}: "${inert(reason)}". The next push asks for it again.${left} It is on record in the [history](${history}).`;
}

/** Why a body's soak passes by no time, and what helps; `undefined` where it may pass. */
export function starvedSoak(body: string): string | undefined {
  const text = body.replaceAll("\r\n", "\n");
  if (shownGates(text).get("soak") !== "blocked") return undefined;
  return /^- \S+ \*\*Soak:\*\* (.*?)\.?$/m.exec(text)?.[1];
}

const tableSigns: Readonly<Record<string, GateState>> = {
  "✅": "passed",
  "⏳": "waiting",
  "⛔": "blocked",
  "⚠️": "overridden",
};

const tableLabels: Readonly<Record<string, GateName>> = {
  "Not held": "hold",
  "Still in the source": "current",
  "Healthy in the source": "healthy",
  Soak: "soak",
  Approvals: "approvals",
  Checks: "checks",
  Findings: "findings",
  Windows: "windows",
  "Depends on": "dependsOn",
};

function tableRows(section: string): readonly (readonly string[])[] {
  const rows = section.matchAll(/^\| (\S+) \| \*\*([^*|]+)\*\* \| (?:(\d+) of (\d+) )?/gmu);
  return [...rows].map(([row, sign = "", label = "", counted, needed]) => [
    row,
    tableLabels[label] ?? "",
    tableSigns[sign] ?? "",
    ...(counted === undefined || needed === undefined ? [] : [counted, needed]),
  ]);
}

/** What a gate is called in a sentence. */
export const gateWords: Readonly<Record<GateName, string>> = {
  hold: "the hold",
  current: "the source",
  healthy: "health",
  soak: "soak",
  approvals: "approvals",
  checks: "checks",
  findings: "risks",
  windows: "window",
  dependsOn: "dependencies",
};

/** Whether it keeps the promotion from being merged. */
export function isOpen({ state }: GateResult): boolean {
  return state === "waiting" || state === "blocked";
}

/**
 * The gates as a heading and a list: what is not passed open, people before clocks, what stops it first; what is passed
 * folded.
 */
function gateList({ results }: GateVerdict, apps: number): readonly string[] {
  const open = orderedGates(results);
  const passed = results.filter((one) => !isOpen(one));
  if (results.length === 0) return [];
  const overridden = passed.filter(({ state }) => state === "overridden").length;
  const also = overridden === 0 ? "" : `, ${overridden} of them overridden`;
  return [
    `### Gates: ${passed.length} of ${results.length} passed`,
    ...(open.length === 0 ? [] : [open.flatMap((one) => linesOf(one, 0)).join("\n")]),
    ...(passed.length === 0
      ? []
      : [
          folded(
            `✅ ${passed.length} passed${apps > 1 ? ` in ${apps === 2 ? "both" : `all ${apps}`} apps` : ""}${also}`,
            passed,
          ),
        ]),
  ];
}

/** Those that are not passed: what stops it, then what waits for people, then what waits for time. */
export function orderedGates(results: readonly GateResult[]): readonly GateResult[] {
  const rank = ({ stopped, state }: GateResult) => (stopped !== undefined ? 0 : state === "blocked" ? 1 : 2);
  return results.filter(isOpen).toSorted((a, b) => rank(a) - rank(b));
}

function folded(summary: string, results: readonly GateResult[]): string {
  const lines = results.flatMap((one) => linesOf(one, 0)).join("\n");
  return `<details><summary>${summary}</summary>\n\n${lines}\n\n</details>`;
}

/** The whole tree for the check: what is open first, then what is passed. */
export function gateTree(verdict: GateVerdict, head: string): string {
  const { results } = verdict;
  const passed = results.filter((one) => !isOpen(one));
  const told = [...orderedGates(results), ...passed].map((one) =>
    one.setUp === undefined ? one : { ...one, who: setUpHealth(one.setUp) },
  );
  const lines = told.flatMap((one) => linesOf(one, 0));
  if (lines.length === 0) return `${mark(verdict)}\nNo gate is configured.`;
  const heading = `**${passed.length} of ${count(results.length, "gate")} passed** for ${head}.`;
  return [mark(verdict), heading, lines.join("\n")].join("\n\n");
}

/** What lets Sluice know that an environment is healthy, where nothing has ever reported it. */
export function setUpHealth(environment: string): string {
  return `tell Sluice how ${environment} is doing: report GitHub Deployments from what deploys it, or name a check with \`health: { check: … }\`, or go without with \`gates: { healthy: false }\``;
}

const maxChildren = 20;

/** Parts are shown where they say more than the whole: where something in it is open. */
function linesOf(result: GateResult, depth: number): readonly string[] {
  const telling = isOpen(result) ? (result.children ?? []).filter(isOpen) : [];
  const parts = telling.length > 1 || depth > 0 ? telling : [];
  const shown = parts.slice(0, maxChildren);
  const indent = "  ".repeat(depth);
  const line = `${indent}- ${signOf(result)} ${sentence(result)}`;
  const more = parts.length - shown.length;
  return [
    line,
    ...(depth < 3 ? shown.flatMap((part) => linesOf(part, depth + 1)) : []),
    ...(more > 0 ? [`${indent}  - and ${more} more`] : []),
  ];
}

function signOf({ state, gate, stopped }: GateResult): string {
  if (state === "passed" || state === "overridden") return "✅";
  if (gate === "hold") return "⏸️";
  return stopped === undefined ? "⏳" : "⛔";
}

/** `**Approvals:** 0 of 1. Anyone with write access may approve.` */
function sentence({ label, reason, who, state }: GateResult): string {
  const goesOn = /^(?:by|since|from) /.test(reason);
  const name = `**${inert(label)}${reason === "" || goesOn ? "" : ":"}**`;
  const said = reason === "" ? "" : ` ${inert(reason)}`;
  if (state === "passed" || state === "overridden") return `${name}${said}`;
  if (who === undefined) return `${name}${stopped(said)}`;
  return `${name}${stopped(said)} ${inert(who.charAt(0).toUpperCase() + who.slice(1))}.`;
}

function stopped(text: string): string {
  return text === "" || /[.?]$/.test(text) ? text : `${text}.`;
}
