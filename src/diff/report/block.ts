import type { ResourceChange } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { code, fenced, htmlCode } from "../../model/text/markdown.ts";
import { resourceLabel } from "../item.ts";
import type { ChangeGroup, Member } from "./fold.ts";
import { plusMinus, severitySign, targetList } from "./phrases.ts";

/** A collapsed diff (or a part of one) as Markdown, never to be cut. */
export interface DiffBlock {
  readonly text: string;
  readonly group: ChangeGroup;
  /** Lines of it were too long for any page and are cut, which the text says. */
  readonly cut: boolean;
}

/** A diff above this size (UTF-16 units) is shown in parts, so that each fits a page. */
const maxPart = 24_000;
const maxLine = 12_000;

/** A group of equal changes as one block, or as several when its diff is long. */
export function diffBlocks(group: ChangeGroup): readonly DiffBlock[] {
  const { parts, cut } = splitDiff(group.change.diff);
  return parts.map((part, index) => {
    const suffix = parts.length === 1 ? "" : `, part ${index + 1} of ${parts.length}`;
    const lines = [
      `<details><summary>${summary(group)}${suffix}</summary>`,
      "",
      ...(index === 0 ? about(group) : []),
      ...(part === "" ? [] : [fenced("diff", part)]),
      "",
      "</details>",
      "",
    ];
    return { text: lines.join("\n"), group, cut };
  });
}

const verbs: Readonly<Record<ResourceChange["action"], string>> = {
  added: " added",
  removed: " removed",
  renamed: " renamed",
  changed: "",
};

function summary({ change, members, severity }: ChangeGroup): string {
  const sign = severity === undefined ? "" : `${severitySign[severity]} `;
  const names = commonNames(members);
  const name = ` ${htmlCode(names[0] ?? "")}${names.length > 1 ? ` and ${names.length - 1} more` : ""}`;
  const lines = plusMinus(change.addedLines, change.removedLines);
  return `${sign}<b>${htmlKind(change.kind)}</b>${name}${verbs[change.action]} · ${lines} · ${where(members)}`;
}

function htmlKind(kind: string): string {
  return /^[A-Za-z0-9]{1,80}$/.test(kind) ? kind : htmlCode(kind);
}

function where(members: readonly Member[]): string {
  const targets = [...new Set(members.map(({ target }) => target))];
  if (targets.length === 1) return htmlCode(targets[0] ?? "");
  if (targets.length > 3) return `the same in ${count(targets.length, "target")}`;
  return `the same in ${targets.map(htmlCode).join(", ")}`;
}

/** The members' names; without namespaces where these alone tell them apart, as from one environment to the next. */
function commonNames(members: readonly Member[]): readonly string[] {
  const names = [...new Set(members.map(({ label }) => label.slice(label.indexOf("/") + 1)))];
  const bare = new Set(names.map((name) => name.slice(name.indexOf("/") + 1)));
  const single = bare.size === 1 && new Set(members.map(({ target }) => target)).size === members.length;
  return single && members.length > 1 ? [...bare] : names;
}

function about({ change, members, differing }: ChangeGroup): readonly string[] {
  const lines: string[] = [];
  if (change.from !== undefined) {
    lines.push(`${code(resourceLabel(change.from))} is now ${code(resourceLabel(change))}.`);
  }
  if (members.length > 1) lines.push(foldedWhere(change, members, differing));
  return lines.length === 0 ? [] : [lines.join(" "), ""];
}

function foldedWhere(change: ResourceChange, members: readonly Member[], differing: readonly string[]): string {
  const targets = [...new Set(members.map(({ target }) => target))];
  const labels = commonNames(members);
  const lines = count(change.addedLines + change.removedLines, "line");
  const resources = labels.length > targets.length ? ` of ${targetList(labels)}` : "";
  const differ =
    differing.length > 0 ? `; ${targetList(differing, 3)} ${differing.length === 1 ? "differs" : "differ"}` : "";
  const whole = change.action === "added" || change.action === "removed";
  const apart = whole && new Set(members.map(({ namespace }) => namespace)).size > 1 ? ", but for the namespace," : "";
  return `The same ${lines}${apart}${resources} in ${targetList(targets, 20)}${differ}.`;
}

function splitDiff(diff: string): { readonly parts: readonly string[]; readonly cut: boolean } {
  if (diff.length <= maxPart) return { parts: [diff], cut: false };
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
  const kept = line.slice(0, maxLine).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept} …‹${thousands(line.length - kept.length)} more characters›`;
}
