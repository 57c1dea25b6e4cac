import { nearest } from "../../model/nearest.ts";
import { doubtful, type KeyPath, type Remark, wrong } from "../../model/problem.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { ImagePolicy } from "../schema/images.ts";
import { captureParts, groupNames } from "../values/tag-patterns.ts";
import { type LenientConfig, maxRemarks, type Rule, text, texts } from "./lenient-parse.ts";

const capturesHaveGroups: Rule = (config) =>
  config.images.flatMap(({ parsed, path }) => {
    const { regex, capture } = parsed?.policy ?? {};
    if (capture === undefined) return [];
    const at = [...path, "policy", "capture"];
    if (regex === undefined) {
      return [wrong(at, "`capture` needs `regex`, whose groups it names", "Add `regex`, or delete `capture`.")];
    }
    const groups = groupNames(regex);
    const named = captureParts(capture).flatMap((part) => ("group" in part ? [part.group] : []));
    if (named.length === 0) {
      return [
        wrong(at, `\`capture\` "${capture}" names no group, so all tags would be equal`, groupFix(groups, capture)),
      ];
    }
    return named
      .filter((group) => !groups.includes(group))
      .map((group) =>
        wrong(at, `\`capture\` names the group "${group}", which \`regex\` does not have`, groupFix(groups, group)),
      );
  });

function groupFix(groups: readonly string[], given: string): string {
  if (groups.length < 2) return "Put the part to compare into a group: `^main-(?<build>[0-9]+)$` and `$build`.";
  const meant = nearest(given, groups);
  const list = `Its groups are ${groups
    .slice(1)
    .map((name) => `\`$${name}\``)
    .join(", ")}; \`$0\` is the whole match.`;
  return meant === undefined ? list : `Did you mean \`$${meant}\`? ${list}`;
}

/** Keys that have no effect in some policies, and why. */
const ineffectiveKeys: readonly {
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

const policyKeysHaveAnEffect: Rule = (config) =>
  config.images.flatMap(({ parsed, path }) =>
    ineffectiveKeys.flatMap(({ key, why }) => {
      if (parsed?.policy[key] === undefined) return [];
      const reason = why(parsed.policy);
      if (reason === undefined) return [];
      const remark = doubtful([...path, "policy", key], `\`${key}\` has no effect: ${reason}`, "Delete it.");
      return [{ ...remark, at: "key" as const }];
    }),
  );

const digestsAreWritten: Rule = (config) =>
  config.images.flatMap(({ parsed, path }) => {
    if (parsed?.policy.digest === undefined || parsed.pin !== "tag") return [];
    const message = "The policy `digest` chooses a digest, but `pin` writes only the tag";
    return [wrong([...path, "pin"], message, "Write `pin: both` or `pin: digest`, or delete `pin`.")];
  });

const imagesAreListedOnce: Rule = (config) => {
  const seen = new Map<string, Set<string>>();
  return config.images.flatMap(({ raw, parsed, path }) => {
    const image = text(raw.image);
    if (image === undefined) return [];
    const tags = tagsOf(parsed?.policy);
    const environments = texts(raw.environments).map((entry) => entry.text);
    const listed = texts(raw.apps).map((entry) => entry.text);
    const apps = listed.length === 0 ? ["*"] : listed;
    const keyOf = (name: string, some: string): string => `${canonicalImage(image)} ${name} ${some}`;
    const rivals = tags === everyTag ? [anyTags] : [tags, everyTag];
    const twice = environments.find((name) => rivals.some((some) => overlaps(seen.get(keyOf(name, some)), apps)));
    for (const name of environments) for (const some of [tags, anyTags]) remember(seen, keyOf(name, some), apps);
    if (twice === undefined) return [];
    return [
      wrong(
        [...path, "image"],
        `The image "${image}" has two policies for "${twice}"`,
        "Keep one of them, give them different `apps`, or let each speak of other tags with `regex` or `digest`.",
      ),
    ];
  });
};

const everyTag = "every";
const anyTags = "any";

/** Which tags a policy speaks of: two variants of one image are two entries. */
function tagsOf(policy: ImagePolicy | undefined): string {
  if (policy?.digest !== undefined) return `digest ${policy.digest}`;
  if (policy?.regex !== undefined) return `regex ${policy.regex}`;
  return policy?.semver !== undefined || policy?.numerical !== undefined ? "versions" : everyTag;
}

/** `*` means every app. */
function overlaps(known: ReadonlySet<string> | undefined, apps: readonly string[]): boolean {
  return known !== undefined && (known.has("*") || apps.some((app) => app === "*" || known.has(app)));
}

function remember(seen: Map<string, Set<string>>, key: string, apps: readonly string[]): void {
  const known = seen.get(key) ?? new Set();
  for (const app of apps) known.add(app);
  seen.set(key, known);
}

const groupsAgreeOnMerging: Rule = (config) => {
  const first = new Map<string, LenientConfig["images"][number]>();
  const remarks = config.images.values().flatMap((entry): readonly Remark[] => {
    const { group, autoMerge } = entry.parsed?.pullRequest ?? {};
    if (group === undefined) return [];
    const other = first.getOrInsert(group, entry).parsed;
    if (other === undefined || other.pullRequest.autoMerge === autoMerge) return [];
    const path: KeyPath = [...entry.path, "pullRequest"];
    const message = `The images of the group "${group}" share a pull request, but differ in \`autoMerge\`: "${other.image}" has \`${other.pullRequest.autoMerge}\``;
    return [wrong(path, message, "Give all of them the same `autoMerge`, or remove one from the group.")];
  });
  return [...remarks.take(maxRemarks)];
};

/** The rules about images. */
export const imageRules: readonly Rule[] = [
  capturesHaveGroups,
  policyKeysHaveAnEffect,
  digestsAreWritten,
  imagesAreListedOnce,
  groupsAgreeOnMerging,
];
