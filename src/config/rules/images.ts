import { nearest } from "../../model/nearest.ts";
import { doubtful, type KeyPath, type Remark, wrong } from "../../model/problem.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { ImagePolicy } from "../schema/images.ts";
import { captureParts, groupNames } from "../values/tag-patterns.ts";
import { type Draft, text, texts } from "./lenient-parse.ts";
import type { Rule } from "./promotion.ts";

/** Of one rule that can find very many. */
const mostRemarks = 100;

const capturesHaveGroups: Rule = (draft) =>
  draft.images.flatMap(({ parsed, path }) => {
    const { regex, capture } = parsed?.policy ?? {};
    if (capture === undefined) return [];
    const at = [...path, "policy", "capture"];
    if (regex === undefined) {
      return [wrong(at, "`capture` needs `regex`, whose groups it names", "Add `regex`, or take `capture` out.")];
    }
    const groups = groupNames(regex);
    const named = captureParts(capture).flatMap((part) => ("group" in part ? [part.group] : []));
    if (named.length === 0) {
      return [wrong(at, `\`capture\` "${capture}" names no group, so all tags are equal`, groupFix(groups, capture))];
    }
    return named
      .filter((group) => !groups.includes(group))
      .map((group) =>
        wrong(at, `\`capture\` names the group "${group}", which \`regex\` does not have`, groupFix(groups, group)),
      );
  });

function groupFix(groups: readonly string[], given: string): string {
  if (groups.length < 2) return "Put the part to compare in a group: `^main-(?<build>[0-9]+)$` and `$build`.";
  const meant = nearest(given, groups);
  const list = `Its groups are ${groups
    .slice(1)
    .map((name) => `\`$${name}\``)
    .join(", ")}; \`$0\` is the whole match.`;
  return meant === undefined ? list : `Did you mean \`$${meant}\`? ${list}`;
}

/** Keys beside which another one says nothing. */
const idle: readonly {
  readonly key: keyof ImagePolicy;
  readonly why: (policy: ImagePolicy) => string | undefined;
}[] = [
  { key: "prerelease", why: ({ semver }) => (semver === undefined ? "only `semver` knows pre-releases" : undefined) },
  { key: "regex", why: oneTag },
  { key: "ignore", why: oneTag },
  {
    key: "capture",
    why: ({ newest, digest, regex }) =>
      regex === undefined || (newest === undefined && digest === undefined)
        ? undefined
        : "this policy compares no part of the tag",
  },
];

function oneTag({ digest }: ImagePolicy): string | undefined {
  return digest === undefined ? undefined : "`digest` follows one tag";
}

const policyKeysHaveAnEffect: Rule = (draft) =>
  draft.images.flatMap(({ parsed, path }) =>
    idle.flatMap(({ key, why }) => {
      if (parsed?.policy[key] === undefined) return [];
      const reason = why(parsed.policy);
      if (reason === undefined) return [];
      const remark = doubtful([...path, "policy", key], `\`${key}\` has no effect: ${reason}`, "Take it out.");
      return [{ ...remark, at: "key" as const }];
    }),
  );

const digestsAreWritten: Rule = (draft) =>
  draft.images.flatMap(({ parsed, path }) => {
    if (parsed?.policy.digest === undefined || parsed.pin !== "tag") return [];
    const message = "The policy `digest` chooses a digest, and `pin` writes only the tag";
    return [wrong([...path, "pin"], message, "Write `pin: both` or `pin: digest`, or take `pin` out.")];
  });

const imagesAreListedOnce: Rule = (draft) => {
  const seen = new Map<string, Set<string>>();
  return draft.images.flatMap(({ raw, path }) => {
    const image = text(raw.image);
    if (image === undefined) return [];
    const environments = texts(raw.environments).map((entry) => entry.text);
    const listed = texts(raw.apps).map((entry) => entry.text);
    const apps = listed.length === 0 ? ["*"] : listed;
    const twice = environments.find((name) => overlaps(seen.get(`${canonicalImage(image)} ${name}`), apps));
    for (const name of environments) remember(seen, `${canonicalImage(image)} ${name}`, apps);
    if (twice === undefined) return [];
    return [
      wrong(
        [...path, "image"],
        `The image "${image}" has two policies for "${twice}"`,
        "Keep one of them, or give both `apps` that differ.",
      ),
    ];
  });
};

/** `*` stands for every app. */
function overlaps(known: ReadonlySet<string> | undefined, apps: readonly string[]): boolean {
  return known !== undefined && (known.has("*") || apps.some((app) => app === "*" || known.has(app)));
}

function remember(seen: Map<string, Set<string>>, key: string, apps: readonly string[]): void {
  const known = seen.get(key) ?? new Set();
  for (const app of apps) known.add(app);
  seen.set(key, known);
}

const groupsAgreeOnMerging: Rule = (draft) => {
  const first = new Map<string, Draft["images"][number]>();
  const remarks = draft.images.values().flatMap((entry): readonly Remark[] => {
    const { group, autoMerge } = entry.parsed?.pullRequest ?? {};
    if (group === undefined) return [];
    const other = first.getOrInsert(group, entry).parsed;
    if (other === undefined || other.pullRequest.autoMerge === autoMerge) return [];
    const path: KeyPath = [...entry.path, "pullRequest"];
    const message = `The images of the group "${group}" share a pull request, but not \`autoMerge\`: "${other.image}" has \`${other.pullRequest.autoMerge}\``;
    return [wrong(path, message, "Give all of them the same `autoMerge`, or take one out of the group.")];
  });
  return [...remarks.take(mostRemarks)];
};

/** The rules about images. */
export const imageRules: readonly Rule[] = [
  capturesHaveGroups,
  policyKeysHaveAnEffect,
  digestsAreWritten,
  imagesAreListedOnce,
  groupsAgreeOnMerging,
];
