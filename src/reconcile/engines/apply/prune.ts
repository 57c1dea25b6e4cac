import { mapLimit } from "../../../model/map-limit.ts";
import { type Identity, keyOf } from "../../manifests/manifest.ts";
import { referenceOf } from "../../manifests/read.ts";
import { rankOf } from "../../order/kinds.ts";
import { pruneRefusal } from "../../prune/guards.ts";
import { type Deletion, type Keeping, type PrunePlan, planPrune } from "../../prune/plan.ts";
import { type LiveMembers, listMembers } from "./members.ts";
import { attempt, toldMessage } from "./problems.ts";
import type { Outcome, Work } from "./work.ts";

/** What of the inventory Git no longer has. */
function candidatesOf({ members, wanted }: Work): readonly Identity[] {
  return members.filter((member) => !wanted.keys.has(keyOf(member)));
}

/** What would become of it now. */
export async function prunePlan(work: Work): Promise<PrunePlan> {
  const candidates = candidatesOf(work);
  if (candidates.length === 0) return { deletions: [], kept: [], forgotten: [] };
  const { ports, rules, wanted, signal } = work;
  const live = await listMembers(candidates, ports, rules, signal);
  return planPrune({
    candidates,
    live,
    set: ports.store.id,
    uids: await sameNames(work, candidates),
    namespaces: new Set(wanted.manifests.flatMap(({ reference }) => reference.namespace ?? [])),
    forbidden: forbiddenDeletions(work, live),
  });
}

/** The uids of what Git has under the kind and name of a candidate, in another group: the same object, it may be. */
async function sameNames(work: Work, candidates: readonly Identity[]): Promise<ReadonlySet<string>> {
  const names = new Set(candidates.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`));
  const same = work.wanted.manifests.filter(({ reference: { kind, namespace = "", name } }) =>
    names.has(`${kind}/${namespace}/${name}`),
  );
  const found = await mapLimit(same, work.rules.limits.concurrency, ({ reference }) =>
    attempt(reference, () => work.ports.cluster.get(reference, work.signal)),
  );
  return new Set(found.flatMap((one) => ("value" in one && one.value ? uidOf(one.value.object) : [])));
}

function uidOf(object: { readonly [key: string]: unknown }): readonly string[] {
  const { metadata } = object;
  const uid = typeof metadata === "object" && metadata !== null && "uid" in metadata ? metadata.uid : undefined;
  return typeof uid === "string" ? [uid] : [];
}

/** Why objects must not be deleted at all: the settings say so, or the operator no longer opens them. */
function forbiddenDeletions({ rules }: Work, live: LiveMembers): ReadonlyMap<string, string> {
  if (rules.prune === "off") return new Map([...live.keys()].map((key) => [key, "`prune` is off"]));
  const keys = new Map([...live].map(([key, { object }]) => [referenceOf(object), key]));
  const scoped = [...keys.keys()].map((reference) => ({ reference, namespaced: reference.namespace !== undefined }));
  return new Map(rules.refusals(scoped).map(({ object, message }) => [keys.get(object) ?? "", message]));
}

/** What is against so many deletions. */
export function refusedPrune(work: Work, { deletions }: PrunePlan): ReturnType<typeof pruneRefusal> {
  const extent = {
    deletions: deletions.map(({ reference }) => reference),
    members: work.members.length,
    wanted: work.wanted.keys.size,
    confirmed: work.document.confirmed,
  };
  return work.rules.prune === "off" ? undefined : pruneRefusal(extent, work.rules.prune);
}

/** So often it is looked again at what has changed since it was seen. */
const rounds = 3;

/** Deletes what Git no longer has, unless something is against it. What stays is reported. */
export async function prune(work: Work): Promise<Outcome> {
  const denied: Keeping[] = [];
  for (let round = 1; ; round += 1) {
    const plan = await prunePlan(work);
    const open = plan.deletions.filter(({ key }) => !denied.some((one) => one.key === key));
    if (open.length === 0 || round > rounds) {
      const moving = open.map(({ key, reference }) => ({ key, object: reference, reason: "it keeps changing" }));
      return keep(work, [...plan.kept, ...denied, ...moving]);
    }
    const failure = refusedPrune(work, plan);
    if (failure !== undefined) return { kind: "failed", failure: { ...failure, applied: true } };
    work.update({ deleted: true });
    await work.save();
    denied.push(...(await deleteAll(work, open)));
  }
}

function keep(work: Work, kept: readonly Keeping[]): Outcome {
  const told = kept.map(({ object: { apiVersion, kind, name, namespace }, reason }) => ({
    object: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
    reason: toldMessage(reason),
  }));
  if (told.length > 0 || work.document.kept.length > 0) work.update({ kept: told });
  return { kind: "done" };
}

/** Those that the API server does not let go. */
async function deleteAll(work: Work, deletions: readonly Deletion[]): Promise<readonly Keeping[]> {
  const denied: Keeping[] = [];
  for (const rank of new Set(deletions.map(({ reference }) => rankOf(reference)))) {
    await work.confirmLease();
    const group = deletions.filter(({ reference }) => rankOf(reference) === rank);
    const results = await mapLimit(group, work.rules.limits.concurrency, (one) => deleteOne(work, one));
    denied.push(...results.flat());
  }
  return denied;
}

async function deleteOne({ ports, signal }: Work, deletion: Deletion): Promise<readonly Keeping[]> {
  const { key, reference, uid, resourceVersion } = deletion;
  const options = { uid, resourceVersion, propagation: "Background" } as const;
  const tried = await attempt(reference, () => ports.cluster.delete(reference, options, signal));
  return "problem" in tried
    ? [{ key, object: reference, reason: `the cluster refuses it: ${tried.problem.message}` }]
    : [];
}
