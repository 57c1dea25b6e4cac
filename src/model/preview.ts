import type { UnpinnedReference } from "./render.ts";
import type { RendererKind } from "./target.ts";

/** How much a reviewer must care. */
export type Severity = "danger" | "warning" | "notice";

/** Names a resource. `namespace` is `""` where there is none. */
export interface ResourceId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something a reviewer must see. */
export interface Finding {
  /** Which rule, e.g. `deleted-persistent-volume-claim`. */
  readonly id: string;
  readonly severity: Severity;
  readonly app: string;
  readonly environment: string;
  /** `Kind/name` or `Kind/namespace/name`; `""` for a finding about the whole target. */
  readonly resource: string;
  readonly message: string;
  /** Where in the head's files it can be mended, where that is known. */
  readonly file?: string;
  readonly line?: number;
}

/** How one resource differs. `diff` is unified YAML with secrets masked, without file headers. */
export interface ResourceChange extends ResourceId {
  readonly action: "added" | "removed" | "changed" | "renamed";
  /** For `renamed`: what it was. */
  readonly from?: ResourceId;
  readonly addedLines: number;
  readonly removedLines: number;
  readonly diff: string;
}

/** A container's image changed. `container` is `Kind/name: container`; `from` or `to` is `""` when the container is new or gone. */
export interface ImageChange {
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

/** A workload's replicas changed; `undefined` where the field or the workload is absent. */
export interface ReplicaChange {
  readonly workload: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What happens to one target between merge base and head. */
export interface TargetPreview {
  readonly app: string;
  readonly environment: string;
  readonly path: string;
  readonly renderer: RendererKind;
  readonly status: "changed" | "unchanged" | "added" | "removed" | "failed";
  /** Why it is affected: chains of paths, from a changed path through the directories that read it to the target. */
  readonly because: readonly (readonly string[])[];
  readonly changes: readonly ResourceChange[];
  readonly images: readonly ImageChange[];
  readonly replicas: readonly ReplicaChange[];
  /** Workloads that restart only because a hash-suffixed name they use changed. */
  readonly restarts: number;
  /** Lines that are noise by `preview.ignore` and were left out of `changes`. */
  readonly hiddenLines: number;
  readonly error?: {
    readonly message: string;
    readonly file?: string;
    readonly line?: number;
    readonly side: "base" | "head";
  };
}

/** What was looked at and what was left out. `truncated` counts resource diffs that a report could not hold. */
export interface Completeness {
  /** Targets known at base or head. */
  readonly targets: number;
  /** Targets with a changed input. */
  readonly affected: number;
  /** Affected targets that rendered on both sides (where they exist). */
  readonly rendered: number;
  readonly failed: number;
  readonly truncated: number;
  readonly hiddenLines: number;
  readonly unpinned: readonly UnpinnedReference[];
}

/** The comparison of a pull request's renders at its merge base and at its head. */
export interface Preview {
  readonly base: string;
  readonly mergeBase: string;
  readonly head: string;
  /** Affected targets, the riskiest first; unaffected ones are only counted. */
  readonly targets: readonly TargetPreview[];
  readonly findings: readonly Finding[];
  readonly completeness: Completeness;
  /** Remarks on the configuration: where targets came from, that the head changes the file. */
  readonly notes: readonly string[];
}
