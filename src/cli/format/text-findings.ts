import { groupFindings } from "../../diff/index.ts";
import type { Finding, Preview, Severity, TargetPreview } from "../../model/preview.ts";
import { harmless, oneLine, type Style, width } from "../style.ts";
import { placeOf } from "./text-changes.ts";

const columns = 100;
const words: Readonly<Record<Severity, string>> = { danger: "danger", warning: "warning", notice: "note" };
const indent = 9;

/** The findings, each once: what, its consequence, the fix, the place. */
export function findingLines(preview: Preview, paint: Style): readonly string[] {
  return groupFindings(preview)
    .filter(({ id }) => id !== "render-failed")
    .flatMap((group) => {
      const { message, fix } = group.filled();
      const place = placesText(group.places);
      const colour = { danger: paint.red, warning: paint.yellow, notice: paint.blue }[group.severity];
      const first = `${colour(words[group.severity].padEnd(indent))}${paint.bold(oneLine(whereText(group.places)))}`;
      return [first, ...wrap(plain(message)).map((line) => " ".repeat(indent) + line), ...fixLines(fix, place, paint)];
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

function fixLines(fix: string | undefined, place: string, paint: Style): readonly string[] {
  const text = fix === undefined ? "" : `fix: ${plain(fix)}`;
  const both = [text, place].filter((part) => part !== "").join("    ");
  if (both === "") return [];
  const lines =
    width(both) + indent <= columns
      ? [[text, paint.dim(place)].filter((part) => part !== "").join("    ")]
      : [...wrap(text), ...(place === "" ? [] : [paint.dim(place)])];
  return lines.map((line) => " ".repeat(indent) + line);
}

/** What cannot be rendered: the file first, so that editors can jump; our words, then the tool's. */
export function failureLines(preview: Preview, paint: Style): readonly (readonly string[])[] {
  const failed = preview.targets.filter(({ status, error }) => status === "failed" && error !== undefined);
  const groups = Map.groupBy(failed, ({ error }) => JSON.stringify(error));
  return [...groups.values()].map((targets) => failure(targets, paint));
}

function failure(targets: readonly TargetPreview[], paint: Style): readonly string[] {
  const [first] = targets;
  const error = first?.error;
  if (first === undefined || error === undefined) return [];
  const place = placeOf(error);
  const [line = "", ...rest] = harmless(error.message).split("\n");
  const names = targets.map(({ app, environment }) => `${oneLine(app)} in ${oneLine(environment)}`);
  const who = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return [
    `${place === "" ? "" : `${paint.bold(place)}: `}${line}`,
    ...rest.slice(0, 20).map((text) => `  ${text}`),
    paint.dim(`  ${who} cannot be rendered with ${first.renderer === "plain" ? "these files" : first.renderer}`),
  ];
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
