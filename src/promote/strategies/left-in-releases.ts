import { scalarText } from "../../change/proof/leaves.ts";
import { neutralName } from "../../change/setting-versions.ts";
import { groupOf, type Item, toItems } from "../../diff/item.ts";
import { at, isList, isObject, textAt, type Value } from "../../diff/value.ts";
import { documentAt, type Node, parseYaml } from "../../edit/splice/index.ts";
import { UserError } from "../../model/errors.ts";
import type { Resource } from "../../model/render.ts";
import { codeList, inTicks } from "../../model/text/markdown.ts";
import { isVersionKey } from "../../model/versions.ts";

/** The resources of one side. */
export interface SideResources {
  readonly environment: string;
  readonly resources: readonly Resource[];
}

const maxSentences = 5;

/**
 * What objects that have a chart rendered in the cluster say about versions and no promotion carries, as sentences:
 * values that are another version in the source, and values that stand elsewhere.
 */
export function leftInReleases(target: SideResources, source: SideResources): readonly string[] {
  const theirs = new Map(releasesOf(source).map((release) => [release.key, release]));
  const left = releasesOf(target).flatMap((release) => {
    const twin = theirs.get(release.key);
    return twin === undefined ? [] : [...differing(release, twin, [target, source]), ...elsewhere(release)];
  });
  const more = left.length - maxSentences;
  return more > 0 ? [...left.slice(0, maxSentences), `And ${more} more like that.`] : left;
}

interface Release {
  /** Equal for the same object in another environment. */
  readonly key: string;
  /** `Application web-prod`, for people. */
  readonly label: string;
  readonly values: readonly ReleaseValue[];
  /** Files and objects with more values. */
  readonly references: readonly string[];
}

/** One value of a release that says a version. */
interface ReleaseValue {
  readonly name: string;
  readonly value: string;
  /** In a text that holds YAML. */
  readonly inText: boolean;
}

const readers: Readonly<Record<string, (spec: Value | undefined) => Pick<Release, "values" | "references">>> = {
  "helm.toolkit.fluxcd.io HelmRelease": (spec) => ({
    values: versionsIn(at(spec, "values"), "values"),
    references: list(at(spec, "valuesFrom")).map((from) => `${textAt(from, "kind")} ${textAt(from, "name")}`),
  }),
  "argoproj.io Application": ofApplication,
  "argoproj.io ApplicationSet": (spec) => ofApplication(at(spec, "template", "spec")),
};

function ofApplication(spec: Value | undefined): Pick<Release, "values" | "references"> {
  const helm = [at(spec, "source"), ...list(at(spec, "sources"))].map((source) => at(source, "helm"));
  return {
    values: helm.flatMap((one) => [
      ...list(at(one, "parameters")).flatMap(parameter),
      ...versionsIn(at(one, "valuesObject"), "valuesObject"),
      ...textVersions(textAt(one, "values")),
    ]),
    references: helm.flatMap((one) =>
      list(at(one, "valueFiles")).flatMap((file) => (typeof file === "string" && /^\$|:\/\//.test(file) ? [file] : [])),
    ),
  };
}

function list(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}

function releasesOf({ resources, environment }: SideResources): readonly Release[] {
  return toItems(resources).flatMap((item): Release[] => {
    const read = readers[`${groupOf(item.id.apiVersion)} ${item.id.kind}`];
    return read === undefined ? [] : [{ ...namesOf(item, environment), ...read(at(item.object, "spec")) }];
  });
}

function namesOf({ id: { kind, name } }: Item, environment: string): Pick<Release, "key" | "label"> {
  return { key: `${kind} ${neutralName(name, environment)}`, label: `${kind} ${inTicks(name)}` };
}

function parameter(value: Value): readonly ReleaseValue[] {
  const [name, text] = [textAt(value, "name"), scalarText(at(value, "value"))];
  return text === undefined || !isVersionKey(name) ? [] : [{ name: `parameter ${name}`, value: text, inText: false }];
}

const maxDepth = 20;

function versionsIn(value: Value | undefined, path: string, depth = 0): readonly ReleaseValue[] {
  if (depth > maxDepth) return [];
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, child]) => versionsIn(child, `${path}.${key}`, depth + 1));
  }
  if (isList(value)) return value.flatMap((child, index) => versionsIn(child, `${path}[${index}]`, depth + 1));
  const text = scalarText(value);
  return text === undefined || !isVersionKey(path) ? [] : [{ name: path, value: text, inText: false }];
}

/** The versions in a text that holds values as YAML. */
function textVersions(text: string): readonly ReleaseValue[] {
  if (text === "") return [];
  try {
    return nodeVersions(documentAt(parseYaml("values", Buffer.from(text)), 0), "values");
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function nodeVersions(node: Node | undefined, path: string, depth = 0): readonly ReleaseValue[] {
  if (node === undefined || depth > maxDepth) return [];
  if (node.kind === "map")
    return node.entries.flatMap(({ key, node: child }) => nodeVersions(child, `${path}.${key}`, depth + 1));
  if (node.kind === "list")
    return node.items.flatMap((child, index) => nodeVersions(child, `${path}[${index}]`, depth + 1));
  return node.kind === "null" || !isVersionKey(path) ? [] : [{ name: path, value: node.value, inText: true }];
}

function differing(
  { label, values }: Release,
  twin: Release,
  [target, source]: readonly [SideResources, SideResources],
): readonly string[] {
  const theirs = new Map(twin.values.map((one) => [one.name, one.value]));
  return values.flatMap(({ name, value, inText }) => {
    const there = theirs.get(name);
    const same =
      there === undefined || there === value || there.replaceAll(source.environment, target.environment) === value;
    if (same) return [];
    const way = inText
      ? "Write the text as `valuesObject`, and name it in `promote.paths`, to have it carried."
      : "Name it in `promote.paths` to have it carried.";
    return [
      `${inTicks(name)} of ${label} stays at ${inTicks(value)}; ${source.environment} has ${inTicks(there)}. ${way}`,
    ];
  });
}

function elsewhere({ label, references }: Release): readonly string[] {
  return references.length === 0
    ? []
    : [`${label} takes values from ${codeList(references)} too: those are not carried.`];
}
