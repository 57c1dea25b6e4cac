import { resourceLabel } from "../../diff/index.ts";
import type { ResourceChange, TargetPreview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { harmless, oneLine, type Style } from "../style.ts";

/**
 * One target with its differences. `seen` remembers in which target a difference was shown first; the same one is not
 * shown again.
 */
export function targetText(target: TargetPreview, seen: Map<string, string>, paint: Style): readonly string[] {
  const place = oneLine(`${target.path === "" ? "." : target.path}, ${target.renderer}`);
  return [
    `${paint.bold(oneLine(`${target.app}/${target.environment}`))} ${paint.dim(`(${place})`)} ${statusText(target.status, paint)}`,
    ...target.because.map((chain) => paint.dim(`  because ${oneLine(chain.join(" → "))}`)),
    ...(target.restarts > 0 ? [paint.yellow(`  restarts ${count(target.restarts, "workload")}`)] : []),
    ...(target.partial ? [paint.yellow("  compared in part: something that it names is not fetched")] : []),
    ...(target.error && !target.partial ? failure(target.error, paint) : []),
    ...(target.status === "unchanged" ? [paint.dim("  reads the changed files and renders the same")] : []),
    ...target.changes.flatMap((change) => resource(change, shownBefore(target, change, seen), paint)),
  ];
}

function failure(error: NonNullable<TargetPreview["error"]>, paint: Style): readonly string[] {
  const where = placeOf(error);
  return [
    paint.red(`  ✖ does not render at the ${error.side === "base" ? "merge base" : "head"}${where && `, ${where}`}`),
    ...harmless(error.message)
      .split("\n")
      .map((line) => `    ${line}`),
  ];
}

const SIGNS = { added: "+", removed: "−", changed: "~", renamed: "»" } as const;

/** The target in which the same difference was shown, `undefined` the first time. */
function shownBefore(target: TargetPreview, change: ResourceChange, seen: Map<string, string>): string | undefined {
  const key = JSON.stringify([change.action, change.apiVersion, change.kind, change.diff]);
  const before = seen.get(key);
  if (before === undefined) seen.set(key, `${target.app}/${target.environment}`);
  return before;
}

function resource(change: ResourceChange, before: string | undefined, paint: Style): readonly string[] {
  const from = change.from ? paint.dim(` (was ${oneLine(resourceLabel(change.from))})`) : "";
  const lines = `${paint.green(`+${change.addedLines}`)} ${paint.red(`−${change.removedLines}`)}`;
  const same = before === undefined ? "" : paint.dim(`, the same lines as in ${oneLine(before)}`);
  return [
    "",
    `  ${SIGNS[change.action]} ${paint.bold(oneLine(resourceLabel(change)))} ${paint.dim(oneLine(change.apiVersion))}${from} ${change.action} ${lines}${same}`,
    ...(before === undefined ? diffLines(change.diff, paint).map((line) => `    ${line}`) : []),
  ];
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

/** The status of a target in its colour. */
export function statusText(status: TargetPreview["status"], paint: Style): string {
  const colour = {
    changed: paint.yellow,
    added: paint.green,
    removed: paint.red,
    failed: paint.red,
    unchanged: paint.dim,
  } as const;
  return colour[status](status);
}
