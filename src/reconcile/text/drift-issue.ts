import { code, codeMarks, fieldPhrase, fileLink, inert, plusMinus } from "../../diff/index.ts";
import type { ContestedField, EnvironmentDrift, ObjectDrift } from "../../model/deploy.ts";
import type { IssueText } from "../../model/github-repository.ts";
import type { FieldChange } from "../../model/preview.ts";
import { clip } from "../../model/text/lines.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { fenced } from "../../model/text/markdown.ts";
import { dayTime } from "../../model/text/times.ts";
import { commitLink, type DeployPlace } from "./failed-comment.ts";
import { plain } from "./told-deploy.ts";

/** What an issue says beside the differences. */
export interface DriftContext extends Omit<DeployPlace, "environment" | "head"> {
  /** When the environment was first seen to differ, in milliseconds since the epoch. */
  readonly since: number;
  /** Whether Sluice undoes such changes. */
  readonly selfHeal: "on" | "off" | "partly";
  /** What it undoes no more, since somebody changes it again each time. */
  readonly contested?: readonly ContestedField[];
}

const maxRows = 20;
const maxDiffs = 50_000;

/** The one issue of an environment that differs from Git. `drift` has at least one object. */
export function driftIssue(drift: EnvironmentDrift, context: DriftContext, now: number): IssueText {
  const { objects } = drift;
  const name = plain(drift.environment);
  const amount = count(objects.length, "resource");
  const body = [
    `**${inert(name)} differs from Git in ${amount}**, since ${dayTime(context.since, now)}.`,
    driftTable(objects),
    ...contestedPart(name, context.contested ?? []),
    nextText(name, context),
    ...driftDiffs(objects),
    `<sub>${smallPrint(drift, context, now)}</sub>`,
  ].join("\n\n");
  return { title: clip(`${name} differs from Git: ${amount}`, 120), body: `${body}\n` };
}

/** What differs, a row for each object. */
export function driftTable(objects: readonly ObjectDrift[]): string {
  const apps = new Set(objects.map(({ app }) => app)).size;
  const rows = objects.slice(0, maxRows).map((one) => `| ${resourceCell(one, apps > 1)} | ${changeCell(one)} |`);
  const rest = objects.length - maxRows;
  return ["| Resource | Git → cluster |", "|---|---|", ...rows, ...(rest > 0 ? [`| and ${rest} more | |`] : [])].join(
    "\n",
  );
}

function resourceCell({ app, change }: ObjectDrift, named: boolean): string {
  const of = named && !change.name.includes(app) ? ` of ${inert(plain(app))}` : "";
  return `${inert(plain(change.kind))} ${code(change.name)}${of}`;
}

function changeCell({ change, by }: ObjectDrift): string {
  const who = by === undefined || by === "" ? "" : `, by ${code(by)}`;
  return `${inert(changeText(change))}${who}`;
}

function changeText({ action, kind, fields = [], addedLines, removedLines }: ObjectDrift["change"]): string {
  if (action === "removed") return "missing in the cluster";
  if (fields.length === 0) return `${plusMinus(addedLines, removedLines)} lines`;
  return fields.map((field) => fieldPhrase(named(kind, field), codeMarks)).join(", ");
}

/** A key of a ConfigMap is called as it is. */
function named(kind: string, field: FieldChange): FieldChange {
  return kind === "ConfigMap" && field.path.startsWith("data.") ? { ...field, name: field.path.slice(5) } : field;
}

const maxContested = 6;

function contestedPart(environment: string, contested: readonly ContestedField[]): readonly string[] {
  if (contested.length === 0) return [];
  const shown = contested.slice(0, maxContested).map(contestedText);
  const rest = contested.length - shown.length;
  const list = [...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n");
  const apps = [...new Set(contested.map(({ app }) => app))].slice(0, maxContested);
  const again = sentenceList(apps.map((app) => code(`/reconcile ${environment} ${app}`)));
  return [
    `**Not undone any more:** somebody changes this again whenever Sluice has set it back.\n${list}`,
    `Sluice undoes nothing of ${inert(sentenceList(apps.map(plain)))} until somebody comments ${again}, or Git changes there.`,
  ];
}

function contestedText({ kind, name, path, by }: ContestedField): string {
  const what = path === undefined ? "is deleted" : `${code(clip(path, 200))} is changed`;
  const who = by === undefined || by === "" ? "" : ` by ${code(by)}`;
  return `- ${inert(plain(kind))} ${code(name)}: ${what}${who}`;
}

function nextText(environment: string, { selfHeal }: DriftContext): string {
  const reconcile = code(`/reconcile ${environment}`);
  const undo =
    selfHeal === "on"
      ? `undo it: Sluice does that by itself (${code("selfHeal")})`
      : `undo it: comment ${reconcile}.${selfHeal === "off" ? ` Automatic undoing is off here (${code("selfHeal")}).` : ""}`;
  return ["**Next:** one of", "- keep it: change it in Git", `- ${undo}`].join("\n");
}

/** The diffs, folded, as far as there is room; none where no diff is known. */
export function driftDiffs(objects: readonly ObjectDrift[]): readonly string[] {
  const diffs = objects.map(({ change: { kind, name, diff } }) =>
    diff.replaceAll(/^@@ /gm, () => `@@ ${plain(kind)} ${plain(name)} `),
  );
  let room = maxDiffs;
  const shown = diffs.filter((diff) => {
    room -= diff.length;
    return room > 0 && diff !== "";
  });
  if (shown.length === 0) return [];
  const lines = objects.reduce(
    (sum, { change }) => ({ added: sum.added + change.addedLines, removed: sum.removed + change.removedLines }),
    { added: 0, removed: 0 },
  );
  const left = shown.length < diffs.length ? `, shown here: ${shown.length} of ${diffs.length}` : "";
  const summary = `Diffs (${plusMinus(lines.added, lines.removed)})${left}`;
  return [`<details><summary>${summary}</summary>\n\n${fenced("diff", shown.join("\n"))}\n\n</details>`];
}

function smallPrint({ head, comparedAt, unknown = 0 }: EnvironmentDrift, context: DriftContext, now: number): string {
  const compared = `Last compared ${dayTime(comparedAt, now)} with ${commitLink({ ...context, head })}`;
  const left = unknown === 0 ? "" : ` · ${count(unknown, "resource")} could not be compared`;
  return `${compared}${left} · updated when it changes, closed when it is gone`;
}

/** The comment with which the issue of an environment is closed that matches Git again. */
export function driftClosedComment(
  environment: string,
  since: number,
  by: { readonly pullRequest: number; readonly author: string } | undefined,
  now: number,
): string {
  const how = by === undefined ? "" : ` #${by.pullRequest} (${code(by.author)}) brought the changes to Git.`;
  return `**Closed: ${inert(environment)} matches Git again** since ${dayTime(since, now)}.${how}\n`;
}

/** The comment with which the issue of an environment is closed that Sluice compares no more. */
export function driftEndedComment(environment: string): string {
  return `**Closed: Sluice does not compare ${inert(plain(environment))} with a cluster any more.** The configuration says so (${code("deploy")}); whether it differs is not known.\n`;
}

/** Where a field is set in Git. */
export interface FieldPlace {
  readonly path: string;
  readonly line: number;
}

/**
 * The comment that says what Sluice set back, to whoever had changed it. `places`: where what differs can be set in
 * Git, by object in the order of `objects`, where that is known.
 */
export function driftHealedComment(
  { environment, objects }: EnvironmentDrift,
  context: Omit<DriftContext, "since" | "selfHeal">,
  places: readonly (FieldPlace | undefined)[],
  now: number,
): string {
  const shown = objects.slice(0, maxRows).map((one) => undoneText(one, environment, now));
  const rest = objects.length - shown.length;
  const [first = "", ...more] = shown;
  const list =
    more.length === 0 ? first : [...shown.map((text) => `- ${text}`), ...(rest > 0 ? [`- and ${rest} more`] : [])];
  const undone = typeof list === "string" ? list : list.join("\n");
  return `${[undone, keepText(environment, objects, context, places)].join("\n\n")}\n`;
}

function undoneText({ change, by, at }: ObjectDrift, environment: string, now: number): string {
  const object = `${inert(plain(change.kind))} ${code(change.name)}`;
  const [is, set] = undoneWords(change);
  const who = by === undefined || by === "" ? "" : ` with ${code(by)}`;
  const when = at === undefined ? "" : ` on ${dayTime(at, now)}`;
  const healed = `${inert(environment)} undoes such changes (${code("selfHeal")}).`;
  return `**Undone: ${object} ${is}.** Somebody had ${set}${who}${when}; ${healed}`;
}

/** What it is again, and what somebody had done. */
function undoneWords({ action, kind, fields = [] }: ObjectDrift["change"]): readonly [is: string, set: string] {
  if (action === "removed") return ["is there again", "deleted it"];
  const [field, ...others] = fields;
  if (field === undefined || others.length > 0) return ["is as in Git again", "changed it"];
  const { name, from, to } = named(kind, field);
  const value = name === "replicas" ? `${inert(from)} replicas` : inert(`${name} ${from}`);
  return [`has ${value} again`, `set ${inert(to)}`];
}

function keepText(
  environment: string,
  objects: readonly ObjectDrift[],
  { base, repositoryUrl }: Pick<DriftContext, "base" | "repositoryUrl">,
  places: readonly (FieldPlace | undefined)[],
): string {
  const [only, ...more] = objects;
  const [field, ...others] = only?.change.fields ?? [];
  const [place] = places;
  const apps = [...new Set(objects.map(({ app }) => app))];
  const hold = sentenceList(apps.slice(0, 3).map((app) => code(`/hold ${environment}/${app}`)));
  const byHand = `To allow changes by hand for a while: ${hold}.`;
  if (more.length > 0 || field === undefined || others.length > 0) return `To keep a change, make it in Git. ${byHand}`;
  const key = code(field.path.slice(field.path.lastIndexOf(".") + 1));
  const where =
    place === undefined ? "in Git" : `in ${fileLink(place.path, place.line, { repositoryUrl, head: base })}`;
  return `To keep ${inert(field.to)}, set ${key} ${where}. ${byHand}`;
}
