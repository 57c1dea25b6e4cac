/** The object by which a controller deploys a target. */
export interface Declaration {
  readonly kind: "Application" | "ApplicationSet" | "Kustomization" | "HelmRelease" | "ResourceSet";
  /** Empty where the object has none. */
  readonly namespace: string;
  readonly name: string;
  /** The file of the repository that it comes from, and its line, where that is known. */
  readonly file?: string;
  readonly line?: number;
  /** The target whose render it is in; absent for an entry, an object that people apply. */
  readonly parent?: string;
}

/** Where a target is deployed to. */
export interface Destination {
  /** The cluster's name: of Argo CD's destination, or of the entry (`clusters/<name>`). */
  readonly cluster?: string;
  /** The API server's address, where the declaration has that and no name. */
  readonly server?: string;
  readonly namespace?: string;
}

/** What a controller does with a target, besides rendering it. Absent means: as the controller does by default. */
export interface Handling {
  /** Nothing is deployed on a merge. */
  readonly suspended?: boolean;
  /** Whether the controller deploys by itself. */
  readonly automated?: boolean;
  /** Whether what leaves Git is deleted in the cluster. */
  readonly prune?: boolean;
  /** Whether the controller undoes changes in the cluster. */
  readonly selfHeal?: boolean;
  /** Sync options of Argo CD, as they are written. */
  readonly syncOptions?: readonly string[];
  /** `spec.driftDetection.mode` of a HelmRelease. */
  readonly driftDetection?: string;
}
