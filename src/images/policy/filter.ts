import type { RE2JS } from "re2js";
import {
  type CapturePart,
  captureParts,
  type ImagePolicy,
  isRefusal,
  isTag,
  readRegex,
  readTagPattern,
} from "../../config/index.ts";
import { Fault } from "../../model/errors.ts";

/** What a policy says about single tags before it compares them. */
export interface TagFilter {
  /** What is compared of a tag; `undefined` for one that is ignored or does not match. */
  textOf(tag: string): string | undefined;
  /** The same, ignored tags included: what a target has is compared even when it is ignored. */
  anyTextOf(tag: string): string | undefined;
  /** Why `textOf` has nothing, in a sentence. */
  whyNot(tag: string): string;
}

const attached = /^sha256-[0-9a-f]{64}|\.(?:sig|att|sbom)$/;

interface Ignored {
  readonly text: string;
  readonly matches: (tag: string) => boolean;
}

/** The filter of a policy that the configuration accepted. */
export function tagFilter(policy: ImagePolicy): TagFilter {
  const ignored = (policy.ignore ?? []).map((text): Ignored => ({ text, matches: accepted(readTagPattern(text)) }));
  const expression = policy.regex === undefined ? undefined : accepted(readRegex(policy.regex));
  const capture = expression === undefined ? whole : captureOf(expression, policy.capture);
  const refusesLatest = policy.regex === undefined && (policy.alphabetical !== undefined || policy.newest === true);
  const isLatest = (tag: string): boolean => refusesLatest && tag === "latest";
  const isOut = (tag: string): boolean =>
    !isTag(tag) || attached.test(tag) || isLatest(tag) || ignored.some(({ matches }) => matches(tag));
  const anyTextOf = (tag: string): string | undefined => (tag === "" || isLatest(tag) ? undefined : capture(tag));
  return {
    anyTextOf,
    textOf: (tag) => (isOut(tag) ? undefined : anyTextOf(tag)),
    whyNot: (tag) => {
      if (!isTag(tag)) return `${JSON.stringify(tag.slice(0, 128))} cannot be a tag`;
      if (attached.test(tag))
        return `${tag} is not an image but something attached to one: a signature, an attestation or an SBOM`;
      if (isLatest(tag)) return `${tag} is no version, since it moves; the policy \`digest\` can follow it`;
      const rule = ignored.find(({ matches }) => matches(tag));
      if (rule !== undefined) return `${tag} is ignored by \`${rule.text}\``;
      if (expression?.test(tag) === false) return `${tag} does not match \`${policy.regex}\``;
      return `${tag} matches \`${policy.regex}\`, but \`${policy.capture}\` is empty in it`;
    },
  };
}

/** The configuration refuses what cannot be read, so a refusal here is our mistake. */
function accepted<T>(read: T): Exclude<T, { readonly problem: string; readonly fix: string }> {
  if (isRefusal(read)) throw new Fault("bug", `a policy that was not checked: it ${read.problem}`);
  return read as Exclude<T, { readonly problem: string; readonly fix: string }>;
}

function whole(tag: string): string {
  return tag;
}

function captureOf(expression: RE2JS, capture: string | undefined): (tag: string) => string | undefined {
  if (capture === undefined) return (tag) => (expression.test(tag) ? tag : undefined);
  const names = expression.namedGroups();
  const pieces = captureParts(capture).map((part) => pieceOf(part, names));
  const groups = 1 + expression.groupCount();
  return (tag) => {
    // A matcher would match a second time for the groups.
    const spans: unknown = expression.re2().matchWithGroup(tag, 0, tag.length, 0, groups)[1];
    if (!Array.isArray(spans)) return undefined;
    const text = pieces.map((piece) => (typeof piece === "string" ? piece : groupText(tag, spans, piece))).join("");
    return text === "" ? undefined : text;
  };
}

/** Empty for a group that did not match: it begins and ends at -1. */
function groupText(tag: string, spans: readonly unknown[], group: number): string {
  return tag.slice(Number(spans[2 * group]), Number(spans[2 * group + 1]));
}

/** Text as it is, or the number of a group. */
function pieceOf(part: CapturePart, names: Readonly<Record<string, number>>): string | number {
  if ("text" in part) return part.text;
  return /^\d+$/.test(part.group) ? Number(part.group) : (names[part.group] ?? 0);
}
