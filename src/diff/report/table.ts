import {
  type ImageChange,
  type Preview,
  type ReplicaChange,
  type ResourceChange,
  SEVERITIES,
  type Severity,
  type TargetPreview,
} from "../../model/preview.ts";
import { clip } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { cell, code, inert } from "../../model/text/markdown.ts";
import { shortImage, splitImage } from "../image-name.ts";
import { redactMessage } from "../redact.ts";
import { type Fit, firstThatFits } from "./fit.ts";
import { plusMinus, severitySign, statusSign, targetList, targetName } from "./phrases.ts";

interface Row {
  readonly status: TargetPreview["status"];
  readonly targets: readonly string[];
  /** The sign of the gravest finding about the targets, after a space. */
  readonly mark: string;
  readonly cells: readonly string[];
  /** What the cells are about; the same for all rows of a table. */
  readonly columns: readonly string[];
}

const allColumns = ["Resources", "Images", "Replicas"];
/** A table of more rows than this shows equal rows as one, and those beyond it folded away. */
const openRows = 20;

/**
 * What changes per target, the riskiest first. When there is no room for all rows, as many as fit and counts; at the
 * least counts.
 */
export function targetTable(preview: Preview, fit: Fit): string {
  const shown = preview.targets.filter(({ status }) => status !== "unchanged");
  if (shown.length === 0) return "";
  const gravest = gravestByTarget(preview);
  const rows = withoutEmptyColumns(shown.map((target) => toRow(target, gravest.get(targetName(target)))));
  const merged = rows.length > openRows ? mergeEqual(rows) : rows;
  return firstThatFits(
    [() => whole(merged), () => whole(mergeEqual(rows)), () => partial(mergeEqual(rows), fit), () => counts(rows)],
    fit,
  );
}

function toRow(target: TargetPreview, severity: Severity | undefined): Row {
  const cells = [resources(target), images(target.images), replicas(target.replicas)];
  const mark = severity === undefined || target.status === "failed" ? "" : ` ${severitySign[severity]}`;
  return { status: target.status, targets: [targetName(target)], mark, cells, columns: allColumns };
}

function withoutEmptyColumns(rows: readonly Row[]): readonly Row[] {
  const used = allColumns.map((_, index) => rows.some(({ cells }) => cells[index] !== ""));
  const keep = (values: readonly string[]) => values.filter((_, index) => used[index]);
  const columns = keep(allColumns);
  return rows.map((row) => ({ ...row, cells: keep(row.cells), columns }));
}

function header([first]: readonly Row[]): string {
  const columns = ["Target", ...(first?.columns ?? allColumns)];
  return `| ${columns.join(" | ")} |\n|${":--|".repeat(columns.length)}\n`;
}

function gravestByTarget({ findings }: Preview): ReadonlyMap<string, Severity> {
  const gravest = new Map<string, Severity>();
  for (const severity of SEVERITIES.toReversed()) {
    for (const finding of findings) if (finding.severity === severity) gravest.set(targetName(finding), severity);
  }
  return gravest;
}

function mergeEqual(rows: readonly Row[]): readonly Row[] {
  const groups = Map.groupBy(rows, ({ status, mark, cells }) => [status, mark, ...cells].join("\n"));
  return [...groups.values()].flatMap((equal) => {
    const [first] = equal;
    return first === undefined ? [] : [{ ...first, targets: equal.flatMap(({ targets }) => targets) }];
  });
}

function rowText({ status, targets, mark, cells }: Row): string {
  return `| ${[`${statusSign[status]} ${targetList(targets)}${mark}`, ...cells].map(cell).join(" | ")} |\n`;
}

function whole(rows: readonly Row[]): string {
  const open = rows.slice(0, rows.length > openRows + 5 ? openRows : rows.length);
  const folded = rows.slice(open.length);
  const first = `${header(rows)}${open.map(rowText).join("")}\n`;
  if (folded.length === 0) return first;
  const more = folded.reduce((sum, { targets }) => sum + targets.length, 0);
  return `${first}<details><summary>${count(more, "more target")}</summary>\n\n${header(rows)}${folded.map(rowText).join("")}\n</details>\n\n`;
}

function partial(rows: readonly Row[], { budget, measure }: Fit): string {
  let room = budget - measure(header(rows)) - 300;
  const kept: Row[] = [];
  for (const row of rows) {
    room -= measure(rowText(row));
    if (room < 0) break;
    kept.push(row);
  }
  if (kept.length === 0) return counts(rows);
  const rest = counts(rows.slice(kept.length));
  return `${header(rows)}${kept.map(rowText).join("")}\nNot in this table for its size: ${rest}`;
}

function counts(rows: readonly Row[]): string {
  const statuses = ["failed", "removed", "changed", "added"] as const;
  const parts = statuses.flatMap((status) => {
    const amount = rows.filter((row) => row.status === status).reduce((sum, { targets }) => sum + targets.length, 0);
    return amount === 0 ? [] : [`${statusSign[status]} ${count(amount, `${status} target`)}`];
  });
  return `${parts.join(", ")}.\n\n`;
}

function resources(target: TargetPreview): string {
  if (target.status === "failed") return failure(target);
  const { changes, restarts } = target;
  const parts = [
    ...(target.status === "added" ? ["new target"] : []),
    ...(target.status === "removed" ? ["target gone"] : []),
    ...(["added", "removed", "renamed", "changed"] as const).flatMap((action) => actionCount(changes, action)),
    ...(restarts > 0 ? [`restarts ${count(restarts, "workload")}`] : []),
  ];
  const added = changes.reduce((sum, change) => sum + change.addedLines, 0);
  const removed = changes.reduce((sum, change) => sum + change.removedLines, 0);
  const lines = changes.length > 0 ? ` · ${plusMinus(added, removed)}` : "";
  const unknown = target.error?.side === "base" && !target.partial;
  const base = unknown
    ? " (did not render at the merge base: all of it shows as added)"
    : target.partial
      ? " (in part)"
      : "";
  return `${parts.join(", ") || "none"}${lines}${base}`;
}

function failure({ error }: TargetPreview): string {
  const message = redactMessage(error?.message ?? "").split("\n", 1)[0] ?? "";
  return `does not render${message === "" ? "" : `: ${inert(clip(message, 160))}`}`;
}

function actionCount(changes: readonly ResourceChange[], action: ResourceChange["action"]): readonly string[] {
  const amount = changes.filter((change) => change.action === action).length;
  return amount === 0 ? [] : [`${amount} ${action}`];
}

const maxCellItems = 3;

function listed(items: readonly string[]): string {
  const unique = [...new Set(items)];
  const rest = unique.length - maxCellItems;
  return [...unique.slice(0, maxCellItems), ...(rest > 0 ? [`and ${rest} more`] : [])].join("<br>");
}

function images(changes: readonly ImageChange[]): string {
  return listed(changes.map(imageText));
}

function imageText({ from, to }: ImageChange): string {
  const [before, after] = [splitImage(from), splitImage(to)];
  if (from === "") return `new ${code(shortImage(to))}`;
  if (to === "") return `${code(shortImage(from))} gone`;
  if (before.name === after.name && before.version !== "" && after.version !== "") {
    return `${code(shortImage(after.name))} ${code(shortImage(before.version))} → ${code(shortImage(after.version))}`;
  }
  return `${code(shortImage(from))} → ${code(shortImage(to))}`;
}

function replicas(changes: readonly ReplicaChange[]): string {
  const name = ({ workload }: ReplicaChange) => workload.slice(workload.lastIndexOf("/") + 1);
  return listed(
    changes.map((change) => `${code(shortImage(name(change)))} ${change.from ?? "–"} → ${change.to ?? "–"}`),
  );
}
