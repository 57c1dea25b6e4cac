import { verdictPart } from "../../change/text/verdict-part.ts";
import { shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import type { PullRequest } from "../../model/github.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { dayTime } from "../../model/text/times.ts";
import type { ImageMetadata } from "./metadata.ts";
import { environmentsOf, lastPart } from "./title.ts";

type Brought = Pick<ImageMetadata, "unit" | "images" | "targets" | "stays" | "places">;

/** The first lines of the description while nothing holds it: what it does, and what a person does next. */
export function standingPart(
  brought: Brought,
  about: { readonly autoMerge: boolean; readonly promote: string | undefined },
): string {
  return verdictPart([verdictText(brought), nextText(brought, about)].join("\n\n"));
}

/** What the pull request does, the first words of its description, and what was proven. */
export function verdictText(brought: Brought): string {
  const [only, ...more] = new Set(brought.images.map(({ image }) => lastPart(image)));
  const several = more.length > 0;
  const claim = `Only ${several ? "these images change" : "this image changes"}; rendering before and after confirmed it.`;
  const what = only === undefined || several ? groupVerdict(brought, 1 + more.length) : imageVerdict(brought, only);
  return brought.stays.length > 0 ? what : `${what} ${claim}`;
}

function imageVerdict(brought: Brought, name: string): string {
  const moves = brought.targets.flatMap(({ images }) => images);
  const [from, to] = [distinct(moves.map((one) => one.from)), distinct(moves.map((one) => one.to))];
  const getting = getters(brought);
  const [tag = ""] = distinct(brought.images.map((one) => one.tag));
  if (moves.length > 0 && moves.every((one) => sameTag(one.from, one.to))) {
    return `**${getting} a newer image of ${inert(name)} ${code(tag)}.**`;
  }
  const [old, ...others] = from;
  const before = old === undefined || old === "" || others.length > 0 ? "" : ` in place of ${inert(old)}`;
  const goal = to.length === 1 && to[0] !== undefined ? ` ${inert(to[0])}` : "";
  return `**${getting} ${inert(name)}${goal}**${before}${partOf(brought)}.`;
}

function groupVerdict(brought: Brought, images: number): string {
  const goals = distinct(brought.targets.flatMap((target) => target.images.map(({ to }) => to)));
  const group = brought.unit.startsWith("group ") ? ` of the group ${inert(brought.unit.slice("group ".length))}` : "";
  const all = goals.length === 1 && goals[0] !== undefined ? `, all ${inert(goals[0])}` : "";
  return `**${getters(brought)} ${images} images${group}**${all}${partOf(brought)}.`;
}

/** What comes, in a few words: `webapp 1.5.0`, `3 images`. */
export function goalText({ images, targets }: Pick<Brought, "images" | "targets">): string {
  const [only, ...more] = new Set(images.map(({ image }) => lastPart(image)));
  const [goal, ...others] = distinct(targets.flatMap((target) => target.images.map(({ to }) => to)));
  const version = goal === undefined || others.length > 0 ? "" : ` ${inert(goal)}`;
  return only === undefined || more.length > 0 ? `${1 + more.length} images` : `${inert(only)}${version}`;
}

/** `prod and staging get`; the furthest environment first. */
function getters({ targets }: Brought): string {
  const environments = environmentsOf({ targets }).toReversed();
  return `${inert(sentenceList(environments))} ${environments.length === 1 ? "gets" : "get"}`;
}

/** How many of the places change, where some do not. */
function partOf({ stays, places }: Brought): string {
  if (stays.length === 0 || places === 0) return "";
  return `, in ${places} of ${places + stays.length} places`;
}

function sameTag(from: string, to: string): boolean {
  const [old = "", fresh = ""] = [from.split("@")[0], to.split("@")[0]];
  return old !== "" && old === fresh;
}

function distinct(versions: readonly string[]): readonly string[] {
  return [...new Set(versions.map((one) => (one === "" ? "" : shortVersion(one))))];
}

const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** What a person does next. `promote` is the environment that takes its versions from here. */
export function nextText(
  { stays }: Pick<ImageMetadata, "stays">,
  { autoMerge, promote }: { readonly autoMerge: boolean; readonly promote: string | undefined },
): string {
  if (stays.length > 0 && !(autoMerge && stays.every(({ half }) => !half))) {
    return `**Next:** decide about the other ${words[stays.length] ?? stays.length}, then merge.`;
  }
  if (autoMerge) return "**Next:** Sluice merges when all checks have passed.";
  const after = promote === undefined ? "" : ` After that: ${code(`/promote ${promote}`)}.`;
  return `**Next:** review and merge.${after}`;
}

const next =
  /^\*\*Next:\*\* (?:review and merge\.(?: After that: (.+))?|Sluice merges when all checks have passed\.|decide about .+, then merge\.)$/m;
const small = /\n\n<sub>[^\n]*asks the registry again[^\n]*<\/sub>/;

/** The description after the merge: people open it months later. Unchanged where somebody rewrote these lines. */
export function mergedBody(
  body: string,
  { mergedBy, closedAt }: Pick<PullRequest, "mergedBy" | "closedAt">,
  now: number,
): string {
  const who = mergedBy === undefined ? "" : ` by ${code(mergedBy)}`;
  const at = closedAt === undefined ? "" : ` on ${dayTime(closedAt, now)}`;
  return body
    .replaceAll("\r\n", "\n")
    .replace(next, (_, after?: string) => `Merged${who}${at}.${after === undefined ? "" : ` **Next:** ${after}`}`)
    .replace(small, "");
}
