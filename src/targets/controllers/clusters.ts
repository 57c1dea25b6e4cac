import type { ArgoCdFacts, ClusterFacts, GeneratorCluster } from "../../model/controller-spec.ts";
import { isAtOrBelow } from "../../model/paths.ts";
import type { ClusterSetting } from "./walk.ts";

/** What a configuration says of a cluster in its place. */
export interface ClusterStandIn {
  readonly name: string;
  readonly server?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  readonly argocd?: ArgoCdFacts & { readonly clusters?: readonly string[] };
  readonly kubernetes?: ClusterFacts;
  readonly variables: Readonly<Record<string, string>>;
}

/** The name of the cluster in which people apply the objects of a folder. */
export function clusterAt(folder: string, all: readonly ClusterStandIn[]): string | undefined {
  return all.find(({ paths }) => paths.some((path) => isAtOrBelow(folder, path)))?.name;
}

/**
 * What is known of the cluster of this name. A cluster without a name is the only one of the configuration, if any; an
 * Argo CD of which only one cluster tells deploys to all of them.
 */
export function standInOf(name: string | undefined, all: readonly ClusterStandIn[]): Omit<ClusterSetting, "own"> {
  const [only, ...others] = all;
  const found = name === undefined && others.length === 0 ? only : all.find((one) => one.name === name);
  const cluster = name ?? found?.name;
  const told = all.flatMap((one) => one.argocd ?? []);
  const argocd = found?.argocd ?? (told.length === 1 ? told[0] : undefined);
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(found?.kubernetes === undefined ? {} : { facts: found.kubernetes }),
    otherFacts: new Map(all.flatMap((one) => (one.kubernetes === undefined ? [] : [[one.name, one.kubernetes]]))),
    ...(argocd === undefined ? {} : { argocd }),
    variables: found?.variables ?? {},
    clusters: all.filter(({ name }) => argocd?.clusters?.includes(name) !== false).flatMap(generatorCluster),
  };
}

function generatorCluster({ name, server, labels, annotations }: ClusterStandIn): readonly GeneratorCluster[] {
  const words = { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
  return server === undefined ? [] : [{ name, server, ...words }];
}
