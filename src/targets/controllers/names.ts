import { compareEnvironments, defaultEnvironment, layoutOf, safeName, stageOf } from "../../discovery/index.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { isMounted } from "../../model/mount.ts";
import { byText } from "../../model/paths.ts";
import { targetId } from "../../model/target.ts";

/** What names a target: an object that is followed, or an entry. */
export interface Nameable {
  /** The object's name; of an entry that of its folder. */
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly object: JsonObject;
  /** What it renders, where that is a folder of the repository. */
  readonly path: string;
  /** The cluster that the entry's path names. */
  readonly cluster: string | undefined;
  readonly destination: { readonly cluster?: string; readonly namespace?: string } | undefined;
}

/** An app and an environment, before apps of one name are told apart. */
export interface Named {
  readonly app: string;
  readonly environment: string;
}

/**
 * What a repository without a configuration shows: the cluster of `clusters/<name>`, else a label, a part of the name
 * (`webapp-prod`), the folder or the namespace, else what the parent has, else the cluster of the destination.
 */
export function nameOf(one: Nameable, parent: string | undefined): Named {
  const { stem, stage } = splitName(one.name);
  const environment =
    one.cluster ??
    labelOf(one.object) ??
    stage ??
    stageOfPath(one.path) ??
    stageOfNamespace(one.destination?.namespace ?? "") ??
    parent ??
    clusterName(one.destination?.cluster) ??
    defaultEnvironment;
  const isInName = stage !== undefined && stage === environment;
  return { app: safeName(isInName ? stem : one.name), environment: safeName(environment) };
}

/** The app of a name in an environment whose rules say that it is one of it: `webapp-prod` in `prod` is `webapp`. */
export function appIn(environment: string, name: string): string {
  const trimmed = name.endsWith(`-${environment}`)
    ? name.slice(0, -environment.length - 1)
    : name.startsWith(`${environment}-`)
      ? name.slice(environment.length + 1)
      : name;
  return safeName(trimmed);
}

function splitName(name: string): { readonly stem: string; readonly stage?: string } {
  const parts = name.split("-");
  for (let at = 1; at < parts.length; at += 1) {
    const [before, after] = [parts.slice(0, at).join("-"), parts.slice(at).join("-")];
    if (stageOf(after) !== undefined) return { stem: before, stage: after };
  }
  for (let at = parts.length - 1; at > 0; at -= 1) {
    const [before, after] = [parts.slice(0, at).join("-"), parts.slice(at).join("-")];
    if (stageOf(before) !== undefined) return { stem: after, stage: before };
  }
  return { stem: name };
}

const labels = ["environment", "env", "stage", "app.kubernetes.io/environment"];

function labelOf({ metadata }: JsonObject): string | undefined {
  const given = isJsonObject(metadata) && isJsonObject(metadata.labels) ? metadata.labels : {};
  const [first] = labels.flatMap((label) => {
    const value = given[label];
    return typeof value === "string" && value !== "" ? [value] : [];
  });
  return first;
}

function stageOfPath(path: string): string | undefined {
  return path === "" || isMounted(path) ? undefined : layoutOf(path).environment;
}

function stageOfNamespace(namespace: string): string | undefined {
  return stageOf(namespace) === undefined ? splitName(namespace).stage : namespace;
}

/** Argo CD's own cluster says nothing. */
function clusterName(cluster: string | undefined): string | undefined {
  return cluster === "in-cluster" ? undefined : cluster;
}

/**
 * The ids of targets: of those that share app and environment each gets its namespace in front, then its kind behind
 * it, then a number. In the order of the environments, then by app.
 */
export function uniqueNames<T extends Named & { readonly namespace: string; readonly kind: string }>(
  all: readonly T[],
): readonly (T & { readonly id: string })[] {
  const choices = (one: T): readonly string[] => {
    const spaced = one.namespace === "" ? one.app : safeName(`${one.namespace}-${one.app}`);
    return [one.app, spaced, safeName(`${spaced}-${one.kind.toLowerCase()}`)];
  };
  let level = new Map(all.map((one) => [one, 0]));
  const name = (one: T) => choices(one)[level.get(one) ?? 0] ?? one.app;
  const idOf = (one: T) => targetId(name(one), one.environment);
  for (let step = 0; step < 2; step += 1) {
    const shared = new Set([...Map.groupBy(all, idOf).values()].filter((same) => same.length > 1).flat());
    level = new Map([...level].map(([one, at]) => [one, shared.has(one) ? at + 1 : at]));
  }
  const used = new Map<string, number>();
  return all
    .map((one) => {
      const times = (used.get(idOf(one)) ?? 0) + 1;
      used.set(idOf(one), times);
      const app = times === 1 ? name(one) : `${name(one)}-${times}`;
      return { ...one, app, id: targetId(app, one.environment) };
    })
    .sort((a, b) => compareEnvironments(a.environment, b.environment) || byText(a.app, b.app));
}
