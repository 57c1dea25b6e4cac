import type { LiveObject, ObjectReference } from "../../../model/kube.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { type Verdict, verdictOf, type Watched } from "../../health/verdict.ts";
import { identityOf, keyOf } from "../../manifests/manifest.ts";
import { referenceOf } from "../../manifests/read.ts";
import { isStateless } from "../../order/kinds.ts";
import { attempt } from "../apply/problems.ts";
import { withPods } from "../apply/workload-pods.ts";
import { apiVersionOf, type InventoryEntry } from "./inventory.ts";
import type { FluxObject } from "./objects.ts";
import type { Reading } from "./read-state.ts";

const atOnce = 8;
/** So many objects are looked at. */
const maxObjects = 2_000;

/** The labels by which the controllers mark what they applied. */
const groups: Readonly<Record<string, string>> = {
  Kustomization: "kustomize.toolkit.fluxcd.io",
  HelmRelease: "helm.toolkit.fluxcd.io",
};

/**
 * How what Flux applied is by Sluice's own rules: the objects that the operator opened and that have a state;
 * `undefined`: there are none.
 */
export async function ownHealth(
  reading: Reading,
  owner: FluxObject & { readonly inventory: readonly InventoryEntry[] },
): Promise<Verdict | undefined> {
  const { work, signal } = reading;
  const references = owner.inventory.slice(0, maxObjects).map(toReference);
  const wanted = references.filter((one) => !isStateless(one) && isReadable(reading, one));
  if (wanted.length === 0) return undefined;
  const live = await listLive(reading, wanted, labelsOf(owner.reference));
  const known = wanted.filter((one) => live.readable(one));
  const found = known.flatMap((one) => live.of(one) ?? []);
  const judged = await work.health.health(found, [], signal);
  const byKey = new Map(found.map(({ object }, at) => [keyOf(identityOf(referenceOf(object))), judged[at]]));
  const watched = known.map((reference): Watched => {
    const one = live.of(reference);
    const health = byKey.get(keyOf(identityOf(reference)));
    const absent = { status: one === undefined ? "missing" : "unknown", message: "" } as const;
    // What Flux applied is what Git has: what is stopped there is meant to be.
    return { reference, wanted: one?.object ?? {}, live: one, health: health ?? absent };
  });
  const look = { cluster: work.cluster, signal, now: work.clock() };
  return known.length === 0 ? undefined : verdictOf(await withPods(look, watched, atOnce));
}

function toReference(entry: InventoryEntry): ObjectReference {
  const namespace = entry.namespace === "" ? undefined : entry.namespace;
  return { apiVersion: apiVersionOf(entry), kind: entry.kind, name: entry.name, namespace };
}

/** Only what the operator opened: without an account of the repository's own, Sluice may read more than that. */
function isReadable({ work, desired }: Reading, reference: ObjectReference): boolean {
  return reference.namespace !== undefined && work.isOpen(reference, desired.app);
}

function labelsOf({ kind, name, namespace = "" }: ObjectReference): string {
  const group = groups[kind] ?? "";
  return `${group}/name=${name},${group}/namespace=${namespace}`;
}

/** One call for each kind in each namespace. What the account may not list is not looked at. */
async function listLive({ work, signal }: Reading, references: readonly ObjectReference[], labels: string) {
  const places = Map.groupBy(references, placeOf);
  const lists = await mapLimit([...places.values()], atOnce, async ([first]) => {
    if (first === undefined) return undefined;
    const { apiVersion, kind, namespace } = first;
    const query = { apiVersion, kind, namespace, labels };
    const tried = await attempt(first, () => work.cluster.list(query, signal));
    return "value" in tried ? { place: placeOf(first), objects: tried.value } : undefined;
  });
  const read = lists.filter((one) => one !== undefined);
  const readable = new Set(read.map(({ place }) => place));
  const all = read.flatMap(({ objects }) => objects);
  const byKey = new Map(all.map((one): [string, LiveObject] => [keyOf(identityOf(referenceOf(one.object))), one]));
  return {
    readable: (reference: ObjectReference) => readable.has(placeOf(reference)),
    of: (reference: ObjectReference) => byKey.get(keyOf(identityOf(reference))),
  };
}

function placeOf({ apiVersion, kind, namespace = "" }: ObjectReference): string {
  return `${apiVersion} ${kind} ${namespace}`;
}
