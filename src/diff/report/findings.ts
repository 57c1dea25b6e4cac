import { type Finding, type Preview, SEVERITIES, type Severity } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { inert } from "../../model/text/markdown.ts";
import type { Fit } from "./fit.ts";
import { findingLine, severitySign, targetList, targetName } from "./phrases.ts";

const alerts: Readonly<Record<Severity, string>> = { danger: "CAUTION", warning: "WARNING", notice: "NOTE" };

/**
 * The findings as GitHub alerts, the gravest first; equal ones of several targets as one. What does not fit is counted.
 */
export function findingAlerts(preview: Preview, fit: Fit): string {
  const sections: string[] = [];
  let room = fit.budget;
  for (const severity of SEVERITIES) {
    const findings = preview.findings.filter((finding) => finding.severity === severity);
    if (findings.length === 0) continue;
    const text = alert(severity, groupEqual(findings), { ...fit, budget: room });
    sections.push(text);
    room -= fit.measure(text);
  }
  return sections.join("");
}

interface Grouped {
  /** The first of the equal findings. */
  readonly finding: Finding;
  readonly targets: readonly string[];
  readonly resources: readonly string[];
}

/** Findings that say the same, of whichever resources and targets. */
function groupEqual(findings: readonly Finding[]): readonly Grouped[] {
  const groups = Map.groupBy(findings, ({ id, message }) => `${id}\n${message}`);
  return [...groups.values()].flatMap((equal) => {
    const [finding] = equal;
    if (finding === undefined) return [];
    const targets = [...new Set(equal.map(targetName))];
    return [{ finding, targets, resources: [...new Set(equal.map(({ resource }) => resource))] }];
  });
}

/** Of one rule's findings this many are shown in full; the others, which say the same of other resources, are named. */
const toldInFull = 4;
const named = 12;

function alert(severity: Severity, findings: readonly Grouped[], fit: Fit): string {
  const lines: string[] = [`> [!${alerts[severity]}]`];
  let room = fit.budget - fit.measure(`${lines[0]}\n\n`) - 80;
  let left = findings.length;
  for (const { line, tells } of linesOf(severity, findings)) {
    room -= fit.measure(line) + 1;
    if (room < 0) break;
    lines.push(line);
    left -= tells;
  }
  if (left > 0) {
    const more = left < findings.length ? "and " : "";
    lines.push(`> - ${more}${count(left, `${more === "" ? "" : "more "}${severity} finding`)}${fit.elsewhere}`);
  }
  return `${lines.join("\n")}\n\n`;
}

interface Line {
  readonly line: string;
  /** How many findings it tells of. */
  readonly tells: number;
}

function linesOf(severity: Severity, findings: readonly Grouped[]): readonly Line[] {
  const sign = severitySign[severity];
  return [...Map.groupBy(findings, ({ finding }) => finding.id).values()].flatMap((same) => {
    const full = same.slice(0, same.length > toldInFull + 1 ? toldInFull : same.length);
    const lines = full.map(({ finding, targets, resources }) => ({
      line: `> - ${sign} ${findingLine(finding, where(targets), resources.length - 1)}`,
      tells: 1,
    }));
    const rest = same.slice(full.length);
    return rest.length === 0 ? lines : [...lines, { line: `> - ${sign} ${restLine(rest)}`, tells: rest.length }];
  });
}

function restLine(rest: readonly Grouped[]): string {
  const names = rest.map(({ finding, targets }) =>
    [targets[0] ?? "", finding.resource].filter((part) => part !== "").join(" "),
  );
  const what = (rest[0]?.finding.id ?? "").replaceAll("-", " ");
  return `and ${rest.length} more of *${inert(what)}*: ${targetList([...new Set(names)], named)}`;
}

function where(targets: readonly string[]): string {
  return targets.every((target) => target === "") ? "" : targetList(targets, 4);
}
