import { groupFindings } from "../../diff/index.ts";
import type { Finding, Preview, Severity, TargetPreview } from "../../model/preview.ts";
import { toolOf } from "../../model/target.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { harmless, oneLine, pad, type Style, width } from "../style.ts";
import { placeOf } from "./text-changes.ts";

const columns = 100;
const severities: Readonly<Record<Severity, string>> = { danger: "danger", warning: "warning", notice: "note" };
const indent = 9;

/** The findings, each once: what, its consequence, the fix, the place. Places stand below each other. */
export function findingLines(preview: Preview, paint: Style): readonly string[] {
  const groups = groupFindings(preview).filter(({ id }) => id !== "render-failed");
  const told = groups.map((group) => ({ group, words: group.filled(), place: placesText(group.places) }));
  const column = Math.max(
    0,
    ...told.map(({ words, place }) => (isOneLine(words.fix, place) ? fixWidth(words.fix) : 0)),
  );
  return told.flatMap(({ group, words, place }) => {
    const { message, predicate = message, fix } = words;
    const colour = { danger: paint.red, warning: paint.yellow, notice: paint.blue }[group.severity];
    const first = `${colour(severities[group.severity].padEnd(indent))}${paint.bold(oneLine(whereText(group.places)))}`;
    const lines = wrap(plain(predicate)).map((line) => " ".repeat(indent) + line);
    return [first, ...lines, ...fixLines(fix, place, column, paint)];
  });
}

/** `orders in prod, staging`. */
function whereText(places: readonly Finding[]): string {
  const apps = [...new Set(places.map(({ app }) => app))].filter((app) => app !== "");
  const environments = [...new Set(places.map(({ environment }) => environment))].filter(
    (name) => name !== "" && name !== "default",
  );
  const who = apps.length > 3 ? `${apps.length} apps` : apps.join(", ") || "this repository";
  if (environments.length === 0) return who;
  return `${who} in ${environments.length > 6 ? `${environments.length} environments` : environments.join(", ")}`;
}

function placesText(places: readonly Finding[]): string {
  const files = [
    ...new Set(places.flatMap((place) => [placeOf(place), place.also === undefined ? "" : placeOf(place.also)])),
  ].filter((file) => file !== "");
  return files.length > 2 ? `${files.slice(0, 2).join(", ")} and ${files.length - 2} more` : files.join(", ");
}

function fixText(fix: string | undefined): string {
  return fix === undefined ? "" : `fix: ${plain(fix)}`;
}

function fixWidth(fix: string | undefined): number {
  return width(fixText(fix));
}

const gap = 4;

function isOneLine(fix: string | undefined, place: string): boolean {
  return fix !== undefined && place !== "" && indent + fixWidth(fix) + gap + width(place) <= columns;
}

/** The fix and the place on one line where they fit, the place at the column of the others that do. */
function fixLines(fix: string | undefined, place: string, column: number, paint: Style): readonly string[] {
  const text = fixText(fix);
  const at = Math.min(column, columns - indent - gap - width(place));
  const lines = isOneLine(fix, place)
    ? [`${pad(text, at)}${" ".repeat(gap)}${paint.dim(place)}`]
    : [...wrap(text), paint.dim(place)].filter((line) => line !== "");
  return lines.map((line) => " ".repeat(indent) + line);
}

/** What cannot be rendered: the file first, so that editors can jump; our words, then the tool's. */
export function failureLines(preview: Preview, paint: Style): readonly (readonly string[])[] {
  const failed = preview.targets.filter(({ status, error }) => status === "failed" && error !== undefined);
  const groups = [...Map.groupBy(failed, ({ error }) => JSON.stringify(error)).values()];
  const lacking = groups.filter(([first]) => first?.error?.cause === "not-fetched");
  if (lacking.length < 2) return groups.map((targets) => failure(targets, paint));
  const others = groups.filter((targets) => !lacking.includes(targets));
  return [...others.map((targets) => failure(targets, paint)), lackingLines(lacking.flat(), paint)];
}

/** Findings say of each what it lacks. */
function lackingLines(targets: readonly TargetPreview[], paint: Style): readonly string[] {
  return [
    `${namesOf(targets)} cannot be rendered`,
    paint.dim("  they need what is not here: the warnings below say what, and why"),
  ];
}

function failure(targets: readonly TargetPreview[], paint: Style): readonly string[] {
  const [first] = targets;
  const error = first?.error;
  if (first === undefined || error === undefined) return [];
  const place = placeOf(error);
  const [line = "", ...rest] = harmless(error.message).split("\n");
  const tool = toolOf[first.renderer];
  const isNamed = tool === "" || line.toLowerCase().startsWith(tool.toLowerCase());
  return [
    `${place === "" ? "" : `${paint.bold(place)}: `}${namesOf(targets)} cannot be rendered`,
    ...[`${isNamed ? "" : `${tool}: `}${line}`, ...rest].slice(0, 21).map((text) => paint.dim(`  ${text}`)),
  ];
}

/** `orders in prod and webapp in staging`. */
function namesOf(targets: readonly TargetPreview[]): string {
  return sentenceList(
    targets.map(({ app, environment }) => `${oneLine(app)} in ${oneLine(environment)}`),
    3,
  );
}

function plain(message: string): string {
  return oneLine(message.replaceAll("`", ""));
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(`${line} ${word}`) > columns - indent) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
