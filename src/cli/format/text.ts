import type { Finding, Preview, TargetPreview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { oneLine, type Style, style, table } from "../style.ts";
import { driftText } from "./text-drift.ts";
import { placeOf, statusText, targetText } from "./text-target.ts";
import { complete, completenessText, imageTexts, lineCounts, replicaText, shortSha } from "./values.ts";

export { diffLines } from "./text-target.ts";

/** How a preview is shown. */
export interface TextOptions {
  readonly colours: boolean;
  /** Targets that are affected and render the same are listed too, not only counted. */
  readonly all: boolean;
}

/** A preview for a terminal: findings, a table of targets, then each target's differences, then what was looked at. */
export function previewText(preview: Preview, options: TextOptions): string {
  const paint = style(options.colours);
  const shown = preview.targets.filter((target) => options.all || target.status !== "unchanged");
  const unchanged = preview.targets.length - shown.length;
  const seen = new Map<string, string>();
  const blocks = [
    heading(preview, paint),
    preview.notes.map((note) => `${paint.blue("ℹ")} ${oneLine(note)}`),
    findings(preview.findings, paint),
    shown.length > 0 ? overview(shown, paint) : [],
    driftText(preview.drift, paint),
    ...shown.map((target) => targetText(target, seen, paint)),
    ending(preview, shown.length, unchanged, paint),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function heading({ base, mergeBase, head }: Preview, paint: Style): readonly string[] {
  const from = mergeBase === base ? shortSha(base) : `${shortSha(mergeBase)} (merge base with ${shortSha(base)})`;
  return [`${paint.bold("Preview")} ${paint.dim("of")} ${from} ${paint.dim("→")} ${shortSha(head)}`];
}

const MARKS = { danger: "✖", warning: "▲", notice: "•" } as const;

function painted(severity: Finding["severity"], text: string, paint: Style): string {
  const colour = { danger: paint.red, warning: paint.yellow, notice: paint.blue } as const;
  return colour[severity](text);
}

function findings(list: readonly Finding[], paint: Style): readonly string[] {
  if (list.length === 0) return [];
  const groups = Map.groupBy(list, ({ id, severity, message }) => JSON.stringify([id, severity, message]));
  return [
    paint.bold(count(list.length, "finding")),
    ...[...groups.values()].flatMap((group) => findingGroup(group, paint)),
  ];
}

/** Findings with the same message, of one or more resources. */
function findingGroup(group: readonly Finding[], paint: Style): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const mark = `${MARKS[first.severity]} ${first.severity}`;
  const indent = " ".repeat(mark.length);
  return [
    ...group.map((finding, index) => {
      const target = finding.app === "" ? "" : `${finding.app}/${finding.environment} `;
      const where = placeOf(finding);
      const lead = index === 0 ? painted(first.severity, mark, paint) : indent;
      return `  ${lead}  ${paint.bold(oneLine(`${target}${finding.resource}`))}${where && paint.dim(` (${where})`)}`;
    }),
    `    ${oneLine(first.message)}`,
  ];
}

function overview(targets: readonly TargetPreview[], paint: Style): readonly string[] {
  const columns = [
    { title: "TARGET" },
    { title: "STATUS" },
    { title: "IMAGES" },
    { title: "REPLICAS" },
    { title: "RESOURCES", align: "right" },
    { title: "LINES", align: "right" },
  ] as const;
  const rows = targets.map((target) => {
    const { added, removed } = lineCounts(target);
    return [
      oneLine(`${target.app}/${target.environment}`),
      statusText(target.status, paint),
      oneLine(imageTexts(target).join(", ")),
      target.replicas.map(replicaText).join(", "),
      target.changes.length === 0 ? "" : String(target.changes.length),
      added + removed === 0 ? "" : `${paint.green(`+${added}`)} ${paint.red(`−${removed}`)}`,
    ];
  });
  return table(columns, rows, paint).map((line) => `  ${line}`);
}

function ending(preview: Preview, shown: number, unchanged: number, paint: Style): readonly string[] {
  const { completeness } = preview;
  const mark = complete(completeness) ? paint.green("✓") : paint.yellow("▲");
  return [
    ...(shown === 0 && preview.findings.length === 0 ? ["Nothing changes in any target."] : []),
    ...(unchanged > 0 ? [paint.dim(`${count(unchanged, "target")} read the changed files and render the same.`)] : []),
    `${mark} ${completenessText(completeness)}`,
    ...completeness.unpinned.map(
      ({ reference, reason, file }) =>
        `  ${paint.dim("not followed:")} ${oneLine(reference)}: ${oneLine(reason)}${file ? paint.dim(` (${oneLine(file)})`) : ""}`,
    ),
  ];
}
