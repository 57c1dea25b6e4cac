import type { Annotation } from "../../model/github.ts";
import { type Finding, SEVERITIES, type Severity } from "../../model/preview.ts";
import { clip, stopped, visible } from "../../model/text/lines.ts";
import { commaList } from "../../model/text/lists.ts";
import { subject as placeName } from "./phrases.ts";

/** GitHub takes 50 annotations in one request. */
const maxAnnotations = 50;
const levels: Readonly<Record<Severity, Annotation["level"]>> = {
  danger: "failure",
  warning: "warning",
  notice: "notice",
};

/**
 * Findings that know their file as annotations, the gravest first; one for equal findings of several targets. At most
 * 50.
 */
export function annotationsOf(findings: readonly Finding[]): readonly Annotation[] {
  const placed = findings.filter(({ file }) => file !== undefined && file !== "");
  const groups = Map.groupBy(placed, ({ id, file, line, message }) => JSON.stringify([id, file, line, message]));
  return [...groups.values()]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, maxAnnotations)
    .flatMap(toAnnotation);
}

function rank(group: readonly Finding[]): number {
  return SEVERITIES.indexOf(group[0]?.severity ?? "notice");
}

function toAnnotation(group: readonly Finding[]): readonly Annotation[] {
  const [finding] = group;
  if (finding?.file === undefined) return [];
  const targets = [...new Set(group.filter(({ app }) => app !== "").map(placeName))];
  const subject = [commaList(targets, 5), finding.resource].filter((part) => part !== "").join(" · ");
  const line = finding.line ?? 1;
  return [
    {
      path: finding.file,
      startLine: line,
      endLine: line,
      level: levels[finding.severity],
      title: clip(visible(subject === "" ? titleOf(finding.id) : `${titleOf(finding.id)}: ${subject}`), 250),
      message: visible(finding.fix === undefined ? finding.message : `${finding.message} Fix: ${stopped(finding.fix)}`)
        .slice(0, 8000)
        .toWellFormed(),
    },
  ];
}

/** `deleted-persistent-volume-claim` as words. */
function titleOf(id: string): string {
  const words = id.replaceAll("-", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
