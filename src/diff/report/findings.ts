import type { Acknowledgement, Finding, Preview, Severity } from "../../model/preview.ts";
import { stopped } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { code, inert, inTicks } from "../../model/text/markdown.ts";
import type { FillOptions } from "../finding-words.ts";
import { type FindingGroup, groupFindings } from "./finding-groups.ts";
import type { Fit } from "./fit.ts";
import { fileLink, type LinkBase } from "./links.ts";
import { isConfigurationError } from "./verdict.ts";

const alerts: Readonly<Record<Severity, string>> = { danger: "CAUTION", warning: "WARNING", notice: "NOTE" };

/** What alerts depend on besides their findings. */
interface AlertOptions {
  /** The command that confirms a finding, before its name. */
  readonly ack: string | undefined;
  /** What stands above them. */
  readonly heading: string;
}

/**
 * Each finding as one of GitHub's alerts: what, its consequence, the fix, the place. What has no room keeps its bold
 * sentence; the rest is counted. Errors of the configuration have a list of their own.
 */
export function findingAlerts(preview: Preview, links: LinkBase, fit: Fit, { ack, heading }: AlertOptions): string {
  const groups = groupFindings(preview).filter((group) => !isConfigurationError(group));
  const texts = groups.map((group, index) => {
    const options = { ack, isPlaced: index === 0 && heading.includes(` in ${group.places[0]?.environment}:`) };
    return { whole: alert(group, links, options), brief: brief(group, options) };
  });
  const briefSize = texts.reduce((sum, { brief: text }) => sum + fit.measure(text), 0);
  let room = fit.budget - 120;
  let spare = room - briefSize;
  const written: string[] = [];
  for (const { whole, brief: short } of texts) {
    const more = fit.measure(whole) - fit.measure(short);
    const text = more <= spare ? whole : short;
    if (fit.measure(text) > room) break;
    if (text === whole) spare -= more;
    room -= fit.measure(text);
    written.push(text);
  }
  const left = groups.slice(written.length);
  return `${written.join("")}${left.length === 0 ? "" : `${leftText(left)}${fit.elsewhere}.\n\n`}`;
}

function leftText(left: readonly FindingGroup[]): string {
  const parts = (["danger", "warning", "notice"] as const).flatMap((severity) => {
    const amount = left.filter((group) => group.severity === severity).length;
    return amount === 0 ? [] : [count(amount, `more ${severity === "notice" ? "note" : severity}`)];
  });
  return parts.join(", ");
}

function brief({ severity, filled }: FindingGroup, options: FillOptions): string {
  return `> [!${alerts[severity]}]\n> **${inert(sentences(filled(options).message).first)}**\n\n`;
}

function alert(group: FindingGroup, links: LinkBase, options: FillOptions): string {
  const { message, fix } = group.filled(options);
  const { first, rest } = sentences(message);
  const inline = inlinePlace(group.places, message);
  const place = inline === undefined ? placeText(group.places, links) : "";
  const both = alsoText(group.places, links);
  const plain = [`**${inert(first)}**`, rest === "" ? "" : inert(rest)].filter((part) => part !== "").join(" ");
  const what =
    inline === undefined
      ? plain
      : plain.replace(code(placeName(inline)), () => fileLink(inline.file, inline.line, links));
  const lines = [`> [!${alerts[group.severity]}]`];
  if (group.acknowledged !== undefined) lines.push(`> ${what}`, ">", `> ${confirmed(group.acknowledged, place)}`);
  else if (fix === undefined) lines.push(`> ${[what, place].filter((part) => part !== "").join(" ")}`);
  else if (both !== undefined) lines.push(`> ${what}`, ">", `> **Fix:** ${inert(fix)}: ${both}.`);
  else
    lines.push(`> ${what}`, ">", `> **Fix:** ${[inert(stopped(fix)), place].filter((part) => part !== "").join(" ")}`);
  return `${lines.join("\n")}\n\n`;
}

/** Who confirmed that it is meant takes the place of the fix. */
function confirmed({ by, reason }: Acknowledgement, place: string): string {
  const why = reason === undefined ? "." : `: "${inert(reason)}".`;
  return [`**Confirmed** by ${code(by)}${why}`, place].filter((part) => part !== "").join(" ");
}

/** The first sentence, which says what, and the others. A stop in code or in a name ends none. */
export function sentences(message: string): { readonly first: string; readonly rest: string } {
  let inCode = false;
  for (const { 0: found, index } of message.matchAll(/`|\.(?=\s+\S)/g)) {
    if (found === "`") inCode = !inCode;
    else if (!inCode) return { first: message.slice(0, index + 1), rest: message.slice(index + 1).trim() };
  }
  return { first: message, rest: "" };
}

interface Place {
  readonly file: string;
  readonly line: number | undefined;
}

/** The only place of a finding, where its sentence names it: it is a link there. */
function inlinePlace(places: readonly Finding[], message: string): Place | undefined {
  const [first] = places;
  if (first?.file === undefined || places.some(({ file, line }) => file !== first.file || line !== first.line))
    return undefined;
  const place = { file: first.file, line: first.line };
  return message.includes(inTicks(placeName(place))) ? place : undefined;
}

function placeName({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

const maxPlaces = 3;

/** Where it can be fixed: the first files, and how many more. */
function placeText(places: readonly Finding[], links: LinkBase): string {
  const files = new Map(
    places.flatMap(({ file, line }) =>
      file === undefined || file === "" ? [] : [[`${file}:${line}`, { file, line }]],
    ),
  );
  const shown = [...files.values()].slice(0, maxPlaces).map(({ file, line }) => fileLink(file, line, links));
  const more = files.size - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function alsoText([place]: readonly Finding[], links: LinkBase): string | undefined {
  if (place?.file === undefined || place.also === undefined) return undefined;
  return `${fileLink(place.file, place.line, links)} or ${fileLink(place.also.file, place.also.line, links)}`;
}
