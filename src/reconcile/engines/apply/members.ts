import { exactJson, parseExactJson } from "../../../model/exact-json.ts";
import { isJsonObject } from "../../../model/json.ts";
import type { LiveObject, ObjectType } from "../../../model/kube.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { partOfLabel } from "../../inventory/apply-set.ts";
import { type Identity, identityOf, keyOf, type Manifest } from "../../manifests/manifest.ts";
import { referenceOf } from "../../manifests/read.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";

/** Objects of a set as the cluster has them, by key. */
export type LiveMembers = ReadonlyMap<string, LiveObject>;

/** The same as texts, which `unpacked` reads: as values they take several times the memory. */
export type PackedMembers = Map<string, string>;

interface Place extends ObjectType {
  readonly namespace?: string | undefined;
}

/** The set's objects of the kinds and namespaces that the manifests are of: one call for each of these. */
export function listManifests(
  manifests: readonly Manifest[],
  ports: ApplyPorts,
  rules: ApplyRules,
  signal: AbortSignal,
): Promise<LiveMembers> {
  return listPlaces(manifests.map(placeOf), { ports, rules, metadataOnly: false, keep: (live) => live }, signal);
}

/** The same, for thousands that are looked at one after the other. */
export function listPacked(
  manifests: readonly Manifest[],
  ports: ApplyPorts,
  rules: ApplyRules,
  signal: AbortSignal,
): Promise<PackedMembers> {
  return listPlaces(manifests.map(placeOf), { ports, rules, metadataOnly: false, keep: packed }, signal);
}

function packed({ object, numbers }: LiveObject): string {
  return exactJson({ object, ...(numbers && { numbers }) });
}

/** A member as the cluster has it. */
export function unpacked(text: string): LiveObject {
  const { value, numbers } = parseExactJson(text);
  if (!isJsonObject(value)) throw new Error("a packed object was none");
  return { object: value, ...(numbers && { numbers }) };
}

function placeOf({ reference: { apiVersion, kind, namespace } }: Manifest): Place {
  return { apiVersion, kind, namespace };
}

/** The metadata of members, whichever version of their kind the cluster serves. Those of no kind are not found. */
export async function listMembers(
  members: readonly Identity[],
  ports: ApplyPorts,
  rules: ApplyRules,
  signal: AbortSignal,
): Promise<LiveMembers> {
  const kinds = new Map(members.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]));
  const served = await mapLimit([...kinds], rules.limits.concurrency, async ([key, { group, kind }]) => {
    return [key, await ports.cluster.preferred(group, kind, signal)] as const;
  });
  const types = new Map(served);
  const places = members.flatMap(({ group, kind, namespace }) => {
    const type = types.get(`${group}/${kind}`);
    return type === undefined ? [] : [{ ...type, namespace: namespace === "" ? undefined : namespace }];
  });
  return listPlaces(places, { ports, rules, metadataOnly: true, keep: (live) => live }, signal);
}

interface HowToList<T> {
  readonly ports: ApplyPorts;
  readonly rules: ApplyRules;
  readonly metadataOnly: boolean;
  readonly keep: (live: LiveObject) => T;
}

async function listPlaces<T>(
  places: readonly Place[],
  { ports: { cluster, store }, rules, metadataOnly, keep }: HowToList<T>,
  signal: AbortSignal,
): Promise<Map<string, T>> {
  const distinct = new Map(places.map((one) => [`${one.apiVersion} ${one.kind} ${one.namespace ?? ""}`, one]));
  const labels = `${partOfLabel}=${store.id}`;
  const entry = (live: LiveObject): [string, T] => [keyOf(identityOf(referenceOf(live.object))), keep(live)];
  const lists = await mapLimit([...distinct.values()], rules.limits.concurrency, ({ apiVersion, kind, namespace }) =>
    cluster.listAs({ apiVersion, kind, namespace, labels, metadataOnly }, entry, signal),
  );
  return new Map(lists.flat());
}
