import type { ClusterAccess, ObjectReference, OpenCluster } from "./kube.ts";
import type { Leases } from "./lease.ts";
import type { ResourceChange } from "./preview.ts";
import type { RepositoryName } from "./tree.ts";

/*
 * What rooms, deploy engines and reports know of a deploy. Times are in milliseconds since the epoch. Texts that come
 * from a cluster or a repository are hostile: escape them where they are shown. No field holds what a Secret holds.
 */

/** One attempt to make the cluster match one target of Git. */
export interface Operation {
  /** The same for every step of this attempt, and of no other. */
  readonly id: string;
  readonly app: string;
  readonly environment: string;
  /** The commit of the base branch that is deployed. */
  readonly head: string;
  /** Of the render at `head`: equal exactly when the resources are equal. */
  readonly digest: string;
  readonly startedAt: number;
}

/** A person or Sluice asked for an operation, whether or not there is a new head. */
export interface DeployRequest {
  /** The same in every run of what asked, and of nothing else. A failed operation is tried again for each new one. */
  readonly id: string;
  /** When it was asked for. */
  readonly at: number;
  /** Whether who asked has seen how much would be deleted, and wants it: the guards against that then let it pass. */
  readonly prune?: boolean;
  /** It undoes what somebody changed by hand: this, and what was undone before. */
  readonly undone?: readonly UndoneField[];
}

/** A field of an object, or an object, that Sluice has set back by itself. */
export interface UndoneField {
  /** Tells object, field and who had changed it from all others. */
  readonly id: string;
  readonly at: readonly number[];
}

/** How many of the wanted pods are ready, summed over a target's workloads. */
export interface Readiness {
  readonly ready: number;
  readonly wanted: number;
}

/** What an operation is busy with. */
export type DeployStep = "fetch" | "compare" | "pre-sync" | "apply" | "health" | "post-sync" | "prune" | "sync-fail";

/** One step of an operation as people see it. */
export interface StepReport {
  readonly step: DeployStep;
  readonly state: "done" | "current" | "failed";
  /** Such as "3 resources change"; without a full stop. */
  readonly text: string;
}

/** A line of what happened in the cluster, newest last. */
export interface ClusterEvent {
  readonly at: number;
  readonly object: ObjectReference;
  /** Such as "Failed to pull image: not found". */
  readonly message: string;
}

/** What is wrong with one object. */
export interface ObjectProblem {
  readonly object: ObjectReference;
  /** A short word of the field: `CrashLoopBackOff`, `ImagePullBackOff`, `ProgressDeadlineExceeded`, `Invalid`. */
  readonly reason: string;
  /** What the cluster says, shortened to the part that a person acts on. */
  readonly message: string;
  /** What a person can do about it, where that is known; an imperative sentence. */
  readonly fix?: string;
  /** Of a container that ended: what it last wrote, masked; at most ten lines. */
  readonly lastLines?: readonly string[];
}

/** Why an operation failed. */
export interface DeployFailure {
  /**
   * `render`: Git does not render; `refused`: access or a guard forbids it; `invalid`: the API server rejects it;
   * `hook`: a hook failed; `health`: it did not become healthy; `timeout`: not in time; `controller`: Argo CD or Flux
   * says so.
   */
  readonly kind: "render" | "refused" | "invalid" | "hook" | "health" | "timeout" | "controller";
  /** What happened in one line, without a full stop: "image cannot be pulled". */
  readonly summary: string;
  readonly problems: readonly ObjectProblem[];
  readonly events: readonly ClusterEvent[];
  /** Whether something was written to the cluster before it failed. */
  readonly applied: boolean;
}

/** An object that Git no longer has and that stays. */
export interface KeptObject {
  readonly object: ObjectReference;
  /** Such as "Sluice does not delete volume claims by itself". */
  readonly reason: string;
}

/** Where an operation stands. */
export type DeployStatus =
  /** Nothing was written yet; `until`: when it goes on by itself. */
  | { readonly state: "waiting"; readonly reason: string; readonly until?: number }
  | {
      readonly state: "progressing";
      readonly steps: readonly StepReport[];
      readonly readiness?: Readiness;
      /** When it fails if it is not healthy by then. */
      readonly deadline: number;
    }
  | {
      readonly state: "live";
      readonly since: number;
      readonly readiness?: Readiness;
      /** Objects that were created, changed or deleted. */
      readonly changed: number;
      readonly kept: readonly KeptObject[];
    }
  | {
      readonly state: "failed";
      readonly at: number;
      readonly failure: DeployFailure;
      readonly steps: readonly StepReport[];
      /** What still serves: the version before and its pods, where that is known. */
      readonly readiness?: Readiness;
    }
  /** `by`: the commit that is deployed in its place. */
  | { readonly state: "superseded"; readonly by: string };

/** An operation and where it stands. */
export interface OperationReport {
  readonly operation: Operation;
  readonly status: DeployStatus;
}

/** An object that is another one in the cluster than in Git. */
export interface ObjectDrift {
  readonly app: string;
  /** From Git to the cluster, Secrets masked; `removed`: the cluster lacks it. */
  readonly change: ResourceChange;
  /** The file of the repository that the object is from, where the renderer knows it. */
  readonly file?: string | undefined;
  /** Who wrote what differs, as the cluster names it (a field manager such as `kubectl`), and when. */
  readonly by?: string | undefined;
  readonly at?: number | undefined;
}

/** What a comparison of an environment's live apps with Git came to. */
export interface EnvironmentDrift {
  readonly environment: string;
  /** The commit of the base branch that was compared. */
  readonly head: string;
  readonly comparedAt: number;
  /** Empty: the cluster matches Git. */
  readonly objects: readonly ObjectDrift[];
  /** How many objects could not be compared: the API server refuses to try them, or they need what is not there. */
  readonly unknown?: number;
}

/** A field that somebody changes again whenever Sluice has set it back, so that it stops. */
export interface ContestedField {
  readonly app: string;
  readonly kind: string;
  readonly name: string;
  /** `spec.replicas`; absent: the object itself, which is deleted. */
  readonly path?: string | undefined;
  /** As the cluster names who does. */
  readonly by?: string | undefined;
}

/** Which objects of a cluster one repository may have in one environment. Decided by the operator alone. */
export interface ClusterGrant {
  /** `owner/name`, with `*`. */
  readonly repositories: readonly string[];
  /** Names of environments, with `*`. */
  readonly environments: readonly string[];
  /** Namespaces, with `*`; may hold `{app}` and `{environment}`. */
  readonly namespaces: readonly string[];
  /** `Kind` of the core group or `Kind.group`, with `*`; absent: every kind that lives in a namespace. */
  readonly kinds?: readonly string[] | undefined;
  /** Kinds without a namespace, as in `kinds`; absent: none. */
  readonly clusterKinds?: readonly string[] | undefined;
  /** The service account that Sluice acts as, `namespace/name`; absent: with its own rights. */
  readonly serviceAccount?: string | undefined;
}

/** One cluster as the operator's settings describe it. */
export interface ClusterSettings {
  /** As `deploy.cluster` in `.sluice.yaml` names it. */
  readonly name: string;
  /** Where Sluice keeps inventories and leases. No repository can write there. */
  readonly namespace: string;
  readonly grants: readonly ClusterGrant[];
}

/** A cluster of `sluice.server.yaml`: what may be done there, and how Sluice gets in. */
export interface ClusterEntry extends ClusterSettings {
  readonly access: ClusterAccess;
}

/** A cluster that is open. */
export interface DeployCluster {
  readonly settings: ClusterSettings;
  /** With Sluice's own rights. */
  readonly cluster: OpenCluster;
  /** In the namespace that Sluice keeps for itself. */
  readonly leases: Leases;
}

/** The operator's clusters. */
export interface Clusters {
  /**
   * The cluster of this name; `undefined`: the operator has none of that name. Throws a `usage` UserError when its
   * access cannot be used.
   */
  open(name: string): Promise<DeployCluster | undefined>;
}

/** Compares what is live in an environment with its cluster: a job of the queue. */
export interface DriftJob {
  readonly type: "drift";
  readonly installationId: number;
  readonly repository: RepositoryName;
  /** The branch that the environments live on. */
  readonly defaultBranch: string;
  readonly environment: string;
}

/** Brings a repository's environments to their clusters: a job of the queue. */
export interface ReconcileJob {
  readonly type: "reconcile";
  readonly installationId: number;
  readonly repository: RepositoryName;
  /** The branch that the environments live on. */
  readonly defaultBranch: string;
  /** Absent: adds one job for each environment that is deployed. */
  readonly environment?: string;
}
