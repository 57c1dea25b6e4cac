import type { SourceChanges } from "../../change/source/section.ts";
import { code, inert } from "../../diff/index.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { dayTime } from "../../model/text/times.ts";
import type { ImageSection } from "./section.ts";
import { lastPart } from "./title.ts";

const maxSkipped = 20;

/** Why this tag, when it was built and for what; what has one answer for all images is said once. */
export function factLines(
  sections: readonly ImageSection[],
  { now, where }: { readonly now: number; readonly where: string },
): readonly string[] {
  const reasons = new Set(sections.map(({ reason }) => reason));
  const many = sections.length > 1;
  const why = (section: ImageSection, name: string, end: string): string =>
    `- **Why ${name}${inert(section.tag)}:** ${inert(section.reason)}${end}`;
  const [first] = sections;
  if (first === undefined) return [];
  const same = reasons.size === 1 && new Set(sections.map(({ tag }) => tag)).size === 1;
  const whys = same
    ? [why(first, "", many ? ` for all ${sections.length}` : "")]
    : sections.map((section) => why(section, `${inert(lastPart(section.image))} `, ""));
  if (first.follows && !many) return followingLines(first, where, now);
  return [...whys, ...builtLine(sections, now)];
}

/** Of one tag that is followed, the images tell two versions apart. */
function followingLines(section: ImageSection, where: string, now: number): readonly string[] {
  const [old, fresh] = [section.oldDigest, section.digest].map((one) => code(one.replace(/^sha256:/, "").slice(0, 12)));
  return [
    ...(section.oldDigest === "" ? [] : [`- **Digest:** ${old} → ${fresh}`]),
    ...builtLine([section], now),
    `- **Why:** ${where} the tag ${code(section.tag)}, also to an older image if somebody moves the tag back`,
  ];
}

function builtLine(sections: readonly ImageSection[], now: number): readonly string[] {
  const times = sections.flatMap(({ built }) => (built === undefined || Number.isNaN(built) ? [] : [built]));
  const platforms = [...new Set(sections.flatMap((section) => section.platforms))];
  const target = platforms.length === 0 ? "" : `, for ${sentenceList(platforms.map(inert))}`;
  if (times.length === 0) return [];
  const [first, last] = [dayTime(Math.min(...times), now), dayTime(Math.max(...times), now)];
  const sameDay = first.split(", ")[0] === last.split(", ")[0];
  const until = first === last ? "" : ` to ${sameDay ? last.split(", ")[1] : last}`;
  return [`- **Built:** ${until === "" ? first : first.replace(/ UTC$/, "")}${until}${target}`];
}

/** Tags between the old one and this one, which nobody gets. */
export function skippedLines(sections: readonly ImageSection[]): readonly string[] {
  const all = sections.filter(({ skipped }) => skipped.length > 0);
  return all.flatMap((section, index) => [...(index === 0 ? [] : [""]), skippedLine(section, sections.length > 1)]);
}

function skippedLine({ image, from, tag, skipped }: ImageSection, many: boolean): string {
  const shown = skipped.slice(0, maxSkipped).map((one) => code(one));
  const rest = skipped.length - shown.length;
  const of = many ? ` of ${inert(lastPart(image))}` : "";
  const between = from === "" ? "" : ` between ${inert(from)} and ${inert(tag)}`;
  const verb = skipped.length === 1 ? "is" : "are";
  return `${count(skipped.length, "tag")}${of}${between} ${verb} passed over: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

/** Newer tags that were not taken, each with the rule that is against it. */
export function newerLines(sections: readonly ImageSection[], now: number): readonly string[] {
  const rows = sections
    .flatMap(({ newer }) => newer.slice(0, 5))
    .map(({ tag, reason }) => `| ${code(tag)} | ${inert(withTime(reason, now))} |`);
  return rows.length === 0 ? [] : ["| Newer tag | Why not |", "|---|---|", ...rows];
}

/** Reasons name moments to the second. */
function withTime(reason: string, now: number): string {
  return reason.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/, (_, day, time) =>
    dayTime(Date.parse(`${day}T${time}Z`), now),
  );
}

/** What lies between the images in the repositories that they are built from. */
export function newsLines(sections: readonly ImageSection[], max: number): readonly string[] {
  const known = sections.flatMap(({ source, ...about }) => (source === undefined ? [] : [{ ...about, source }]));
  const lines = known.flatMap(({ source, image, from, tag }) => {
    const name = known.length > 1 ? `${inert(lastPart(image))}: ` : "";
    return [...commitLines(source, max), "", `${name}${comparison(source, from, tag)}`, ""];
  });
  return lines.length === 0 ? [] : ["### What is new", "", ...lines.join("\n").trim().split("\n")];
}

function commitLines({ commits }: SourceChanges, max: number): readonly string[] {
  return commits
    .slice(0, max)
    .map(
      ({ sha, title, author, url }) =>
        `- ${inert(title)} (${code(author.slice(0, 80))}, [${code(sha.slice(0, 7))}](${url}))`,
    );
}

function comparison({ url, compareUrl, total }: SourceChanges, from: string, to: string): string {
  const name = inert(url.replace(/^https?:\/\/[^/]+\//, ""));
  if (compareUrl === undefined) return `[${name}](${url}) has its source`;
  const between = from === "" || from === to ? "" : ` between ${inert(from)} and ${inert(to)}`;
  const commits = total === 0 ? "Commits" : total === 1 ? "The one commit" : `All ${count(total, "commit")}`;
  return `[${commits}${between}](${compareUrl}) in ${name}`;
}

/** Whole digests are for machines. */
export function digestLines(sections: readonly ImageSection[]): readonly string[] {
  const all = sections.flatMap(({ image, tag, digest, oldDigest }) =>
    [...new Set([oldDigest, digest])].flatMap((one) => (one === "" ? [] : [code(`${image}:${tag}@${one}`)])),
  );
  const [only, ...more] = all;
  if (only === undefined) return [];
  const lines = more.length === 0 ? [only] : all.map((one) => `- ${one}`);
  return [`<details><summary>Digest${more.length === 0 ? "" : "s"}</summary>`, "", ...lines, "", "</details>"];
}
