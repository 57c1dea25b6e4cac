import type { Cluster } from "../../../model/kube.ts";
import { fieldManager } from "../apply/ports.ts";
import { commitIn, type Wanted } from "./decide-source.ts";
import type { HelmRelease } from "./helm-release.ts";
import type { FluxObject } from "./objects.ts";
import type { FluxState } from "./read-state.ts";
import { readRequest, requestedAtAnnotation, requestToken } from "./request.ts";
import type { Relation } from "./verdict.ts";

/** A Kustomization follows its source by itself, within moments. */
const followMs = 5_000;
/** With the same value as the request: what has failed too often is tried again. */
const resetAtAnnotation = "reconcile.fluxcd.io/resetAt";

/** How far the wanted commit got, and since when a person wants it again. */
export interface Progress {
  readonly wanted: Wanted;
  /** Of the commit that the Kustomization tried last. */
  readonly attempted: Relation;
  readonly askedAt: number | undefined;
}

/**
 * The objects that are to be asked to reconcile now: the source first, then what follows it, each only if the commit
 * does not get on by itself, and once. Pure.
 */
export function toRequest({ source, kustomization, release }: FluxState, progress: Progress): readonly FluxObject[] {
  const { wanted, askedAt } = progress;
  const again = (one: FluxObject) => askedAt !== undefined && !((readRequest(one.requestedAt).at ?? 0) >= askedAt);
  const isNew = (one: FluxObject) => readRequest(one.requestedAt).head !== wanted.head;
  const hasCommit = wanted.relation(commitIn(source)) === "included";
  if (!source.suspended && (again(source) || (!hasCommit && isNew(source)))) return [source];
  if (!hasCommit) return [];
  const sourceIsQuiet = source.requestedAt === source.handledAt || askedAt === undefined;
  const left = wanted.now - (source.artifact?.at ?? 0);
  const isLate = progress.attempted !== "included" && (left < 0 || left >= followMs);
  return [
    ...(kustomization !== undefined &&
    !kustomization.suspended &&
    sourceIsQuiet &&
    (again(kustomization) || (isLate && isNew(kustomization)))
      ? [kustomization]
      : []),
    ...(release !== undefined && !release.suspended && sourceIsQuiet && again(release) ? [release] : []),
  ];
}

/** Asks Flux to reconcile an object now; whoever changed it since was faster, and the next step looks again. */
export async function requestReconcile(
  cluster: Cluster,
  object: FluxObject | HelmRelease,
  { head, now }: Pick<Wanted, "head" | "now">,
  signal: AbortSignal,
): Promise<void> {
  const token = requestToken(head, now);
  const reset = object.reference.kind === "HelmRelease" ? { [resetAtAnnotation]: token } : {};
  const annotations = { [requestedAtAnnotation]: token, ...reset };
  const metadata = { resourceVersion: object.resourceVersion, annotations };
  await cluster.patch(object.reference, { metadata }, { fieldManager, dryRun: false }, signal);
}
