import { code, inert } from "../../diff/index.ts";
import type { CheckReport } from "../../model/github.ts";
import { clip } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { comingTime, dayTime } from "../../model/text/times.ts";
import type { Verification } from "../verify.ts";
import type { ImageMetadata } from "./metadata.ts";
import { lastPart } from "./title.ts";

/** The check of an image pull request. */
export const imageCheck = "Sluice image";

/** What is said besides what the registry says. */
export interface CheckRemarks {
  readonly stays: ImageMetadata["stays"];
  /** The hold on one of the targets: the check's title, and what it means. */
  readonly held?: { readonly title: string; readonly text: string } | undefined;
  /** Sentences about the pull request itself. */
  readonly remarks: readonly string[];
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** Whether the registry has the images as the pull request describes them, with what else decides about it. */
export function imageCheckReport(
  pull: { readonly number: number; readonly head: { readonly sha: string } },
  verification: Verification,
  about: CheckRemarks,
): CheckReport {
  const { ok, lines } = verification;
  const name = lines[0] === undefined ? "the image" : inert(lastPart(lines[0].image));
  const shared = { name: imageCheck, externalId: `pull-${pull.number}`, headSha: pull.head.sha };
  const held = about.held === undefined ? [] : [about.held.text];
  const registry = lines.map((line) => lineText(line, about.now));
  const summary = [...held, ...registry, ...stayText(about.stays), ...about.remarks].join("\n\n");
  if (!ok) return { ...shared, status: "completed", conclusion: "failure", title: failureTitle(verification), summary };
  if (about.held !== undefined) return { ...shared, status: "in_progress", title: about.held.title, summary };
  const stays = about.stays.length;
  if (stays === 0)
    return { ...shared, status: "completed", conclusion: "success", title: successTitle(verification), summary };
  const title = `Warning: ${count(stays, "use")} of ${name} ${stays === 1 ? "stays as it is" : "stay as they are"}`;
  return { ...shared, status: "completed", conclusion: "neutral", title, summary };
}

function successTitle({ lines }: Verification): string {
  const [only, ...more] = lines;
  if (only === undefined || more.length > 0)
    return `Registry has ${lines.length === 2 ? "both" : `all ${lines.length}`} images as described`;
  return `Registry has ${inert(lastPart(only.image))} ${inert(only.tag)} as described`;
}

function failureTitle({ lines }: Verification): string {
  const wrong = lines.filter(({ ok }) => !ok);
  const [only, ...more] = wrong;
  if (only === undefined || more.length > 0) return `${wrong.length} images are not as described`;
  const moved = only.found === undefined ? "cannot be confirmed" : "is another image now";
  const what = only.gone ? "is gone from the registry" : moved;
  return `${inert(lastPart(only.image))} ${inert(only.tag)} ${what}`;
}

/** What the check says while the registry does not answer. */
export function waitingReport(
  pull: { readonly number: number; readonly head: { readonly sha: string } },
  { host, since, now }: { readonly host: string; readonly since: number; readonly now: number },
): CheckReport {
  return {
    name: imageCheck,
    externalId: `pull-${pull.number}`,
    headSha: pull.head.sha,
    status: "in_progress",
    title: clip(`Waiting for the registry ${host} since ${comingTime(Math.floor(since / 60_000) * 60_000, now)}`, 72),
    summary: `The registry ${code(host)} does not answer, so nothing is known of the image. Sluice asks again; ${code("/retry")} asks at once.`,
  };
}

function lineText(line: Verification["lines"][number], now: number): string {
  const { image, tag, digest, found, ok, text, built } = line;
  const when = (at: number | undefined) => (at === undefined ? "" : `, built ${dayTime(at, now)}`);
  if (ok) return `- ${code(`${lastPart(image)}:${tag}`)}: ${inert(text)}, ${code(short(digest))}`;
  if (found === undefined) return `**${code(`${lastPart(image)}:${tag}`)} ${inert(text)}.**`;
  return [
    `**The tag ${code(tag)} was moved since this pull request opened.** Sluice does not merge it; it is being updated to the new image.`,
    [
      `- **Described here:** ${code(short(digest))}${when(built?.described)}`,
      `- **In the registry:** ${code(short(found))}${when(built?.found)}`,
    ].join("\n"),
    `**Next:** ask who pushed ${code(tag)} twice. ${code("/retry")} asks the registry again.`,
  ].join("\n\n");
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

function stayText(stays: ImageMetadata["stays"]): readonly string[] {
  return stays.slice(0, 20).map(({ place, at, why }) => `- **${inert(place)}** stays at ${code(at)}: ${inert(why)}`);
}
