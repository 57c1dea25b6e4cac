import type { ObjectReference } from "../../../model/kube.ts";

/**
 * How a commit stands to the wanted one. `included`: it is that commit, a later one, or one at which the target is the
 * same; `older`: an earlier one; `unknown`: Sluice does not have it, such as one that was pushed a moment ago; `other`:
 * none of these.
 */
export type Relation = "included" | "older" | "unknown" | "other";

/** How commits stand to the wanted one. */
export type RelationOf = (commit: string | undefined) => Relation;

/** What Flux does with a target, as its objects say. */
export type Verdict =
  /** `until`: `person`, who has to do something; `controller`: what it waits for should come by itself. */
  | { readonly kind: "waiting"; readonly until: "person" | "controller"; readonly reason: string }
  | { readonly kind: "progressing"; readonly step: "fetch" | "apply" | "health"; readonly text: string }
  /** `checked`: the controller has seen that it is healthy; `at`: since when it says so, in milliseconds. */
  | { readonly kind: "applied"; readonly healthy: "checked" | "unknown"; readonly at: number | undefined }
  | Failing
  /** By a later commit. */
  | { readonly kind: "superseded"; readonly by: string };

/** The controller failed, and may try again. */
export interface Failing {
  readonly kind: "failing";
  /** What it fails at. */
  readonly step: "fetch" | "apply" | "health";
  /** `false`: it may come right by itself, so it fails when the time is over. */
  readonly final: boolean;
  /** The object of Flux that says it. */
  readonly object: ObjectReference;
  readonly reason: string;
  /** As the controller wrote it: not to be shown like this. Empty while it tries again. */
  readonly message: string;
  /** Since when it says so, in milliseconds since the epoch. */
  readonly at?: number | undefined;
  /** Whether something was written to the cluster. */
  readonly applied: boolean;
}

/** `GitRepository flux-system/shop`, for messages. */
export function nameOf({ kind, namespace = "", name }: ObjectReference): string {
  return `${kind} ${namespace}/${name}`;
}
