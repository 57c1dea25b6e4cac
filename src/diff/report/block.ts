import type { LongLine, ResourceChange } from "../../model/preview.ts";
import { thousands } from "../../model/text/lists.ts";
import { code, fenced, inert } from "../../model/text/markdown.ts";
import { isNewContent } from "../generated-names.ts";
import { type BlockContext, htmlText, placesOf, renamedText, resourceNames, shortPlacesOf } from "./block-words.ts";
import { kindList } from "./changes.ts";
import type { ChangeGroup } from "./fold.ts";
import { plusMinus, severitySign } from "./phrases.ts";

/** A diff (or a part of one) as Markdown, never to be cut. */
export interface DiffBlock {
  /** As it stands in a comment. */
  readonly text: string;
  /** Folded away under a line that says what it is. */
  readonly folded: string;
  readonly group: ChangeGroup;
  /** Lines of it were too long for any page and are cut, which the text says. */
  readonly cut: boolean;
}

/** A diff above this size (UTF-16 units) is shown in parts, so that each fits a page. */
const maxPart = 24_000;
const maxLine = 600;
const maxSummary = 70;

/** A group of equal changes as one block, or as several when its diff is long. `open`: not folded away. */
export function diffBlocks(group: ChangeGroup, context: BlockContext, open = false): readonly DiffBlock[] {
  const { parts, cut } = splitDiff(group.change.diff);
  return parts.map((part, index) => {
    const suffix = parts.length === 1 ? "" : `, part ${index + 1} of ${parts.length}`;
    const diff = part === "" ? [] : [fenced("diff", part), ""];
    const folded = [
      `<details><summary>${summary(group, context, suffix)}</summary>`,
      "",
      ...(index === 0 ? about(group) : []),
      ...diff,
      "</details>",
      "",
    ].join("\n");
    const text = open ? [`${caption(group, context)}${suffix}`, "", ...diff].join("\n") : folded;
    return { text, folded, group, cut };
  });
}

const verbs: Readonly<Record<ResourceChange["action"], string>> = {
  added: " is new",
  removed: " removed",
  renamed: " renamed",
  changed: "",
};

const newContent = ", new content";

function verbOf({ action, orphaned }: ResourceChange): string {
  return orphaned === true ? " orphaned, not deleted" : verbs[action];
}

/** `, PreSync hook: runs at every sync`; a hook is no part of what stays, so nothing of it rolls out. */
function hookText({ hook }: ResourceChange): string {
  if (hook === undefined) return "";
  const when = hook.tool === "Argo CD" ? "runs at every sync" : "runs at each install or upgrade that it names";
  return `, hook ${code(hook.phase)} of ${hook.tool}: ${when}`;
}

/** `**Deployment \`web\`** in prod`. */
function caption(group: ChangeGroup, context: BlockContext): string {
  const { change, members } = group;
  if (group.isAlike) return `**${alikeText(group, context)}**${inert(placesOf(group, context))}`;
  const names = resourceNames(members);
  const kind = /^[A-Za-z0-9]{1,80}$/.test(change.kind) ? change.kind : code(change.kind);
  const named = names.length === 1 && (change.from === undefined || isNewContent(change)) ? names : [];
  const name = named.map((one) => ` ${code(one)}`).join("");
  const copies = change.copies === true ? ", first copy → second copy" : "";
  const renamed = change.from === undefined ? "" : ` ${renamedText(change, code)}`;
  const became = isNewContent(change) ? newContent : renamed;
  const places = inert(placesOf(group, context));
  return `**${kind}${name}**${places}${became || verbOf(change)}${hookText(change)}${copies}${longLines(change.longLines ?? [])}`;
}

/** `, key \`queues.json\`: 1 place in a line of 57,212 characters: \`Quiet queue\` → \`Loud backlog\``. */
function longLines(lines: readonly LongLine[]): string {
  const [line, ...others] = lines;
  if (line === undefined || others.length > 0) return "";
  const key = line.path.startsWith("data.") ? `key ${code(line.path.slice("data.".length))}` : code(line.path);
  const places = `${thousands(line.places)} ${line.places === 1 ? "place" : "places"}`;
  const words = line.words === undefined ? "" : `, ${code(line.words.from)} → ${code(line.words.to)}`;
  return `, ${key}: ${places} in a line of ${thousands(line.length)} characters${words}`;
}

/**
 * `PersistentVolumeClaim data removed in prod, staging (−15 each) · 🔴 danger`, at most 70 characters. Where there is
 * no room the word of the risk goes first, the names of the environments after all but the end of the resource's name.
 */
function summary(group: ChangeGroup, context: BlockContext, suffix: string): string {
  const { change, members, severity } = group;
  const names = resourceNames(members);
  const lines = plusMinus(change.addedLines, change.removedLines);
  const each = members.length > 1 ? " each" : "";
  const sign = severity === undefined || severity === "notice" ? undefined : ` · ${severitySign[severity]}`;
  const signed = sign === undefined ? [] : [`${sign} ${severity}`, sign];
  if (group.combined !== undefined) return combinedSummary(group, context, suffix);
  const verb = isNewContent(change) ? newContent : verbOf(change);
  const what = `${change.kind}${names.length === 1 ? ` ${names[0]}` : ""}${verb}`;
  const places = placesOf(group, context);
  const named = [places, ...(members.length > 1 ? [shortPlacesOf(group)] : [])].filter((place) => place !== "");
  const counted = members.length > 1 ? ` in ${thousands(members.length)} places` : "";
  const withRisk = (place: string, all: readonly string[]) =>
    all.map((risk) => `${place}${suffix} (${lines}${each})${risk}`);
  const ends = [
    ...named.flatMap((place) => withRisk(place, signed)),
    ...named.flatMap((place) => withRisk(place, [""])),
    ...withRisk(places === "" ? "" : counted, [...signed, ""]),
  ];
  const room = (end: string) => maxSummary - [...end].length;
  const end = ends.find((one) => [...what].length <= room(one)) ?? ends.at(-1) ?? "";
  return htmlText(`${clipEnd(what, room(end))}${end}`);
}

/** `All 4 resources`, where no other block shows any. */
function alikeText({ members }: ChangeGroup, { targets, groups }: BlockContext): string {
  return `${targets <= 1 && groups === 1 ? "All " : ""}${thousands(members.length)} resources`;
}

/** `5 new resources: Deployment, Ingress and 2 more (+118)`. */
function combinedSummary(group: ChangeGroup, context: BlockContext, suffix: string): string {
  const { change, combined = [] } = group;
  if (change.action === "renamed") {
    const what = group.isAlike ? alikeText(group, context) : "Diffs";
    const each = group.isAlike ? " each" : "";
    return htmlText(
      `${what}${placesOf(group, context)}${suffix} (${plusMinus(change.addedLines, change.removedLines)}${each})`,
    );
  }
  const word = change.action === "added" ? "new" : change.orphaned === true ? "orphaned" : "removed";
  const lead = `${thousands(combined.length)} ${word} resources${placesOf(group, context)}`;
  const tail = `${suffix} (${plusMinus(change.addedLines, change.removedLines)})`;
  const kinds = [5, 4, 3, 2, 1].map((shown) => `: ${kindList(combined, shown)}`);
  const list = kinds.find((text) => [...lead].length + [...text].length + [...tail].length <= maxSummary) ?? "";
  return htmlText(`${lead}${list}${tail}`);
}

function clipEnd(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, Math.max(8, max - 1)).join("")}…`;
}

function about({ change, members, combined }: ChangeGroup): readonly string[] {
  if (combined !== undefined) return [];
  const names = resourceNames(members);
  const list = names.length > 1 && names.length <= 20 ? [`${names.map(code).join(", ")}`, ""] : [];
  return change.from === undefined || isNewContent(change) ? list : [`${renamedText(change, code)}`, "", ...list];
}

function splitDiff(diff: string): { readonly parts: readonly string[]; readonly cut: boolean } {
  const parts: string[] = [];
  let cut = false;
  let lines: string[] = [];
  let size = 0;
  for (const whole of diff.split("\n")) {
    const line = shortLine(whole);
    if (line !== whole) cut = true;
    if (size + line.length > maxPart && lines.length > 0) {
      parts.push(lines.join("\n"));
      lines = [];
      size = 0;
    }
    lines.push(line);
    size += line.length + 1;
  }
  parts.push(lines.join("\n"));
  return { parts, cut };
}

function shortLine(line: string): string {
  if (line.length <= maxLine) return line;
  const kept = line.slice(0, maxLine - 40).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept} …‹${thousands(line.length - kept.length)} more characters›`;
}
