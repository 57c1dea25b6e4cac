import type { Preview } from "../../model/preview.ts";
import { count, thousands } from "../../model/text/lists.ts";
import { cell, inert } from "../../model/text/markdown.ts";
import { codeMarks } from "./changes.ts";
import { type Fit, firstThatFits } from "./fit.ts";
import { nameList, severitySign } from "./phrases.ts";
import { type ChangeRow, changeRows, rowEnvironments } from "./rows.ts";

/** Rows beyond this are folded away. */
const openRows = 20;

/** Where what changes, from two rows on; as many as fit, the others counted. */
export function changeTable(preview: Preview, fit: Fit): string {
  const rows = changeRows(preview, codeMarks);
  if (rows.length < 2) return "";
  const [only, ...others] = rows.filter(({ failed }) => !failed);
  if (only !== undefined && others.length === 0 && only.severity === undefined && isBrokenBefore(preview))
    return firstThatFits([() => alsoText(only)], fit);
  return firstThatFits([() => whole(rows), () => partial(rows, fit)], fit);
}

/** Whether all that cannot be rendered was so before, which a finding says of each. */
function isBrokenBefore({ targets }: Preview): boolean {
  return targets.every(({ status, error }) => status !== "failed" || error?.cause === "before");
}

/** Beside what was broken before, one change is a sentence. */
function alsoText(row: ChangeRow): string {
  const apps = nameList(row.apps.map((app) => inert(app.trim() === "" ? "this repository" : app)));
  const environments = rowEnvironments(row);
  const where = environments === "" ? "" : ` in ${inert(environments)}`;
  return `This pull request also changes ${apps}${where}: ${inert(row.change)}.\n\n`;
}

const header = "| Where | Change |\n|---|---|\n";

function rowText(row: ChangeRow): string {
  const environments = rowEnvironments(row);
  const apps = nameList(row.apps.map((app) => inert(app.trim() === "" ? "this repository" : app)));
  const where = environments === "" ? apps : `**${inert(environments)}** · ${apps}`;
  const failed = row.failed ? "❌ " : "";
  const risk = row.severity === undefined || row.failed ? "" : ` · ${severitySign[row.severity]} ${row.severity}`;
  return `| ${cell(where)} | ${cell(`${failed}${inert(row.change)}${risk}`)} |\n`;
}

function whole(rows: readonly ChangeRow[]): string {
  const open = rows.slice(0, rows.length > openRows + 5 ? openRows : rows.length);
  const folded = rows.slice(open.length);
  const first = `${header}${open.map(rowText).join("")}\n`;
  if (folded.length === 0) return first;
  const title = `<details><summary>${places(folded)} more</summary>`;
  return `${first}${title}\n\n${header}${folded.map(rowText).join("")}\n</details>\n\n`;
}

function places(rows: readonly ChangeRow[]): string {
  return thousands(rows.reduce((sum, { apps, environments }) => sum + apps.length * environments.length, 0));
}

function partial(rows: readonly ChangeRow[], { budget, measure }: Fit): string {
  let room = budget - measure(header) - 120;
  const kept: ChangeRow[] = [];
  for (const row of rows) {
    room -= measure(rowText(row));
    if (room < 0) break;
    kept.push(row);
  }
  if (kept.length === 0) return rest(rows);
  return `${header}${kept.map(rowText).join("")}\n${rest(rows.slice(kept.length))}`;
}

function rest(rows: readonly ChangeRow[]): string {
  const failed = rows.filter((row) => row.failed);
  const amount = rows.reduce((sum, { apps, environments }) => sum + apps.length * environments.length, 0);
  const broken = failed.length === 0 ? "" : `, ${places(failed)} of them not rendered`;
  return `${count(amount, "more place changes", "more places change")}${broken}.\n\n`;
}
