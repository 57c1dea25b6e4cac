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

/** An object as the API server gave it, every field of it. */
export type LiveObject = JsonObject;

/** Which objects to list. */
export interface ListQuery extends ObjectType {
  /** Absent: of all namespaces. */
  readonly namespace?: string | undefined;
  /** As `kubectl -l` takes it. */
  readonly labels?: string | undefined;
  /** As `kubectl --field-selector` takes it. */
  readonly fields?: string | undefined;
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

/**
 * The API server of one cluster. What is sent is sent as it is: no field is dropped, added or renamed. Every call has a
 * deadline, and is repeated where the server or the network failed, since all calls are idempotent. Errors: `throttled`
 * (with the time to wait), `unavailable` and `timeout` Faults; `permission`, `not-found`, `input`, `refused`, `limit`
 * and `usage` UserErrors. No message holds a credential or what a Secret holds.
 */
export interface Cluster {
  /** How a kind is served, `undefined` when it is not. What is not known yet is asked for again. */
  mapping(type: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined>;
  /** `undefined` when there is no such object. Throws `not-found` when there is no such kind. */
  get(reference: ObjectReference, signal: AbortSignal): Promise<LiveObject | undefined>;
  /** All that match, over all pages. */
  list(query: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[]>;
  /** Server-side apply with strict validation; gives the object as it is then, or would be. */
  apply(resource: Resource, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject>;
  delete(reference: ObjectReference, options: DeleteOptions, signal: AbortSignal): Promise<DeleteOutcome>;
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
