import type { Finding, Preview, Severity } from "../../model/preview.ts";
import type { Fit } from "./fit.ts";
import { count, findingLine, severitySign, targetList, targetName } from "./words.ts";

const alerts: Readonly<Record<Severity, string>> = { danger: "CAUTION", warning: "WARNING", notice: "NOTE" };
const severities: readonly Severity[] = ["danger", "warning", "notice"];

/** The findings as GitHub alerts, the gravest first; equal ones of several targets as one. What does not fit is counted. */
export function findingAlerts(preview: Preview, fit: Fit): string {
  const sections: string[] = [];
  let room = fit.budget;
  for (const severity of severities) {
    const findings = preview.findings.filter((finding) => finding.severity === severity);
    if (findings.length === 0) continue;
    const text = alert(severity, groupEqual(findings), { ...fit, budget: room });
    sections.push(text);
    room -= fit.measure(text);
  }
  return sections.join("");
}

interface Grouped {
  readonly finding: Finding;
  readonly targets: readonly string[];
}

function groupEqual(findings: readonly Finding[]): readonly Grouped[] {
  const groups = Map.groupBy(findings, ({ id, resource, message }) => [id, resource, message].join("\n"));
  return [...groups.values()].flatMap((equal) => {
    const [finding] = equal;
    return finding === undefined ? [] : [{ finding, targets: [...new Set(equal.map(targetName))] }];
  });
}

function alert(severity: Severity, findings: readonly Grouped[], fit: Fit): string {
  const lines: string[] = [`> [!${alerts[severity]}]`];
  let used = fit.measure(`${lines[0]}\n\n`) + 80;
  let left = findings.length;
  for (const { finding, targets } of findings) {
    const line = `> - ${severitySign[severity]} ${findingLine(finding, where(targets))}`;
    if (used + fit.measure(line) + 1 > fit.budget) break;
    used += fit.measure(line) + 1;
    lines.push(line);
    left--;
  }
  if (left > 0)
    lines.push(
      `> - ${left < findings.length ? "and " : ""}${count(left, `${more(left, findings)}${severity} finding`)}${fit.elsewhere}`,
    );
  return `${lines.join("\n")}\n\n`;
}

function more(left: number, findings: readonly Grouped[]): string {
  return left < findings.length ? "more " : "";
}

function where(targets: readonly string[]): string {
  return targets.every((target) => target === "") ? "" : targetList(targets, 4);
}
