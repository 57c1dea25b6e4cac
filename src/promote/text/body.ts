import { shortMove, shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { orderOfChange } from "../carried.ts";
import { type IncludedChanges, includedSection } from "./included-changes.ts";
import type { PromotionMetadata } from "./metadata.ts";
import { type ImageCommits, sourceCommitsSection } from "./source-commits.ts";

/** What a promotion's body is made of. */
export interface BodyParts {
  readonly metadata: PromotionMetadata;
  /** The metadata as `printPromotion` gives it. */
  readonly comment: string;
  /** From `gatesSection`. */
  readonly gates: string;
  readonly included: IncludedChanges;
  /** What the images are built from, where their labels tell. */
  readonly sourceCommits: readonly ImageCommits[];
  /** Sentences about how a target is edited, by app. */
  readonly notes: readonly { readonly app: string; readonly note: string }[];
  /** Apps that were asked for and are left out, with why. */
  readonly left: readonly { readonly app: string; readonly why: string }[];
  /** Planned apps of which the render stays the same. */
  readonly unchanged: readonly string[];
  readonly repositoryUrl: string;
}

/** GitHub takes 65,536 characters. */
const LIMIT = 60_000;

/**
 * The body of a promotion pull request. Whatever does not fit is counted, never dropped silently; the table of versions
 * goes last.
 */
export function promotionBody(parts: BodyParts): string {
  for (const [changes, rows] of [
    [100, 500],
    [30, 300],
    [10, 150],
    [3, 60],
  ] as const) {
    const body = build(parts, changes, rows);
    if (body.length <= LIMIT) return body;
  }
  return build({ ...parts, notes: [], left: parts.left.slice(0, 20) }, 0, 40);
}

function build(parts: BodyParts, changes: number, rows: number): string {
  const sections = [
    [parts.comment, opening(parts), ...replacedLines(parts.metadata)],
    versions(parts.metadata, rows),
    [parts.gates],
    includedSection(parts.included, parts.repositoryUrl, changes, headingOf(parts.metadata)),
    sourceCommitsSection(parts.sourceCommits),
    remarks(parts),
    closing(parts.metadata),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headingOf({ kind }: PromotionMetadata): string {
  return kind === "rollback" ? "What goes away" : "What it carries";
}

function opening({ metadata, repositoryUrl }: BodyParts): string {
  const commit = `[${code(metadata.commit.slice(0, 7))}](${repositoryUrl}/commit/${metadata.commit})`;
  const what =
    metadata.targets.length === 1
      ? `**${inert(metadata.targets[0]?.app ?? "")}**`
      : `**${metadata.targets.length} apps**`;
  const who = metadata.actor === undefined ? "It opened by itself" : `Asked for by ${code(metadata.actor)}`;
  const where = metadata.origin === undefined ? "." : ` on #${metadata.origin}.`;
  if (metadata.kind === "rollback") {
    return `Restores ${what} in ${code(metadata.environment)} to what it was at ${commit}. ${who}${where} Automation stays on hold there until somebody releases it (\`/release\`) or promotes something newer.`;
  }
  return `Carries ${what} from ${code(metadata.from)} to ${code(metadata.environment)}, as it is at ${commit}. ${who}${where}`;
}

function replacedLines({ replaced }: PromotionMetadata): readonly string[] {
  if (replaced.length === 0) return [];
  const shown = replaced
    .slice(-10)
    .map(({ versions: text, by }) => `${inert(text)}${by === undefined ? "" : ` (${code(by)})`}`);
  return ["", `> Updated in place. It carried before: ${shown.join("; ")}`];
}

function versions({ kind, environment, targets }: PromotionMetadata, max: number): readonly string[] {
  const moved = targets.flatMap(({ app, images }) => images.map((image) => versionRow(app, image, kind)));
  const others = targets
    .filter(({ images }) => images.length === 0)
    .map(({ app }) => `| ${inert(app)} | files | | see the diff |`);
  const rows = [...moved, ...others];
  const rest = rows.length - max;
  return [
    `| App | What | ${inert(environment)} has | becomes |`,
    "|---|---|---|---|",
    ...rows.slice(0, max),
    ...(rest > 0 ? [`| … | ${rest} more | | |`] : []),
  ];
}

function versionRow(app: string, change: VersionChange, kind: PromotionMetadata["kind"]): string {
  const { image, from, to } = change;
  const older = kind === "promotion" && orderOfChange(change) === "older" ? " ⬇️ older" : "";
  return `| ${inert(app)} | ${code(image)} | ${from === "" ? "" : code(shortVersion(from))} | ${code(shortVersion(to))}${older} |`;
}

function remarks({ notes, left, unchanged, metadata }: BodyParts): readonly string[] {
  const many = metadata.targets.length + left.length > 1;
  const lines = [
    ...notes.slice(0, 50).map(({ app, note }) => `- ${many ? `${code(app)}: ` : ""}${inert(note)}`),
    ...unchanged.map((app) => `- ${code(app)}: the render stays the same; nothing changes in the cluster`),
    ...left.map(({ app, why }) => `- ${code(app)} is not carried: ${inert(why)}`),
  ];
  return lines.length === 0 ? [] : ["### Remarks", "", ...lines];
}

function closing(metadata: PromotionMetadata): readonly string[] {
  const place = code(metadata.environment);
  if (metadata.kind === "rollback") {
    const apps = metadata.apps.map((app) => `\`/release ${metadata.environment}/${app}\``).join(", ");
    return [
      `<sub>The comment below shows the rendered diff. Closing this pull request keeps the hold: ${apps} ends it.</sub>`,
    ];
  }
  return [
    `<sub>The comment below shows the rendered diff. \`/override <gate> <reason>\` passes a gate, \`/hold ${metadata.environment}\` stops promotions to ${place}, \`/retry\` plans again, closing this pull request drops it. A newer version replaces this one in place.</sub>`,
  ];
}

/** The versions of a promotion on one short line, for what replaced what. */
export function versionsLine(targets: PromotionMetadata["targets"]): string {
  const moves = targets.map(({ app, images }) => {
    const [first, ...more] = images;
    if (first === undefined) return app;
    return `${app} ${shortMove(first)}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  });
  return `${moves.slice(0, 3).join(", ")}${moves.length > 3 ? ` and ${moves.length - 3} more apps` : ""}`.slice(0, 300);
}
