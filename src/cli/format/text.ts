import {
  changeRows,
  checkedCount,
  configurationLines,
  nothingChanges,
  plainMarks,
  rowEnvironments,
  verdict,
} from "../../diff/index.ts";
import type { Preview } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { oneLine, pad, type Style, style, width } from "../style.ts";
import { changeBlocks } from "./text-changes.ts";
import { deployedLines, notSeenLines } from "./text-deployed.ts";
import { driftText } from "./text-drift.ts";
import { failureLines, findingLines } from "./text-findings.ts";
import { shortSha } from "./values.ts";

/** How a preview is shown. */
export interface TextOptions {
  readonly colours: boolean;
  /** Apps that are affected and stay the same are listed too, not only counted. */
  readonly all: boolean;
  /** Resources that come or go whole are shown, not only named. */
  readonly full?: boolean;
  /** What was compared, by name. */
  readonly baseName?: string;
  readonly headName?: string;
}

/**
 * A preview for a terminal, in the order and words of the comment: the verdict, findings, what changes where, diffs
 * (equal ones once), what was compared.
 */
export function previewText(preview: Preview, options: TextOptions): string {
  const paint = style(options.colours);
  const same = sameFiles(preview, options);
  if (same !== undefined) return `${paint.bold(same)}\n`;
  const changes = changeBlocks(preview, options.full === true, paint);
  const blocks = [
    heading(preview, options, paint),
    whyNothing(preview),
    ...failureLines(preview, paint),
    findingLines(preview, paint),
    rowLines(preview, options, paint),
    ...changes.blocks,
    deployedLines(preview, paint),
    randomLines(preview),
    driftText(preview.drift, paint),
    [...configurationLines(preview), ...preview.notes].map((note) => `${paint.blue("note")}  ${oneLine(note)}`),
    notFetched(preview, paint),
    notSeenLines(preview, paint),
    [
      compared(preview, options, paint),
      ...(changes.hidden.size > 0 ? [paint.dim(`Show the ${hiddenText(changes.hidden)} resources too: --full`)] : []),
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** One line where there is nothing to compare at all. */
function sameFiles(preview: Preview, { baseName = "base", headName = "head" }: TextOptions): string | undefined {
  const { changedFiles, completeness, findings, notes } = preview;
  if (changedFiles !== 0 || completeness.affected > 0 || findings.length > 0 || notes.length > 0) return undefined;
  return `${oneLine(verdict(preview).text)}: ${oneLine(baseName)} and ${oneLine(headName)} have the same files.`;
}

function whyNothing(preview: Preview): readonly string[] {
  if (preview.targets.some(({ status }) => status !== "unchanged")) return [];
  const text = nothingChanges(preview, (name) => name).replaceAll("`", "");
  return text === "" ? [] : [oneLine(text)];
}

function hiddenText(hidden: ReadonlySet<"added" | "removed">): string {
  return [...(hidden.has("added") ? ["new"] : []), ...(hidden.has("removed") ? ["removed"] : [])].join(" and ");
}

function heading(preview: Preview, { baseName }: TextOptions, paint: Style): readonly string[] {
  const { sign, text } = verdict(preview, plainMarks, baseName);
  const colour = sign === "🔴" || sign === "❌" ? paint.red : sign === "🟠" ? paint.yellow : (line: string) => line;
  return [paint.bold(colour(oneLine(text)))];
}

function rowLines(preview: Preview, { all }: TextOptions, paint: Style): readonly string[] {
  const rows = changeRows(preview, plainMarks)
    .filter(({ failed }) => !failed)
    .map((row) => [
      oneLine(rowEnvironments(row)),
      oneLine(appsText(row.apps)),
      oneLine(row.change),
      row.severity === undefined ? "" : row.severity === "danger" ? paint.red("danger") : paint.yellow("warning"),
    ]);
  const same = all ? preview.targets.filter(({ status }) => status === "unchanged") : [];
  const listed = [
    ...rows,
    ...same.map(({ app, environment }) => [oneLine(environment), oneLine(app), paint.dim("stays the same"), ""]),
  ];
  const alone = preview.completeness.failed === 0 ? 2 : 1;
  return listed.length < alone ? [] : aligned(listed);
}

function appsText(apps: readonly string[]): string {
  return apps.length > 6 ? `${apps.slice(0, 6).join(", ")} and ${thousands(apps.length - 6)} more` : apps.join(", ");
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? "")))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .filter((_, column) => (widths[column] ?? 0) > 0)
      .join("  ")
      .trimEnd(),
  );
}

function randomLines({ targets }: Preview): readonly string[] {
  const values = new Set(
    targets.flatMap(({ random = [] }) => random.map(({ resource, path }) => `${resource} ${path}`)),
  );
  if (values.size === 0) return [];
  const shown = [...values].slice(0, 6).map((value) => `  ${oneLine(value)}`);
  const more = values.size - shown.length;
  return [
    `${count(values.size, "value")} not compared as far as the chart makes new ones at every render:`,
    ...shown,
    ...(more > 0 ? [`  and ${thousands(more)} more`] : []),
  ];
}

function notFetched({ completeness, findings }: Preview, paint: Style): readonly string[] {
  const isTold = findings.some(({ id }) => id === "reference-not-fetched");
  return completeness.unpinned
    .filter(({ kind }) => kind === "object" || !isTold)
    .map(
      ({ reference, reason, file }) =>
        `${paint.yellow("not followed")}  ${oneLine(reference)}: ${oneLine(reason)}${file ? paint.dim(` (${oneLine(file)})`) : ""}`,
    );
}

function compared(preview: Preview, { baseName = "base", headName = "head" }: TextOptions, paint: Style): string {
  const unchanged = preview.targets.filter(({ status }) => status === "unchanged").length;
  const { completeness } = preview;
  const from = preview.mergeBase === "" ? "nothing" : `${oneLine(baseName)} ${shortSha(preview.mergeBase)}`;
  const hidden = completeness.ignoredLines ?? 0;
  const parts = [
    `${from} → ${oneLine(headName)} ${shortSha(preview.head)}`,
    checkedCount(completeness, unchanged),
    hidden > 0 ? `${count(hidden, "line")} hidden by preview.ignore` : "",
  ];
  return paint.dim(parts.filter((part) => part !== "").join(", "));
}
