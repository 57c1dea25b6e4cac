import { isOf, type Wanted } from "./decide-source.ts";
import type { HelmChart, HelmRelease } from "./helm-release.ts";
import type { Condition } from "./objects.ts";
import { isTaken } from "./request.ts";
import { commitOf } from "./revision.ts";
import { nameOf, type Verdict } from "./verdict.ts";

/** A HelmRelease, and its chart where that is made from this repository. */
export interface HelmReleaseState {
  readonly release: HelmRelease;
  readonly chart?: HelmChart | undefined;
}

/** What Flux does with a HelmRelease that is as the wanted commit has it. `askedAt` as for a Kustomization. */
export function helmReleaseVerdict(state: HelmReleaseState, wanted: Wanted, askedAt?: number): Verdict {
  const { release } = state;
  const behind = chartVerdict(state, wanted);
  if (behind === undefined && isTaken(release, askedAt)) {
    const done = doneVerdict(release) ?? failedVerdict(release);
    if (done !== undefined) return done;
  }
  if (release.suspended)
    return { kind: "waiting", until: "person", reason: `${nameOf(release.reference)} is suspended` };
  return behind ?? { kind: "progressing", step: "apply", text: wordsOf(release) };
}

/** Why the chart is not that of the wanted commit yet, or was not taken up. */
function chartVerdict({ release, chart }: HelmReleaseState, { relation, head }: Wanted): Verdict | undefined {
  if (chart === undefined) return undefined;
  const ready = chart.conditions.get("Ready");
  const name = nameOf(chart.reference);
  if (relation(commitOf(chart.sourceRevision)) !== "included")
    return { kind: "progressing", step: "fetch", text: `${name} is not made from ${head.slice(0, 7)} yet` };
  if (ready?.status === "False") {
    const { reason, message, since: at } = ready;
    return {
      kind: "failing",
      step: "fetch",
      final: false,
      object: chart.reference,
      reason,
      message,
      at,
      applied: false,
    };
  }
  if (release.attempted === chart.revision || chart.revision === "") return undefined;
  return { kind: "progressing", step: "apply", text: `Flux has not begun with chart ${chart.revision} yet` };
}

function doneVerdict({ conditions, observedGeneration, generation, checksHealth }: HelmRelease): Verdict | undefined {
  const ready = conditions.get("Ready");
  if (ready?.status !== "True" || !isOf(ready, generation) || observedGeneration !== generation) return undefined;
  if (conditions.get("Reconciling")?.status === "True") return undefined;
  return { kind: "applied", healthy: checksHealth ? "checked" : "unknown", at: ready.since };
}

/** What Helm waits for before it is asked to do anything. */
const early: ReadonlySet<string> = new Set(["ArtifactFailed", "DependencyNotReady", "SourceNotReady", "AccessDenied"]);

/** Helm is asked again as often as the HelmRelease says; then it is stalled. */
function failedVerdict(release: HelmRelease): Verdict | undefined {
  const { conditions, generation, reference: object } = release;
  const [ready, stalled] = [conditions.get("Ready"), conditions.get("Stalled")];
  const final = stalled?.status === "True" && isOf(stalled, generation);
  const failed = ready?.status === "False" && isOf(ready, generation) ? ready : final ? stalled : undefined;
  if (failed === undefined) return undefined;
  if (!final && early.has(failed.reason)) return { kind: "waiting", until: "controller", reason: failed.message };
  const { reason, message, since: at } = causeOf(release) ?? failed;
  return { kind: "failing", step: "apply", final, object, reason, message, at, applied: !early.has(failed.reason) };
}

/** What went wrong, where Ready is about the way back. */
function causeOf({ conditions, generation }: HelmRelease): Condition | undefined {
  return ["Released", "TestSuccess"]
    .map((type) => conditions.get(type))
    .find((one) => one?.status === "False" && isOf(one, generation));
}

function wordsOf({ conditions }: HelmRelease): string {
  const reconciling = conditions.get("Reconciling");
  return reconciling?.status === "True" && reconciling.message !== ""
    ? reconciling.message
    : "Flux has not said yet what becomes of the release";
}
