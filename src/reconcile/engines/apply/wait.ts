import type { ObjectProblem } from "../../../model/deploy.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { isEstablished, refusedNames } from "../../health/results.ts";
import { type Verdict, verdictOf, type Watched } from "../../health/verdict.ts";
import { type Manifest, objectAt } from "../../manifests/manifest.ts";
import { definedTypes } from "../../manifests/read.ts";
import { isStateless } from "../../order/kinds.ts";
import type { Stage } from "../../order/stages.ts";
import { pendingOf } from "./apply-stage.ts";
import { hookOutcome, readHooks } from "./hooks.ts";
import { listManifests } from "./members.ts";
import { failureOf } from "./problems.ts";
import { type Outcome, type Work, waitOn } from "./work.ts";
import { withPods } from "./workload-pods.ts";

/** Waits until a stage is ready for the next: definitions are served, objects healthy, hooks ended well. */
export async function waitForStage(work: Work, stage: Stage): Promise<Outcome> {
  await readHooks(work);
  const hooks = hookOutcome(
    work,
    stage.hooks.map(({ key }) => key),
  );
  if (hooks.kind === "failed") return hooks;
  const ready = stage.part === "definitions" ? await waitForDefinitions(work, stage) : await waitForHealth(work, stage);
  return ready.kind === "done" ? hooks : ready;
}

async function waitForDefinitions(work: Work, stage: Stage): Promise<Outcome> {
  const { limits } = work.rules;
  const bases = pendingOf(work, stage).filter(({ reference: { kind } }) => kind !== "ClusterRole");
  const states = await mapLimit(bases, limits.concurrency, (manifest) => definitionState(work, manifest));
  const refused = states.filter((state) => typeof state !== "string");
  if (refused.length > 0) return { kind: "failed", failure: failureOf("invalid", refused, true) };
  if (states.every((state) => state === "served")) return { kind: "done" };
  work.update({ problems: bases.flatMap((base, at) => (states[at] === "open" ? [notServed(base)] : [])) });
  return waitOn(work, work.document.taskSince + limits.definitionMs);
}

async function definitionState(
  work: Work,
  { reference, object }: Manifest,
): Promise<"served" | "open" | ObjectProblem> {
  const live = await work.ports.cluster.get(reference, work.signal);
  if (live === undefined) return "open";
  const refused = refusedNames(live.object);
  if (refused !== undefined) return { object: reference, reason: "NamesNotAccepted", message: refused };
  if (!isEstablished(live.object)) return "open";
  const types = definedTypes(object).map((key) => key.split("/"));
  const mappings = await mapLimit(types, 1, ([, group, version = "", kind = ""]) =>
    work.ports.cluster.mapping({ apiVersion: `${group}/${version}`, kind }, work.signal),
  );
  return mappings.includes(undefined) ? "open" : "served";
}

function notServed({ reference }: Manifest): ObjectProblem {
  return { object: reference, reason: "NotEstablished", message: "the API server does not serve it yet" };
}

async function waitForHealth(work: Work, stage: Stage): Promise<Outcome> {
  const stateful = stage.manifests.filter(({ reference }) => !isStateless(reference));
  // What is followed by a look at everything needs none of its own.
  if (stateful.length === 0 || isLast(work, stage)) return { kind: "done" };
  const { document, rules, now } = work;
  // Controllers need a moment to see what was applied: until then what they said before looks true.
  const seen = document.taskSince + rules.limits.waveDelayMs;
  if (pendingOf(work, stage).length > 0 && now < seen) return waitOn(work, Number.POSITIVE_INFINITY, seen);
  return healthOutcome(work, stateful, "at-once");
}

function isLast({ wanted: { tasks } }: Work, stage: Stage): boolean {
  const at = tasks.findIndex((task) => task.kind === "wait" && task.stage === stage);
  return tasks[at + 1]?.kind === "settle";
}

/** Waits until everything is healthy, and has been for a while. */
export async function settle(work: Work): Promise<Outcome> {
  const stateful = work.wanted.manifests.filter(({ reference }) => !isStateless(reference));
  if (stateful.length === 0) return { kind: "done" };
  return healthOutcome(work, stateful, work.document.changes > 0 ? "stable" : "at-once");
}

/** A last look, where something happened after everything was stable. */
export async function verify(work: Work): Promise<Outcome> {
  const ran = Object.keys(work.document.hooks).some((key) => key.startsWith("post-sync "));
  if (!ran && !work.document.deleted) return { kind: "done" };
  const stateful = work.wanted.manifests.filter(({ reference }) => !isStateless(reference));
  return stateful.length === 0 ? { kind: "done" } : healthOutcome(work, stateful, "at-once");
}

/** A look at what is live already; `failed` when it has been degraded for a while. */
export async function stillHealthy(work: Work): Promise<Outcome> {
  const stateful = work.wanted.manifests.filter(({ reference }) => !isStateless(reference));
  const outcome = stateful.length === 0 ? ({ kind: "done" } as const) : await healthOutcome(work, stateful, "at-once");
  // What was degraded for a moment does not count when it is so another time.
  if (outcome.kind === "done") work.unsettle();
  return outcome;
}

async function healthOutcome(
  work: Work,
  manifests: readonly Manifest[],
  healthy: "at-once" | "stable",
): Promise<Outcome> {
  const watched = await watch(work, manifests);
  const verdict = verdictOf(watched);
  work.update({ problems: verdict.problems, ...(verdict.readiness && { readiness: verdict.readiness }) });
  const { taskSince } = work.document;
  switch (verdict.state) {
    case "healthy":
      return healthy === "at-once" ? { kind: "done" } : settled(work, "healthy", { kind: "done" });
    case "degraded":
      // A rollout may pass through a failure: it counts when nothing else comes of it.
      return settled(work, "degraded", { kind: "failed", failure: failureOf("health", failedOf(verdict), true) });
    case "suspended":
      work.unsettle();
      return { ...waitOn(work, Number.POSITIVE_INFINITY), patient: true };
    case "progressing":
      work.unsettle();
      return waitOn(work, taskSince + patience(work, manifests));
  }
}

function failedOf({ problems }: Verdict): readonly ObjectProblem[] {
  return problems.filter(({ reason }) => reason === "Degraded");
}

/** The outcome once this state has lasted. */
function settled(work: Work, state: "healthy" | "degraded", outcome: Outcome): Outcome {
  const { document, now, rules } = work;
  const since = document.settled?.state === state ? document.settled.since : now;
  const until = since + rules.limits.stabilityMs;
  if (now >= until) return outcome;
  work.update({ settled: { state, since } });
  return waitOn(work, Number.POSITIVE_INFINITY, until);
}

async function watch(work: Work, manifests: readonly Manifest[]): Promise<readonly Watched[]> {
  const { ports, rules, signal } = work;
  const live = await listManifests(manifests, ports, rules, signal);
  const found = manifests.flatMap((manifest) => live.get(manifest.key) ?? []);
  const health = await ports.health.health(found, rules.health, signal);
  const byKey = new Map(manifests.filter(({ key }) => live.has(key)).map(({ key }, at) => [key, health[at]]));
  const watched = manifests.map(
    ({ key, reference, object }): Watched => ({
      reference,
      wanted: object,
      live: live.get(key),
      health: byKey.get(key) ?? { status: live.has(key) ? "unknown" : "missing", message: "" },
    }),
  );
  return withPods(work, watched, rules.limits.concurrency);
}

/** A Deployment says itself when it has failed: that is waited for. */
function patience({ rules: { limits } }: Work, manifests: readonly Manifest[]): number {
  const own = manifests.flatMap(({ object }) => {
    if (object.kind !== "Deployment") return [];
    const { progressDeadlineSeconds = defaultProgressSeconds } = objectAt(object, "spec");
    return typeof progressDeadlineSeconds === "number" ? [progressDeadlineSeconds * 1000 + graceMs] : [];
  });
  return own.reduce((longest, one) => Math.max(longest, one), limits.waveMs);
}

const defaultProgressSeconds = 600;
const graceMs = 15_000;
