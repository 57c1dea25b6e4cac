import type { ObjectProblem } from "../../../model/deploy.ts";
import type { LiveObject } from "../../../model/kube.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { adoptedFields, upgradedFields } from "../../compare/migrate.ts";
import { withScaledReplicas } from "../../compare/replicas.ts";
import { type Manifest, objectAt, textAt } from "../../manifests/manifest.ts";
import { rankOf } from "../../order/kinds.ts";
import type { Stage } from "../../order/stages.ts";
import { startHooks } from "./hooks.ts";
import { problemOfOwner } from "./inspect.ts";
import { fieldManager } from "./ports.ts";
import { attempt, failureOf, kindOf } from "./problems.ts";
import { type Outcome, type Work, waitOn } from "./work.ts";

/**
 * Applies what of a stage differs from the cluster, kind after kind, then starts its hooks. Where the server refuses an
 * object those of its kind are still applied, and nothing after them.
 */
export async function applyStage(work: Work, stage: Stage): Promise<Outcome> {
  const pending = pendingOf(work, stage);
  if (pending.length > 0 || stage.hooks.length > 0) await work.save();
  for (const group of byRank(pending)) {
    await work.confirmLease();
    const results = await mapLimit(group, work.rules.limits.concurrency, (manifest) => applyOne(work, manifest));
    const problems = results.filter((result) => typeof result !== "string");
    if (problems.length > 0) return { kind: "failed", failure: failureOf(kindOf(problems), problems, true) };
    const waiting = group.filter((_, at) => results[at] === "waiting");
    if (waiting.length > 0) return waitForDeletion(work, waiting);
  }
  return startHooks(work, stage.hooks);
}

function waitForDeletion(work: Work, manifests: readonly Manifest[]): Outcome {
  const message = "the object that it replaces is not gone yet";
  work.update({ problems: manifests.map(({ reference }) => ({ object: reference, reason: "Terminating", message })) });
  return waitOn(work, work.document.taskSince + work.rules.limits.waveMs);
}

/** The manifests of a stage that are to be applied. */
export function pendingOf({ document }: Work, { manifests }: Stage): readonly Manifest[] {
  if (document.pending === undefined) return manifests;
  const keys = new Set(document.pending);
  return manifests.filter(({ key }) => keys.has(key));
}

function byRank(manifests: readonly Manifest[]): readonly (readonly Manifest[])[] {
  const groups = new Map<number, Manifest[]>();
  for (const manifest of manifests) {
    const rank = rankOf(manifest.reference);
    const group = groups.get(rank) ?? [];
    group.push(manifest);
    groups.set(rank, group);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/** `waiting`: what it replaces is not gone yet. */
type Applied = "applied" | "waiting" | ObjectProblem;

async function applyOne(work: Work, manifest: Manifest): Promise<Applied> {
  const replaced = work.document.replaced[manifest.key];
  if (replaced !== undefined && !(await isGone(work, manifest, replaced))) return "waiting";
  const prepared = await preparedOne(work, manifest);
  if ("problem" in prepared) return prepared.problem;
  const how = { fieldManager, dryRun: false, force: true };
  const { cluster } = work.ports;
  const tried = await attempt(manifest.reference, () => cluster.apply(prepared.manifest, how, work.signal));
  return "problem" in tried ? tried.problem : "applied";
}

/** Deletes the very object that was seen; whether it is gone. */
async function isGone({ ports: { cluster }, signal }: Work, { reference }: Manifest, uid: string): Promise<boolean> {
  const uidNow = (live: LiveObject | undefined): string => textAt(live?.object ?? {}, "metadata", "uid");
  if (uidNow(await cluster.get(reference, signal)) !== uid) return true;
  await cluster.delete(reference, { uid, propagation: "Background" }, signal);
  return uidNow(await cluster.get(reference, signal)) !== uid;
}

type Prepared = { readonly manifest: Manifest } | { readonly problem: ObjectProblem };

/**
 * The manifest as it is applied to what is there. What this very step inspected is known, else it is read again where
 * that may matter: replicas that an autoscaler sets, fields that another tool's apply has left.
 */
async function preparedOne(work: Work, manifest: Manifest): Promise<Prepared> {
  const known = work.prepared.get(manifest.key);
  if (known !== undefined) return { manifest: known };
  const live = await work.ports.cluster.get(manifest.reference, work.signal);
  if (live === undefined) return { manifest };
  const problem = problemOfOwner(manifest, live, work.ports.store.id);
  if (problem !== undefined) return { problem };
  await migrateManagers(work, manifest, live);
  return { manifest: withScaledReplicas(manifest, live.object, work.wanted.scaled) };
}

/** Takes over what `kubectl` set, and what an earlier version of the kind was applied as. */
async function migrateManagers(
  { ports, signal }: Work,
  { reference }: Manifest,
  { object }: LiveObject,
): Promise<void> {
  const managedFields =
    adoptedFields(object, fieldManager) ?? upgradedFields(object, fieldManager, reference.apiVersion);
  if (managedFields === undefined) return;
  const { resourceVersion } = objectAt(object, "metadata");
  const metadata = { managedFields, ...(resourceVersion !== undefined && { resourceVersion }) };
  // Changed since: the next step looks again; until then fields stay that Git no longer has.
  await ports.cluster.patch(reference, { metadata }, { fieldManager, dryRun: false }, signal);
}
