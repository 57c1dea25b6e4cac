import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { listAt, objectAt, objectOf } from "./application.ts";

/** A revision of a repository that a git generator looks into. */
export interface GeneratorRepository {
  readonly url: string;
  readonly revision: string;
}

/** What the generators of an ApplicationSet ask for. */
export interface GeneratorNeeds {
  /** Each once; those that another generator's parameters name left out. */
  readonly repositories: readonly GeneratorRepository[];
  /** Every text of the generators, where one of them fills in which repository another one looks into. */
  readonly fillings: readonly string[];
  /** Whether it asks for clusters, and whether for some of them only. */
  readonly clusters: "none" | "all" | "selected";
  /** Generators whose answer no tree has, each once. */
  readonly unsupported: readonly string[];
}

/** Generators that ask the world, and whom. */
export const askedOutside: Readonly<Record<string, string>> = {
  scmProvider: "which repositories the Git host has",
  pullRequest: "which pull requests are open",
  clusterDecisionResource: "what an object in the cluster has in its status",
  plugin: "what a plugin's service answers",
  oci: "what an artifact in a registry holds",
};

/** What the generators of an ApplicationSet ask for, those within others included. */
export function generatorNeeds(set: JsonObject): GeneratorNeeds {
  const all = generatorsIn(listAt(objectAt(set, "spec"), "generators"), 0);
  const git = all.flatMap((generator) => (isJsonObject(generator.git) ? [generator.git] : []));
  const named = git.map((one) => ({ url: textAt(one, "repoURL"), revision: textAt(one, "revision") }));
  const written = named.filter(({ url, revision }) => !isTemplate(url) && !isTemplate(revision));
  const clusters = all.flatMap((generator) => (isJsonObject(generator.clusters) ? [generator.clusters] : []));
  return {
    repositories: distinct(written),
    fillings: written.length === named.length ? [] : all.flatMap((generator) => textsIn(generator, 0)),
    clusters: clusters.length === 0 ? "none" : clusters.every(isSelective) ? "selected" : "all",
    unsupported: Object.keys(askedOutside).filter((kind) => all.some((generator) => isJsonObject(generator[kind]))),
  };
}

function isTemplate(text: string): boolean {
  return text.includes("{{");
}

function textsIn(value: Json, depth: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (depth > maxTextDepth || typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((item: Json) => textsIn(item, depth + 1));
}

const maxTextDepth = 12;
const maxDepth = 4;

/** Argo CD lets `matrix` and `merge` hold each other twice at most. */
function generatorsIn(list: readonly Json[], depth: number): readonly JsonObject[] {
  if (depth > maxDepth) return [];
  return list.flatMap((item) => {
    const generator = objectOf(item);
    const inner = ["matrix", "merge"].flatMap((kind) =>
      generatorsIn(listAt(objectAt(generator, kind), "generators"), depth + 1),
    );
    return [generator, ...inner];
  });
}

function isSelective(generator: JsonObject): boolean {
  const selector = objectAt(generator, "selector");
  return listAt(selector, "matchExpressions").length + Object.keys(objectAt(selector, "matchLabels")).length > 0;
}

function distinct(repositories: readonly GeneratorRepository[]): readonly GeneratorRepository[] {
  return [...new Map(repositories.map((one) => [JSON.stringify([one.url, one.revision]), one])).values()];
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}
