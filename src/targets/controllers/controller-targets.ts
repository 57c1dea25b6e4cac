import type { Elsewhere } from "../../discovery/elsewhere.ts";
import type { KnownObject } from "../../discovery/follower.ts";
import type { Declaration } from "../../model/declaration.ts";
import { isMounted } from "../../model/mount.ts";
import { type FolderSpec, specText, type Target } from "../../model/target.ts";
import { entryName, type Nameable, type Named, nameOf, uniqueNames } from "./names.ts";
import { keyOf } from "./objects.ts";
import type { Survey } from "./survey.ts";
import type { ClusterWalk, WalkedUnit } from "./walk.ts";

/** What is about to be a target: something that is deployed, and where its names come from. */
export interface Candidate extends Nameable {
  readonly cluster: string | undefined;
  /** Unique in the plan. */
  readonly key: string;
  /** The key of what it is declared by; `undefined` for what people apply. */
  readonly parent: string | undefined;
  readonly project: string | undefined;
  /** The file of the entry, for rules about clusters by path. */
  readonly entry: string;
  readonly target: Pick<Target, "render" | "destination" | "handling">;
  readonly known: KnownObject | undefined;
  /** Folders of the repository that it reads at another revision. */
  readonly elsewhere: readonly Elsewhere[];
  readonly declares: Declaration["kind"] | undefined;
}

/** All that the clusters of a tree deploy: what people apply, then what controllers make of it, parents first. */
export function candidatesOf({ clusters, applied }: Survey): readonly Candidate[] {
  const all = clusters.flatMap((cluster, index) => {
    const entries = applied.filter((one) => one.cluster === cluster).map(({ spec }) => entryOf(cluster, index, spec));
    const known = new Set([
      ...entries.map(({ key }) => key),
      ...[...cluster.units.keys()].map((key) => `${index} ${key}`),
    ]);
    const units = [...cluster.units.values()].map((unit) => unitOf(cluster, index, unit, known));
    return [...entries, ...units];
  });
  return withoutCircles(all);
}

/** Objects that declare each other have no first one: the first of the list loses its parent. */
function withoutCircles(all: readonly Candidate[]): readonly Candidate[] {
  const parents = new Map(all.map(({ key, parent }) => [key, parent]));
  for (const { key } of all) {
    const seen = new Set<string>();
    for (let at: string | undefined = key; at !== undefined; at = parents.get(at)) {
      if (seen.has(at)) {
        parents.set(key, undefined);
        break;
      }
      seen.add(at);
    }
  }
  return all.map((one) => ({ ...one, parent: parents.get(one.key) }));
}

function entryOf(cluster: ClusterWalk, index: number, spec: FolderSpec): Candidate {
  const name = entryName(spec.path);
  return {
    ...{ name, namespace: "", kind: "entry", object: {}, path: spec.path, cluster: cluster.setting.cluster },
    ...{ key: `${index} ${specText(spec)}`, parent: undefined, project: undefined, entry: spec.path },
    ...{ destination: undefined, target: { render: spec }, known: undefined, declares: undefined },
    elsewhere: [],
  };
}

function unitOf(
  cluster: ClusterWalk,
  index: number,
  { object, unit, parent }: WalkedUnit,
  known: ReadonlySet<string>,
): Candidate {
  const key = `${index} ${keyOf(object)}`;
  const above = `${index} ${parent}`;
  const { render, destination, handling, project, kind, elsewhere = [] } = unit;
  return {
    ...{ name: object.name, namespace: object.namespace, kind: object.kind, object: object.object },
    ...{ path: render.path, cluster: cluster.setting.cluster, key, project, declares: kind, known: object },
    elsewhere,
    parent: above !== key && known.has(above) ? above : undefined,
    entry: cluster.entries[0]?.path ?? "",
    destination,
    target: {
      render,
      ...(destination === undefined ? {} : { destination }),
      ...(handling === undefined ? {} : { handling }),
    },
  };
}

/** The names that a repository without a configuration shows; children go after their parents for them. */
export function shownNames(candidates: readonly Candidate[]): ReadonlyMap<string, Named> {
  const byKey = new Map(candidates.map((one) => [one.key, one]));
  const names = new Map<string, Named>();
  const named = (one: Candidate, above: readonly string[]): Named => {
    const there = names.get(one.key);
    if (there !== undefined) return there;
    const parent = one.parent === undefined || above.includes(one.parent) ? undefined : byKey.get(one.parent);
    const inherited = parent === undefined ? undefined : named(parent, [...above, one.key]).environment;
    const name = nameOf(one, inherited === "default" ? undefined : inherited);
    names.set(one.key, name);
    return name;
  };
  for (const one of candidates) named(one, []);
  return names;
}

/** The targets, with ids of their own and declarations that name their parents' ids. */
export function targetsOf(
  candidates: readonly Candidate[],
  names: ReadonlyMap<string, Named>,
  lines: ReadonlyMap<string, number>,
): readonly Target[] {
  const wanted = candidates.flatMap((one) => {
    const name = names.get(one.key);
    return name === undefined
      ? []
      : [{ ...name, namespace: one.namespace, kind: one.kind, cluster: clusterOf(one), entry: one.entry, one }];
  });
  const unique = uniqueNames(wanted);
  const ids = new Map(unique.map(({ id, one }) => [one.key, id]));
  return unique.map(({ id, app, environment, one }) => {
    const declaration = declarationOf(one, ids, lines);
    return { id, app, environment, ...one.target, ...(declaration === undefined ? {} : { declaration }) };
  });
}

function clusterOf({ cluster, destination }: Candidate): string | undefined {
  return destination?.cluster === undefined || destination.cluster === "in-cluster" ? cluster : destination.cluster;
}

function declarationOf(
  { known, declares, parent, key }: Candidate,
  ids: ReadonlyMap<string, string>,
  lines: ReadonlyMap<string, number>,
): Declaration | undefined {
  if (known === undefined || declares === undefined) return undefined;
  const { namespace, name, file } = known;
  const line = known.line ?? lines.get(key);
  const above = parent === undefined ? undefined : ids.get(parent);
  return {
    ...{ kind: declares, namespace, name },
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(above === undefined ? {} : { parent: above }),
  };
}

/** The folder of the repository that a target is known by; `undefined` where there is none. */
export function ownFolder({ render }: Pick<Target, "render">): string | undefined {
  return isMounted(render.path) || (render.missing !== undefined && render.missing.length > 0)
    ? undefined
    : render.path;
}
