import { type ChangeGroup, foldChanges, isNewContent, placesOf, plusMinus, resourceNames } from "../../diff/index.ts";
import type { Preview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { harmless, oneLine, type Style } from "../style.ts";

/** The diffs of a preview, and what of it is only named. */
export interface ChangeBlocks {
  readonly blocks: readonly (readonly string[])[];
  /** What is only named: whether it comes or goes. */
  readonly hidden: ReadonlySet<"added" | "removed">;
}

const verbs = { added: " is new", removed: " removed", renamed: " renamed", changed: "" } as const;

/** Equal changes once, the riskiest first. What comes or goes whole is named in one line each; `full` shows it. */
export function changeBlocks(preview: Preview, full: boolean, paint: Style): ChangeBlocks {
  const groups = foldChanges(preview);
  const changed = preview.targets.filter(({ status }) => status !== "unchanged");
  const context = { targets: changed.length, apps: new Set(changed.map(({ app }) => app)).size, groups: groups.length };
  const title = (group: ChangeGroup) => {
    const places = oneLine(placesOf(group, context));
    return titleOf(group, places === "" ? "" : ` ${places}`, paint);
  };
  const lined = (group: ChangeGroup) => `${title(group)} ${paint.dim(linesText(group))}`;
  const shown = groups.filter((group) => full || !isWhole(group));
  const named = groups.filter((group) => !full && isWhole(group));
  return {
    blocks: [
      ...shown.map((group) => [
        isWhole(group) ? lined(group) : title(group),
        ...diffLines(group.change.diff, paint).map((line) => `  ${line}`),
      ]),
      named.map(lined),
    ],
    hidden: new Set(named.map(({ change }) => (change.action === "added" ? "added" : "removed"))),
  };
}

function isWhole({ change }: ChangeGroup): boolean {
  return change.action === "added" || change.action === "removed";
}

/** `PersistentVolumeClaim orders-backup removed: prod, staging`. */
function titleOf({ change, members, combined }: ChangeGroup, places: string, paint: Style): string {
  const names = resourceNames(members);
  const where = change.action === "removed" ? places.replace(/^ in /, ": ") : places;
  if (combined !== undefined)
    return `${paint.bold(count(combined.length, `${change.action === "added" ? "new" : change.action} resource`))}${places}`;
  const verb = isNewContent(change) ? ", new content" : verbs[change.action];
  const was =
    change.from === undefined || isNewContent(change)
      ? ""
      : ` (was ${oneLine(`${change.from.kind} ${change.from.name}`)})`;
  const name = names.length === 1 ? ` ${oneLine(names[0] ?? "")}` : "";
  const copies = change.copies === true ? ", first copy → second copy" : "";
  return `${paint.bold(`${oneLine(change.kind)}${name}`)}${verb}${was}${where}${copies}`;
}

/** `(−15 each)`. */
function linesText({ change, members, combined, isAlike }: ChangeGroup): string {
  const each = isAlike === true || (members.length > 1 && combined === undefined) ? " each" : "";
  return `(${plusMinus(change.addedLines, change.removedLines)}${each})`;
}

/** The lines of a unified diff, made harmless and painted. */
export function diffLines(diff: string, paint: Style): readonly string[] {
  return diff
    .replace(/\n$/, "")
    .split("\n")
    .map((raw) => {
      const line = harmless(raw);
      if (line.startsWith("@@")) return paint.cyan(line);
      if (line.startsWith("+")) return paint.green(line);
      if (line.startsWith("-")) return paint.red(line);
      return paint.dim(line);
    });
}

/** `file:line`, as far as it is known. */
export function placeOf({ file, line }: { readonly file?: string; readonly line?: number }): string {
  return file === undefined ? "" : oneLine(line === undefined ? file : `${file}:${line}`);
}
