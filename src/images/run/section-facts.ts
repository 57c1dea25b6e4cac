import { compareNatural, orderOf } from "../../model/versions.ts";
import type { Decision } from "../policy/index.ts";
import type { ImageSection } from "../text/body.ts";

/** The tag and digest that are replaced, where there is one of each. */
export function oldOf({ targets }: Decision, tag: string): Pick<ImageSection, "from" | "oldDigest"> {
  const moving = targets.filter(({ moves }) => moves).map(({ from }) => from);
  const [from, ...others] = new Set(moving.map((one) => one.tag));
  const digests = new Set(moving.map(({ digest }) => digest));
  const [digest = ""] = digests;
  return {
    from: from === undefined || others.length > 0 ? "" : from,
    oldDigest: from === tag && digests.size === 1 ? digest : "",
  };
}

/** A reason without the tag that it begins with. */
export function withoutTag(reason: string, tag: string): string {
  return reason.startsWith(`${tag} is `) ? reason.slice(tag.length + " is ".length) : reason;
}

/** Newer tags of the registry that were not taken, the newest first. */
export function newerOf({ verdicts }: Decision, tag: string): ImageSection["newer"] {
  return verdicts
    .filter((one) => one.outcome === "not-chosen" && orderOf(one.tag, tag) === "newer")
    .toSorted((a, b) => compareNatural(b.tag, a.tag))
    .map((one) => ({ tag: one.tag, reason: withoutTag(one.reason, one.tag) }));
}
