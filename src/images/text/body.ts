import { type SourceChanges, sourceSection } from "../../change/source/section.ts";
import { shortVersion } from "../../change/text/version.ts";
import { moment } from "../../change/text/when.ts";
import { code, inert } from "../../diff/index.ts";
import { clip, oneLine } from "../../model/text/lines.ts";
import type { ImageMetadata } from "./metadata.ts";
import { environmentsOf, lastPart } from "./title.ts";

/** The facts about one image, apart from the versions. */
export interface ImageSection {
  /** As the configuration writes it. */
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  readonly platforms: readonly string[];
  /** When it was built, in milliseconds since the epoch. */
  readonly built: number | undefined;
  /** Why this tag: a sentence of the policy. */
  readonly reason: string;
  /** Tags between what the targets have and this one. */
  readonly skipped: readonly string[];
  /** What lies between the two images in the repository that they are built from, where their labels tell. */
  readonly source: SourceChanges | undefined;
}

/** What the body of an image pull request is made of. */
export interface ImageBodyParts {
  readonly metadata: ImageMetadata;
  /** From `printImageMetadata`. */
  readonly comment: string;
  readonly sections: readonly ImageSection[];
  /** Sentences about how a target is edited, by the target's id. */
  readonly notes: readonly { readonly target: string; readonly note: string }[];
  /** Targets that have the image and are left out, with why. */
  readonly left: readonly { readonly target: string; readonly why: string }[];
  readonly autoMerge: boolean;
}

/** GitHub takes 65,536 characters. */
const LIMIT = 60_000;

const longestRemark = 500;

/**
 * How much of each part is listed: commits of a source, rows of the table, notes and targets that are left out, and
 * images.
 */
interface Room {
  readonly commits: number;
  readonly rows: number;
  readonly remarks: number;
  readonly sections: number;
}

const rooms: readonly Room[] = [
  { commits: 50, rows: 300, remarks: 50, sections: 100 },
  { commits: 10, rows: 150, remarks: 30, sections: 50 },
  { commits: 0, rows: 60, remarks: 15, sections: 20 },
];
const least: Room = { commits: 0, rows: 20, remarks: 4, sections: 2 };

/** The body of an image pull request. What does not fit is counted. */
export function imageBody(parts: ImageBodyParts): string {
  for (const room of rooms) {
    const body = build(parts, room);
    if (body.length <= LIMIT) return body;
  }
  return build(parts, least);
}

function build(parts: ImageBodyParts, room: Room): string {
  const { metadata, comment, sections } = parts;
  const rest = sections.length - room.sections;
  const blocks = [
    [comment, opening(metadata), ...replacedLines(metadata)],
    table(metadata, room.rows),
    ...sections.slice(0, room.sections).map((section) => sectionLines(section, room.commits)),
    rest > 0 ? [`… and ${rest} more images.`] : [],
    remarks(parts, room.remarks),
    [closing(parts)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function opening(metadata: ImageMetadata): string {
  const names = [...new Set(metadata.images.map(({ image }) => lastPart(image)))];
  const what = names.length === 1 ? `**${inert(names[0] ?? "")}**` : `**${names.length} images**`;
  const where = environmentsOf(metadata).map((name) => code(name));
  return `Brings ${what} to ${where.join(", ")}. One value changes in each place, and nothing else in the render: that was proven before this opened.`;
}

function replacedLines({ replaced }: ImageMetadata): readonly string[] {
  if (replaced.length === 0) return [];
  return ["", `> Updated in place. It brought before: ${replaced.slice(-10).map(inert).join("; ")}`];
}

function table({ targets }: ImageMetadata, max: number): readonly string[] {
  const all = targets.flatMap(({ images, ...target }) => images.map((version) => ({ ...target, ...version })));
  const rows = all
    .slice(0, max)
    .map(
      ({ app, environment, image, from, to }) =>
        `| ${inert(app)} | ${inert(environment)} | ${code(image)} | ${from === "" ? "" : code(shortVersion(from))} | ${code(shortVersion(to))} |`,
    );
  const rest = all.length - rows.length;
  return [
    "| App | Environment | Image | has | becomes |",
    "|---|---|---|---|---|",
    ...rows,
    ...(rest > 0 ? [`| … | ${rest} more | | | |`] : []),
  ];
}

function sectionLines(section: ImageSection, commits: number): readonly string[] {
  const { image, tag, digest, platforms, built, reason, skipped, source } = section;
  const shown = skipped.slice(0, 20).map((one) => code(one));
  const more = skipped.length > 20 ? ` and ${skipped.length - 20} more` : "";
  return [
    `### ${inert(image)}:${inert(tag)}`,
    "",
    `- Chosen because ${inert(reason)}`,
    `- Digest ${code(digest)}${platforms.length === 0 ? "" : `, for ${platforms.map((one) => code(one)).join(", ")}`}`,
    ...(built === undefined ? [] : [`- Built ${moment(built)}`]),
    ...(shown.length === 0 ? [] : [`- Passed over on the way: ${shown.join(", ")}${more}`]),
    ...(source === undefined ? [] : sourceSection(source, commits)),
  ];
}

function remarks({ notes, left }: ImageBodyParts, max: number): readonly string[] {
  const all = [
    ...left.map(({ target, why }) => ({ target, is: " is left out", text: why })),
    ...notes.map(({ target, note }) => ({ target, is: "", text: note })),
  ];
  const lines = all
    .slice(0, max)
    .map(({ target, is, text }) => `- ${code(target)}${is}: ${inert(clip(oneLine(text), longestRemark))}`);
  const rest = all.length - lines.length;
  return all.length === 0 ? [] : ["### Remarks", "", ...lines, ...(rest > 0 ? [`- … and ${rest} more`] : [])];
}

function closing({ autoMerge }: ImageBodyParts): string {
  const merge = autoMerge ? "Sluice merges it when its checks pass. " : "";
  return `<sub>${merge}The comment below shows the rendered diff. A newer tag replaces this one in place; closing this pull request declines these versions, until there is a newer one; \`/retry\` looks again. Commits that people push to its branch are never overwritten.</sub>`;
}
