import {
  compareEnvironments,
  defaultEnvironment,
  layoutOf,
  ownName,
  safeName,
  stageOf,
} from "../../discovery/index.ts";
import type { Destination } from "../../model/declaration.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { isMounted } from "../../model/mount.ts";
import { byText, lastName } from "../../model/paths.ts";
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
  readonly destination: Destination | undefined;
}

/** An app and an environment, before apps of one name are told apart. */
export interface Named {
  readonly app: string;
  readonly environment: string;
}

/**
 * What a repository without a configuration shows: the cluster of `clusters/<name>`, else a label, a part of the name
 * (`webapp-prod`), the folder or the namespace, else what the parent has, else the cluster of the destination. What is
 * deployed to another cluster than that of its entry is not of the entry's environment for that alone. A name that ends
 * with the cluster (`webapp-eu1`) is that of the app before it.
 */
export function nameOf(one: Nameable, parent: string | undefined): Named {
  const cluster = otherCluster(one);
  const name = withoutPart(one.name, one.destination?.cluster ?? "");
  const { stem, stage } = splitName(name);
  const environment =
    (cluster === undefined ? one.cluster : undefined) ??
    labelOf(one.object) ??
    stage ??
    stageOfPath(one.path) ??
    stageOfNamespace(one.destination?.namespace ?? "") ??
    parent ??
    cluster ??
    defaultEnvironment;
  const isInName = stage !== undefined && stage === environment;
  return { app: safeName(isInName ? stem : name), environment: safeName(environment) };
}

/** The cluster of the destination, where that is not the one that the entry is of. Argo CD's own says nothing. */
function otherCluster({ cluster: own, destination }: Nameable): string | undefined {
  const { cluster, server } = destination ?? {};
  if (cluster === "in-cluster" || cluster === own || server === "https://kubernetes.default.svc") return undefined;
  return cluster;
}

/** The name of an entry: its folder's, and `clusters` for `clusters/<name>`, `root` for the files beside it. */
export function entryName(path: string): string {
  if (path === "") return "root";
  return /(?:^|\/)clusters\/[^/]+$/.test(path) ? "clusters" : ownName(path);
}

/** The name without a part that is at its end or its beginning, as long as something is left. */
function withoutPart(name: string, part: string): string {
  if (part === "") return name;
  if (name.endsWith(`-${part}`) && name.length > part.length + 1) return name.slice(0, -part.length - 1);
  return name.startsWith(`${part}-`) ? name.slice(part.length + 1) || name : name;
}

/** The app of a name in an environment whose rules say that it is one of it: `webapp-prod` in `prod` is `webapp`. */
export function appIn(environment: string, name: string): string {
  return safeName(withoutPart(name, environment));
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

/** What tells apart targets that share app and environment. */
interface Ambiguous extends Named {
  readonly namespace: string;
  readonly kind: string;
  readonly cluster: string | undefined;
  /** The folder of the entry that it comes from. */
  readonly entry: string;
}

/** Of a release and the Kustomization around it, the release is what people call by the name. */
const kinds = ["HelmRelease", "Application", "Kustomization", "ResourceSet", "ApplicationSet", "entry"];

/** Tells some targets of one name apart, or leaves those of them that it cannot. */
type Qualifier = (same: readonly Ambiguous[]) => (one: Ambiguous, name: string) => string;

/**
 * In this order: the cluster behind the name; the kind, but for the first one; the namespace before the name; of one
 * object that several clusters without a name have, the folder of the entry behind it.
 */
const qualifiers: readonly Qualifier[] = [
  (same) => {
    const kindred = Map.groupBy(same, ({ kind }) => kind);
    return (one, name) =>
      one.cluster !== undefined && differ(kindred.get(one.kind) ?? [], ({ cluster }) => cluster)
        ? `${name}-${one.cluster}`
        : name;
  },
  (same) => {
    const first = kinds.find((kind) => same.some((one) => one.kind === kind));
    return (one, name) => (one.kind === first ? name : `${name}-${suffixOf(one.kind)}`);
  },
  (same) => (one, name) =>
    one.namespace === "" || !differ(same, ({ namespace }) => namespace) ? name : `${one.namespace}-${name}`,
  (same) => (one, name) => (differ(same, ({ entry }) => entry) ? `${name}-${lastName(one.entry)}` : name),
];

/** An entry is known by its files. */
function suffixOf(kind: string): string {
  return kind === "entry" ? "files" : kind.toLowerCase();
}

function differ(all: readonly Ambiguous[], read: (one: Ambiguous) => string | undefined): boolean {
  return new Set(all.map(read)).size > 1;
}

/**
 * The ids of targets: those that share app and environment are told apart by as little as is needed, in the end by a
 * number. In the order of the environments, then by app.
 */
export function uniqueNames<T extends Ambiguous>(all: readonly T[]): readonly (T & { readonly id: string })[] {
  const names = new Map<Ambiguous, string>(all.map((one) => [one, one.app]));
  const idOf = (one: Ambiguous) => targetId(names.get(one) ?? one.app, one.environment);
  for (const qualifier of qualifiers) {
    for (const same of Map.groupBy(all, idOf).values()) {
      if (same.length === 1) continue;
      const qualified = qualifier(same);
      for (const one of same) names.set(one, safeName(qualified(one, names.get(one) ?? one.app)));
    }
  }
  const used = new Map<string, number>();
  return all
    .map((one) => {
      const times = (used.get(idOf(one)) ?? 0) + 1;
      used.set(idOf(one), times);
      const name = names.get(one) ?? one.app;
      const app = times === 1 ? name : `${name}-${times}`;
      return { ...one, app, id: targetId(app, one.environment) };
    })
    .sort((a, b) => compareEnvironments(a.environment, b.environment) || byText(a.app, b.app));
}
