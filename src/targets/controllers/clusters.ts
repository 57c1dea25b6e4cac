import type { ClusterFacts, GeneratorCluster } from "../../model/controller-spec.ts";
import type { ClusterSetting } from "./walk.ts";

/** What a configuration says of a cluster in its place. */
export interface ClusterStandIn {
  readonly name: string;
  readonly server?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly kubernetes?: ClusterFacts;
  readonly variables: Readonly<Record<string, string>>;
}

/** What is known of the cluster of this name. A cluster without a name is the only one of the configuration, if any. */
export function standInOf(name: string | undefined, all: readonly ClusterStandIn[]): Omit<ClusterSetting, "own"> {
  const [only, ...others] = all;
  const found = name === undefined && others.length === 0 ? only : all.find((one) => one.name === name);
  const cluster = name ?? found?.name;
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(found?.kubernetes === undefined ? {} : { facts: found.kubernetes }),
    variables: found?.variables ?? {},
    clusters: all.flatMap(generatorCluster),
  };
}

function generatorCluster({ name, server, labels }: ClusterStandIn): readonly GeneratorCluster[] {
  return server === undefined ? [] : [{ name, server, ...(labels === undefined ? {} : { labels }) }];
}
