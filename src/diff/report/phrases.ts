import type { Finding, Preview, Severity, TargetPreview } from "../../model/preview.ts";
import { commaList, count } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";

/** `+3 −1`, with a real minus sign. */
export function plusMinus(added: number, removed: number): string {
  return (
    [added > 0 ? `+${added}` : "", removed > 0 ? `−${removed}` : ""].filter((part) => part !== "").join(" ") || "±0"
  );
}

/** `app/environment` of a target or a finding; `""` for what is about the whole repository. */
export function targetName(target: Pick<Finding, "app" | "environment">): string {
  return [target.app, target.environment].filter((part) => part !== "").join("/");
}

/** Names of targets as code, the first few and how many more. */
export function targetList(names: readonly string[], shown = 6): string {
  // "and 1 more" would take as much room as the name.
  return commaList(names.map(code), names.length === shown + 1 ? names.length : shown);
}

/** The sign of a severity. */
export const severitySign: Readonly<Record<Severity, string>> = { danger: "🔴", warning: "🟠", notice: "🔵" };

/** The sign of a target's status. */
export const statusSign: Readonly<Record<TargetPreview["status"], string>> = {
  changed: "✏️",
  added: "🆕",
  removed: "🗑️",
  unchanged: "➖",
  failed: "❌",
};

/** What the preview comes to, in one line of plain text. */
export function headline(preview: Preview): string {
  const counted = preview.completeness.failed > 0 ? "render-failed" : "";
  const of = (severity: Severity) =>
    preview.findings.filter((finding) => finding.severity === severity && finding.id !== counted).length;
  const changed = preview.targets.filter(({ status }) => status !== "unchanged" && status !== "failed").length;
  const { failed } = preview.completeness;
  const parts = [
    failed > 0 ? `${count(failed, "target does", "targets do")} not render` : "",
    of("danger") > 0 ? count(of("danger"), "danger") : "",
    of("warning") > 0 ? count(of("warning"), "warning") : "",
    changed > 0 ? `${count(changed, "target changes", "targets change")}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "Nothing changes in any environment" : parts.join(", ");
}

/**
 * A finding as one line of Markdown; `where` names the targets, `alike` counts further resources that it is said of.
 */
export function findingLine(finding: Finding, where: string, alike: number): string {
  const others = alike > 0 ? ` and ${alike} like it` : "";
  const resource = finding.resource === "" ? "" : `${code(finding.resource)}${others}`;
  const file = finding.file === undefined ? "" : ` (${code(place(finding.file, finding.line))})`;
  const subject = [where === "" ? "" : `**${where}**`, resource].filter((part) => part !== "").join(" · ");
  return `${subject === "" ? "" : `${subject}: `}${inert(finding.message)}${file}`;
}

function place(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}:${line}`;
}
