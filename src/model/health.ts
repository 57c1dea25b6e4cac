import type { LiveObject } from "./kube.ts";

/**
 * How an object is. `missing` is what rules say of something that the object needs; `unknown`: nobody can say, or the
 * rule failed.
 */
export type HealthStatus = "healthy" | "progressing" | "degraded" | "suspended" | "missing" | "terminating" | "unknown";

/**
 * Which kind of rule decided: `kstatus`; `core`, what kstatus gets wrong of the core kinds, as Flux and Argo CD have
 * it; `argocd`, one of Argo CD's health scripts; `repository`, a rule of the repository's own.
 */
export type HealthRuleKind = "kstatus" | "core" | "argocd" | "repository";

/** What is said of one object. */
export interface Health {
  readonly status: HealthStatus;
  /** From the cluster or a rule, so not to be trusted; may be empty. */
  readonly message: string;
  readonly rule: HealthRuleKind;
  /** Which script or rule of that kind: `argoproj.io/Rollout`. */
  readonly name?: string;
}

/** The kinds of objects that a rule is for. In both, `*` stands for anything. */
export interface HealthRuleTarget {
  /** The API group without a version, empty for the core kinds. */
  readonly group: string;
  readonly kind: string;
}

/**
 * A rule of a repository's own. `lua`: a script as Argo CD's `resource.customizations.health` has it, in the same
 * sandbox as Argo CD's own. `cel`: expressions as Flux's `healthCheckExprs` have them; the first that is true of
 * `inProgress`, `failed` and `current` decides, and none is progressing.
 */
export type HealthRule = HealthRuleTarget &
  (
    | { readonly lua: string }
    | { readonly cel: { readonly current: string; readonly inProgress?: string; readonly failed?: string } }
  );

/** Judges live objects by the field's own rules. */
export interface HealthJudge {
  /**
   * How each object is, in their order. Rules for the very kind go before those with `*`, the earlier before the later.
   * What is wrong with one object or its rule is that object's `unknown`. Rejects only when `signal` aborts or no
   * engine can be started.
   */
  health(objects: readonly LiveObject[], rules: readonly HealthRule[], signal: AbortSignal): Promise<readonly Health[]>;
}
