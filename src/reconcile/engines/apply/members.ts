import type { LiveObject, ObjectType } from "../../../model/kube.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { partOfLabel } from "../../inventory/apply-set.ts";
import { type Identity, identityOf, keyOf, type Manifest } from "../../manifests/manifest.ts";
import { referenceOf } from "../../manifests/read.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";

/** Objects of a set as the cluster has them, by key. */
export type LiveMembers = ReadonlyMap<string, LiveObject>;

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
  return listPlaces(
    manifests.map(({ reference: { apiVersion, kind, namespace } }) => ({ apiVersion, kind, namespace })),
    { ports, rules, metadataOnly: false },
    signal,
  );
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
  return listPlaces(places, { ports, rules, metadataOnly: true }, signal);
}

interface HowToList {
  readonly ports: ApplyPorts;
  readonly rules: ApplyRules;
  readonly metadataOnly: boolean;
}

async function listPlaces(
  places: readonly Place[],
  { ports: { cluster, store }, rules, metadataOnly }: HowToList,
  signal: AbortSignal,
): Promise<LiveMembers> {
  const distinct = new Map(places.map((one) => [`${one.apiVersion} ${one.kind} ${one.namespace ?? ""}`, one]));
  const labels = `${partOfLabel}=${store.id}`;
  const lists = await mapLimit([...distinct.values()], rules.limits.concurrency, ({ apiVersion, kind, namespace }) =>
    cluster.list({ apiVersion, kind, namespace, labels, metadataOnly }, signal),
  );
  return new Map(lists.flat().map((live) => [keyOf(identityOf(referenceOf(live.object))), live]));
}
