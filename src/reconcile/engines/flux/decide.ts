import { helmReleaseVerdict } from "./decide-helm-release.ts";
import { commitOfRevision, kustomizationVerdict } from "./decide-kustomization.ts";
import { commitIn, sourceVerdict, type Wanted } from "./decide-source.ts";
import type { FluxObject } from "./objects.ts";
import type { FluxState } from "./read-state.ts";
import { readRequest } from "./request.ts";
import { commitOf } from "./revision.ts";
import type { Verdict } from "./verdict.ts";

/** What Flux does with the wanted commit of a target. `askedAt`: when a person asked for it again. Pure. */
export function fluxVerdict(state: FluxState, wanted: Wanted, askedAt: number | undefined): Verdict {
  const { source, kustomization, release, chart } = state;
  const before =
    kustomization === undefined
      ? sourceVerdict(source, wanted)
      : kustomizationVerdict({ source, kustomization }, wanted, askedAt);
  if (release === undefined) return before ?? { kind: "applied", healthy: "unknown", at: undefined };
  if (before !== undefined && !hasReleaseApplied(before)) return before;
  return helmReleaseVerdict({ release, chart }, wanted, askedAt);
}

/** A Kustomization that waits for what it applied has applied the release, whose health it may wait for. */
function hasReleaseApplied(verdict: Verdict): boolean {
  if (verdict.kind === "progressing") return verdict.step === "health";
  return verdict.kind === "applied" || (verdict.kind === "failing" && verdict.reason === "HealthCheckFailed");
}

/** The commits that the objects name, each once. */
export function commitsIn({ source, kustomization, chart }: FluxState): readonly string[] {
  const revisions =
    kustomization === undefined
      ? []
      : [kustomization.applied, kustomization.attempted, kustomization.history[0]?.revision ?? ""].map((revision) =>
          commitOfRevision(revision, { source, kustomization }),
        );
  const all = [commitIn(source), ...revisions, commitOf(chart?.sourceRevision ?? "")];
  return [...new Set(all.filter((one) => one !== undefined))];
}

/** The commit that the objects were tried with last. */
export function attemptedCommit({ source, kustomization, chart }: FluxState): string | undefined {
  if (kustomization !== undefined) return commitOfRevision(kustomization.attempted, { source, kustomization });
  return commitOf(chart?.sourceRevision ?? "");
}

/**
 * When the operation began, in milliseconds: when Sluice asked for the commit last, or Flux fetched it, or began with
 * it later, after it was suspended; `undefined`: none of these was.
 */
export function startOf(state: FluxState, wanted: Wanted, askedAt: number | undefined): number | undefined {
  const { source, kustomization, release } = state;
  const objects: readonly (FluxObject | undefined)[] = [source, kustomization, release];
  const requests = objects.flatMap((one) => (one === undefined ? [] : [readRequest(one.requestedAt)]));
  const own = requests.flatMap(({ at, head }) => (head === wanted.head && at !== undefined ? [at] : []));
  const since = own.filter((at) => askedAt === undefined || at >= askedAt);
  const fetched = wanted.relation(commitIn(source)) === "included" ? source.artifact?.at : undefined;
  const start = since.length > 0 ? Math.max(...since) : (askedAt ?? fetched);
  // Nobody's clock begins an operation later than now.
  return start === undefined ? undefined : Math.min(Math.max(start, firstAttempt(state, wanted) ?? start), wanted.now);
}

/** Since when the Kustomization is at the commit for the first time. */
function firstAttempt({ source, kustomization }: FluxState, wanted: Wanted): number | undefined {
  if (kustomization === undefined) return undefined;
  const verdict = kustomizationVerdict({ source, kustomization }, wanted);
  const ready = kustomization.conditions.get("Ready");
  const isAtIt = verdict.kind === "progressing" && verdict.step !== "fetch" && ready?.status === "Unknown";
  return isAtIt ? ready.since : undefined;
}
