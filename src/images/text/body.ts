import { shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import { helpLink } from "../../model/text/help.ts";
import { clip, oneLine } from "../../model/text/lines.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { digestLines, factLines, newerLines, newsLines, skippedLines } from "./facts.ts";
import type { ImageMetadata } from "./metadata.ts";
import type { ImageSection } from "./section.ts";
import { environmentsOf, lastPart } from "./title.ts";
import { standingPart } from "./verdict.ts";

/** What the body of an image pull request is made of. */
export interface ImageBodyParts {
  readonly metadata: ImageMetadata;
  /** From `printImageMetadata`. */
  readonly comment: string;
  readonly sections: readonly ImageSection[];
  /** Sentences about how a target is edited, by the target's name. */
  readonly notes: readonly { readonly target: string; readonly note: string }[];
  /** Targets that have the image and are left out, with why. */
  readonly left: readonly { readonly target: string; readonly why: string }[];
  readonly autoMerge: boolean;
  /** The environment that takes its versions from the one that this is for. */
  readonly promote: string | undefined;
  /** Where the documents can be read. */
  readonly docsUrl?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
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

/** The body of an image pull request: the verdict, what to do next, then the facts. What does not fit is counted. */
export function imageBody(parts: ImageBodyParts): string {
  for (const room of rooms) {
    const body = build(parts, room);
    if (body.length <= LIMIT) return body;
  }
  return build(parts, least);
}

function build(parts: ImageBodyParts, room: Room): string {
  const { metadata, comment, now } = parts;
  const sections = parts.sections.slice(0, room.sections);
  const rest = parts.sections.length - sections.length;
  const blocks = [
    [`${comment}\n${standingPart(metadata, parts)}`],
    table(metadata, room.rows),
    leftLines(parts, room.remarks),
    stayLines(metadata, room.remarks),
    factLines(sections, { now, where: followers(metadata) }),
    rest > 0 ? [`And ${rest} more images.`] : [],
    newerLines(sections, now),
    skippedLines(sections),
    newsLines(sections, room.commits),
    noteLines(parts, room.remarks),
    digestLines(sections),
    [smallPrint(parts)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** `staging follows`, `prod and staging follow`. */
function followers({ targets }: ImageMetadata): string {
  const environments = environmentsOf({ targets }).toReversed();
  return `${inert(sentenceList(environments))} ${environments.length === 1 ? "follows" : "follow"}`;
}

/** From two places on; one place is in the verdict. */
function table({ targets, images }: ImageMetadata, max: number): readonly string[] {
  const all = targets
    .toReversed()
    .flatMap(({ images: moves, ...target }) => moves.map((one) => ({ ...target, ...one })));
  if (all.length < 2) return [];
  const [environment, ...others] = environmentsOf({ targets });
  const several = new Set(images.map(({ image }) => image)).size > 1;
  const one = environment !== undefined && others.length === 0 ? environment : undefined;
  const apps = new Set(all.map(({ app }) => app)).size > 1;
  const rows = all.slice(0, max).map((row) => {
    const name = several ? inert(lastPart(row.image)) : "";
    const app = apps || !several ? inert(row.app) : "";
    const where = [one === undefined ? `**${inert(row.environment)}**` : "", app, name].filter((part) => part !== "");
    return `| ${where.join(" · ")} | ${row.from === "" ? "new" : code(shortVersion(row.from))} | ${code(shortVersion(row.to))} |`;
  });
  const first = several && !apps && one !== undefined ? "Image" : "Where";
  const [has, gets] = one === undefined ? ["has", "gets"] : [`${inert(one)} has`, `${inert(one)} gets`];
  const more = all.length - rows.length;
  return [
    `| ${first} | ${has} | ${gets} |`,
    "|---|---|---|",
    ...rows,
    ...(more > 0 ? ["", `And ${more} more places.`] : []),
  ];
}

function leftLines({ left }: ImageBodyParts, max: number): readonly string[] {
  const lines = left
    .slice(0, max)
    .map(({ target, why }) => `Not included: **${inert(target)}**. ${upperFirst(sentence(remark(why)))}`);
  const rest = left.length - lines.length;
  const all = rest > 0 ? [...lines, `And ${rest} more are not included.`] : lines;
  return all.flatMap((line, index) => (index === 0 ? [line] : ["", line]));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function stayLines({ stays }: ImageMetadata, max: number): readonly string[] {
  if (stays.length === 0) return [];
  const lines = stays.slice(0, max).map(({ place, at, why, fix }) => {
    const next = fix === "" ? "" : ` ${inert(fix)}`;
    return `- **${inert(place)}** stays at ${code(at)}: ${sentence(remark(why))}${next}`;
  });
  const rest = stays.length - lines.length;
  return ["Not changed:", "", ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

function noteLines({ notes }: ImageBodyParts, max: number): readonly string[] {
  const lines = notes.slice(0, max).map(({ target, note }) => `- ${inert(target)}: ${remark(note)}`);
  const rest = notes.length - lines.length;
  return notes.length === 0 ? [] : ["### Remarks", "", ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

function remark(text: string): string {
  return inert(clip(oneLine(text), longestRemark));
}

function sentence(text: string): string {
  return text === "" || /[.?!]$/.test(text) ? text : `${text}.`;
}

function smallPrint({ metadata, sections, docsUrl }: ImageBodyParts): string {
  const [only, ...more] = sections;
  const follows = only !== undefined && more.length === 0 && only.follows;
  const tags = new Set(metadata.images.map(({ tag }) => tag));
  const [tag = ""] = tags;
  const parts = [
    follows ? `The next push of ${code(tag)} updates this pull request` : "A newer tag updates this pull request",
    follows ? "closing it skips this image" : `closing it skips ${tags.size === 1 ? inert(tag) : "these versions"}`,
    "commits you push stay",
    `${code("/retry")} asks the registry again`,
    ...helpLink(docsUrl, "images"),
  ];
  return `<sub>${parts.join(" · ")}</sub>`;
}
