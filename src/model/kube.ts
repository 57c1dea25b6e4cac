import type { JsonObject } from "./json.ts";
import type { Resource } from "./render.ts";

/** A kind of object in one of its versions, as manifests name it. */
export interface ObjectType {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object of a cluster. */
export interface ObjectReference extends ObjectType {
  readonly name: string;
  /** Of a kind that lives in namespaces. */
  readonly namespace?: string | undefined;
}

/** How an API server serves a kind. */
export interface ResourceMapping {
  /** The name in paths, such as `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** What can be done with it, such as `list` and `patch`. */
  readonly verbs: readonly string[];
}

/** An object as the API server gave it: every field of it, and every number as it was written. */
export interface LiveObject {
  readonly object: JsonObject;
  /** As a resource has it. */
  readonly numbers?: Resource["numbers"];
}

/** Which objects to list. */
export interface ListQuery extends ObjectType {
  /** Absent: of all namespaces. */
  readonly namespace?: string | undefined;
  /** As `kubectl -l` takes it. */
  readonly labels?: string | undefined;
  /** As `kubectl --field-selector` takes it. */
  readonly fields?: string | undefined;
  /** Only what an object is and its metadata: much less to send, and nothing of what a Secret holds. */
  readonly metadataOnly?: boolean | undefined;
}

/** How an object is applied. */
export interface ApplyOptions {
  /** Who owns the fields that are applied, at most 128 characters. */
  readonly fieldManager: string;
  /** Only says what would become of the object. */
  readonly dryRun: boolean;
  /** Takes over fields that others own. Else each of those is a conflict. */
  readonly force: boolean;
  /** Where an object goes that names no namespace and is of a kind that lives in one. */
  readonly namespace?: string | undefined;
}

/** What must still be true of an object that is deleted, and what becomes of those that it owns. */
export interface DeleteOptions {
  readonly uid: string;
  readonly resourceVersion?: string | undefined;
  readonly propagation: "Background" | "Foreground" | "Orphan";
}

/**
 * What became of a deletion. `accepted`: the object is gone, or will be when its finalizers are done; `absent`: it was
 * not there; `changed`: it is another one, or has changed since, and stays.
 */
export type DeleteOutcome = "accepted" | "absent" | "changed";

/** How an object is made, or changed in some fields. */
export interface WriteOptions {
  /** Who owns the fields afterwards. */
  readonly fieldManager: string;
  readonly dryRun: boolean;
}

/** Which lines of a container's log. */
export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  /** Need not be named where a Pod has only one. */
  readonly container?: string | undefined;
  /** Those of the container's run before this one, which a crash ended. */
  readonly previous: boolean;
  /** At most so many lines, of the end. */
  readonly tailLines: number;
}

/** The end of a log, or why it cannot be had: no node answers, the container has not started, or no right to it. */
export type LogTail =
  | { readonly kind: "lines"; readonly text: string }
  | { readonly kind: "none"; readonly reason: string };

/** Something that a controller said about an object. */
export interface ObjectEvent {
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** How often it was said. */
  readonly count: number;
  /** When it was said last, as RFC 3339; empty where that is not known. */
  readonly lastSeen: string;
}

/** Whether something may be done. */
export interface AccessQuestion extends ObjectType {
  /** Such as `patch`. */
  readonly verb: string;
  /** Absent: in all namespaces, or of a kind that lives in none. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** An account in whose name calls are made, with its rights alone. */
export interface Impersonation {
  /** `system:serviceaccount:shop:deployer`. */
  readonly user: string;
  /** A service account has its own without being told. */
  readonly groups?: readonly string[] | undefined;
}

/**
 * The API server of one cluster. What is sent is sent as it is: no field is dropped, added or renamed. Every call has a
 * deadline, and is repeated where the server or the network failed; so a call that was carried out though its answer
 * was lost may find its own work: `exists`, `changed`. Errors: `throttled` (with the time to wait), `unavailable` and
 * `timeout` Faults; `permission`, `not-found`, `input`, `refused`, `limit` and `usage` UserErrors. No message holds a
 * credential or what a Secret holds.
 */
export interface Cluster {
  /** How a kind is served, `undefined` when it is not. What is not known yet is asked for again. */
  mapping(type: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined>;
  /** The kind of a group in the version that the server prefers; `undefined` when it is not served. */
  preferred(group: string, kind: string, signal: AbortSignal): Promise<ObjectType | undefined>;
  /** `undefined` when there is no such object. Throws `not-found` when there is no such kind. */
  get(reference: ObjectReference, signal: AbortSignal): Promise<LiveObject | undefined>;
  /** All that match, over all pages. */
  list(query: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[]>;
  /** The same, with what `keep` gives for each: so thousands of them need not be held whole. */
  listAs<T>(query: ListQuery, keep: (object: LiveObject) => T, signal: AbortSignal): Promise<readonly T[]>;
  /** Server-side apply with strict validation; gives the object as it is then, or would be. */
  apply(resource: Resource, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject>;
  /** Makes an object that must not be there yet. `namespace` as in `ApplyOptions`. */
  create(
    resource: Resource,
    options: WriteOptions & Pick<ApplyOptions, "namespace">,
    signal: AbortSignal,
  ): Promise<LiveObject | "exists">;
  /**
   * Changes the fields that the patch names, and takes away those that are `null` in it (RFC 7386). With
   * `metadata.resourceVersion` or `metadata.uid` in the patch only an object that still has these is: else `changed`.
   */
  patch(
    reference: ObjectReference,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<LiveObject | "changed" | "absent">;
  delete(reference: ObjectReference, options: DeleteOptions, signal: AbortSignal): Promise<DeleteOutcome>;
  /** What was said about an object, the latest last. With the uid of one of that name. */
  events(about: ObjectReference & { readonly uid?: string }, signal: AbortSignal): Promise<readonly ObjectEvent[]>;
  /** The end of a log. Asked for once, whatever comes of it: it is for people. */
  log(query: LogQuery, signal: AbortSignal): Promise<LogTail>;
  /** Whether who calls may do it. What the server would also ask, such as an admission webhook, is not asked. */
  may(question: AccessQuestion, signal: AbortSignal): Promise<boolean>;
}

/** A cluster's client, as who opened it has it. */
export interface OpenCluster extends Cluster {
  /**
   * The same cluster with the rights of another account; on the same connections, which end with this one. Throws a
   * `usage` UserError for a name that is none.
   */
  as(account: Impersonation): Cluster;
  /**
   * By how much the cluster's clock is ahead of this process's, in milliseconds, as its last answers say; 0 where they
   * agree to a few seconds. What workers agree on by time, they agree on by the cluster's.
   */
  clockOffset(): number;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** How an operator lets Sluice into a cluster. None of it ever comes from a repository. */
export type ClusterAccess =
  /** `exec`: whether the kubeconfig may name a program that gives credentials. */
  | {
      readonly kind: "kubeconfig";
      readonly path: string;
      readonly context?: string | undefined;
      readonly exec: boolean;
    }
  /** As a Pod's service account. */
  | { readonly kind: "in-cluster" }
  /** `ca`: PEM; absent: the usual authorities. */
  | { readonly kind: "token"; readonly server: string; readonly token: string; readonly ca?: string | undefined };
