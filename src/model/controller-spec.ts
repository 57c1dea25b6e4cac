import type { JsonObject } from "./json.ts";

/** What only the cluster knows, as `.sluice.yaml` says it. */
export interface ClusterFacts {
  /** The version of Kubernetes (`1.33.1`). */
  readonly version?: string;
  /** API versions (`apps/v1`, `apps/v1/Deployment`) besides those that Helm knows by itself. */
  readonly apis?: readonly string[];
}

/** A Kustomization of Flux: the folder `path` of a source, built as kustomize-controller builds it. */
export interface FluxOptions {
  readonly namespace: string;
  readonly name: string;
  /** Where the source's artifact begins in the render's tree: `""` for the repository, else the path of a mount. */
  readonly root: string;
  /** The fields of `spec` that decide the render; `postBuild` without `substituteFrom`. */
  readonly spec: JsonObject;
  /** `spec.ignore` of the source. */
  readonly ignore?: string;
  /** Variables of `substituteFrom`, merged in its order. Names of `postBuild.substitute` win over them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Those of them whose values come from Secrets: no text shows them. */
  readonly secrets?: readonly string[];
  /**
   * The objects of `substituteFrom` that only the cluster has, as people know them (`Secret/cluster-secrets`): with
   * any, what has no value becomes a placeholder that says so.
   */
  readonly placeholders?: readonly string[];
  /** Whether a variable without value fails the build, as since Flux 2.9 (default true). */
  readonly strict?: boolean;
}

/** One layer of a HelmRelease's values, in the order of `valuesFrom`. */
export type ValuesLayer =
  /** `secret`: out of a Secret, so that no text shows it. */
  | { readonly yaml: string; readonly targetPath?: string; readonly literal?: boolean; readonly secret?: true }
  /** The cluster has it, and nobody here: `name` is for the placeholder. */
  | { readonly unknown: string; readonly targetPath?: string };

/** A HelmRelease of Flux: the chart in the folder `path`, rendered as helm-controller does. */
export interface HelmReleaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Where the chart's source begins in the render's tree: values files of a chart in Git are named from there. */
  readonly root: string;
  /** `spec.ignore` of the source, for a chart in Git. */
  readonly ignore?: string;
  /** The fields of `spec` that decide the render; without `valuesFrom`. */
  readonly spec: JsonObject;
  readonly valuesFrom?: readonly ValuesLayer[];
  readonly cluster?: ClusterFacts;
}

/** An Application of Argo CD. */
export interface ArgoCdOptions {
  /** The name that Argo CD uses for it: with its namespace before it, where that is not Argo CD's own. */
  readonly appName: string;
  /** `spec` without what does not decide the render. */
  readonly spec: JsonObject;
  /** For each source of `spec`, in order: where it begins in the render's tree; for a chart, the chart's folder. */
  readonly roots: readonly string[];
  /** Settings of `argocd-cm` that decide renders, as they are there, and `version`, that of Argo CD. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly cluster?: ClusterFacts;
}

/** A cluster for the generators of an ApplicationSet. */
export interface GeneratorCluster {
  readonly name: string;
  readonly server: string;
  readonly project?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What replaces the answer of a generator that asks what no file tells. */
export interface GeneratorRows {
  readonly applicationSet: string;
  /** `scmProvider`, `pullRequest`, `clusterDecisionResource` or `plugin`. */
  readonly kind: string;
  readonly rows: readonly JsonObject[];
}

/** What `.sluice.yaml` says of an Argo CD. */
export interface ArgoCdFacts {
  /** Settings as `argocd-cm` and `argocd-cmd-params-cm` have them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly generators: readonly GeneratorRows[];
}

/** An ApplicationSet of Argo CD: renders to the Applications that it makes. */
export interface ApplicationSetOptions {
  readonly set: JsonObject;
  /** Where each repository that a git generator names begins in the render's tree, by `repoURL` and `revision`. */
  readonly repositories: readonly { readonly url: string; readonly revision: string; readonly root: string }[];
  readonly clusters: readonly GeneratorCluster[];
  /** By kind of generator: the sets of parameters of one that asks what no tree has. */
  readonly rows?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A ResourceSet of the Flux operator: renders to the objects that it makes. */
export interface ResourceSetOptions {
  readonly set: JsonObject;
  /** Inputs of providers that are known here; each has its provider's name in `provider.name`. */
  readonly inputs?: readonly JsonObject[];
}

/** What a controller deploys, and what makes such objects. `path` is the folder, where there is one. */
export type ControllerSpec =
  | { readonly kind: "flux"; readonly path: string; readonly options: FluxOptions }
  | { readonly kind: "helmrelease"; readonly path: string; readonly options: HelmReleaseOptions }
  | { readonly kind: "argocd"; readonly path: string; readonly options: ArgoCdOptions }
  | { readonly kind: "applicationset"; readonly path: string; readonly options: ApplicationSetOptions }
  | { readonly kind: "resourceset"; readonly path: string; readonly options: ResourceSetOptions };
