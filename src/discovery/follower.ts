import type { ClusterFacts, GeneratorCluster } from "../model/controller-spec.ts";
import type { Declaration, Destination, Handling } from "../model/declaration.ts";
import type { JsonObject } from "../model/json.ts";
import type { SourceAnswer, SourceRequest } from "../model/sources.ts";
import type { RenderSpec } from "../model/target.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { OwnRepository } from "./own-repository.ts";

/** Names an object in a cluster. `group` is `""` for the core; `namespace` is empty where it has none. */
export interface ObjectName {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object that a controller reads: as a render gave it, or from the file of an entry. */
export interface KnownObject extends ObjectName {
  readonly object: JsonObject;
  /** The file of the repository that it comes from, and its line, where that is known. */
  readonly file?: string;
  readonly line?: number;
  /** It stands in the file of an entry: people apply it. */
  readonly entry?: boolean;
}

/** What is known of one cluster when an object is followed. Objects of two clusters never mix. */
export interface World {
  /** The repository and the branch that is looked at. */
  readonly own: OwnRepository;
  /** The cluster's name: what `.sluice.yaml` or the entry's path (`clusters/<name>`) says. */
  readonly cluster?: string;
  /** What `.sluice.yaml` says in the cluster's place. */
  readonly facts?: ClusterFacts;
  /** Variables that only the cluster has, as `.sluice.yaml` gives them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Clusters that `.sluice.yaml` declares. */
  readonly clusters: readonly GeneratorCluster[];
  /** The object with this name, `undefined` where nothing declares it. */
  object(name: ObjectName): KnownObject | undefined;
  /** All objects of a kind, in a steady order. Only what controllers read is kept, ConfigMaps and Secrets among it. */
  objects(group: string, kind: string): readonly KnownObject[];
  /** What became of a request; `undefined` where nobody asked for it yet. */
  source(request: SourceRequest): SourceAnswer | undefined;
}

/** Something about an object that people must know; what it says is left out or a guess. */
export interface FollowProblem {
  readonly message: string;
  readonly fix: string;
}

/** What a controller deploys for one object: the target before it has an app and an environment. */
export interface FollowedUnit {
  readonly render: RenderSpec;
  readonly kind: Declaration["kind"];
  readonly destination?: Destination;
  readonly handling?: Handling;
  /** Argo CD's project. */
  readonly project?: string;
  /** Folders of the own repository that it reads at another revision: nothing of this one is deployed by it. */
  readonly elsewhere?: readonly Elsewhere[];
}

/** What follows from one object. */
export interface Followed {
  /** Asked for before more can be said: the object is followed again once `World.source` answers all of them. */
  readonly needs?: readonly SourceRequest[];
  readonly unit?: FollowedUnit;
  /** Objects that a controller makes of it without a render (the source and Kustomization of a FluxInstance). */
  readonly objects?: readonly JsonObject[];
  readonly problems?: readonly FollowProblem[];
}

/**
 * The rules of one controller. Pure: the same object in the same world gives the same. An object is followed again when
 * the world has learned more, so an object or source that is missing now may be there then.
 */
export interface Follower {
  /** Whether it follows objects of this kind. */
  follows(group: string, kind: string): boolean;
  follow(object: KnownObject, world: World): Followed;
}
