import type { KeptObject } from "../../model/deploy.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { LiveObject, ObjectReference } from "../../model/kube.ts";
import { visible } from "../../model/text/lines.ts";
import { kindName } from "../access/refusals.ts";
import { partOfLabel } from "../inventory/apply-set.ts";
import { argoOptions, hasOption, pruneAnnotation } from "../manifests/annotations.ts";
import { annotation, type Identity, keyOf, objectAt, textAt } from "../manifests/manifest.ts";
import { referenceOf } from "../manifests/read.ts";
import { byKind } from "../order/kinds.ts";

/** What there is to decide from. */
export interface PruneRequest {
  /** Objects of the inventory that Git no longer has. */
  readonly candidates: readonly Identity[];
  /** Their metadata as the cluster has it, by key; absent: the object is gone. */
  readonly live: ReadonlyMap<string, LiveObject>;
  /** The label of the set's members. */
  readonly set: string;
  /** Of the objects that Git has: the same object may be served by two groups. */
  readonly uids: ReadonlySet<string>;
  /** In which Git has objects. */
  readonly namespaces: ReadonlySet<string>;
  /** Why some must not be deleted whatever they are, by key. */
  readonly forbidden: ReadonlyMap<string, string>;
}

/** An object to delete, exactly as it was seen. */
export interface Deletion {
  readonly key: string;
  readonly reference: ObjectReference;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** An object that stays, though Git does not have it. */
export interface Keeping extends KeptObject {
  readonly key: string;
}

/** What becomes of the objects that Git no longer has. */
export interface PrunePlan {
  /** In the reverse order of their kinds. */
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Keeping[];
  /** Keys of those that are no members any more: gone, or somebody else's by now. */
  readonly forgotten: readonly string[];
}

/** Decides about each candidate. */
export function planPrune(request: PruneRequest): PrunePlan {
  const kept: Keeping[] = [];
  const deletions: Deletion[] = [];
  const forgotten: string[] = [];
  for (const key of request.candidates.map(keyOf)) {
    const live = request.live.get(key)?.object;
    if (live === undefined || !isMember(live, request)) forgotten.push(key);
    else {
      const reason = reasonToKeep(live, request) ?? request.forbidden.get(key);
      const reference = referenceOf(live);
      if (reason === undefined) deletions.push({ key, reference, ...versionOf(live) });
      else kept.push({ key, object: reference, reason });
    }
  }
  return { deletions: withoutUsedNamespaces(deletions, kept), kept, forgotten };
}

/** An object that moved to another group is the one that was just applied. */
function isMember(live: JsonObject, { set, uids }: PruneRequest): boolean {
  return textAt(live, "metadata", "labels", partOfLabel) === set && !uids.has(textAt(live, "metadata", "uid"));
}

function versionOf(live: JsonObject): { uid: string; resourceVersion: string } {
  const metadata = objectAt(live, "metadata");
  return { uid: textAt(metadata, "uid"), resourceVersion: textAt(metadata, "resourceVersion") };
}

/** Each finds a reason to keep an object, or none. The first one is told. */
const reasons: readonly ((live: JsonObject, request: PruneRequest) => string | undefined)[] = [
  beingDeleted,
  optedOut,
  ofKeptKind,
  ofUsedNamespace,
  ofAnotherOwner,
];

function reasonToKeep(live: JsonObject, request: PruneRequest): string | undefined {
  for (const find of reasons) {
    const reason = find(live, request);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function beingDeleted(live: JsonObject): string | undefined {
  const { deletionTimestamp, finalizers } = objectAt(live, "metadata");
  if (deletionTimestamp === undefined) return undefined;
  const held: readonly Json[] = Array.isArray(finalizers) ? finalizers : [];
  const by = held.length === 0 ? "" : `: ${held.map((name) => visible(String(name))).join(", ")} holds it`;
  return `it is being deleted${by}`;
}

function optedOut(live: JsonObject): string | undefined {
  if (annotation(live, pruneAnnotation) === "keep") return `its annotation ${pruneAnnotation} says so`;
  const options = annotation(live, argoOptions);
  const argo = ["Prune=false", "Prune=confirm", "Delete=false"].find((option) => hasOption(options, option));
  if (argo !== undefined) return `its annotation ${argoOptions} has ${argo}`;
  const flux = "kustomize.toolkit.fluxcd.io/prune";
  if (annotation(live, flux).toLowerCase() === "disabled") return `its annotation ${flux} says so`;
  return annotation(live, "helm.sh/resource-policy") === "keep"
    ? "its annotation helm.sh/resource-policy says so"
    : undefined;
}

/** What takes data with it that Git does not have. */
const keptKinds: ReadonlyMap<string, string> = new Map([
  ["PersistentVolumeClaim", "volume claims"],
  ["PersistentVolume", "volumes"],
  ["Namespace", "namespaces"],
  ["CustomResourceDefinition.apiextensions.k8s.io", "definitions of kinds, with which all their objects would go,"],
]);

function ofKeptKind(live: JsonObject): string | undefined {
  const words = keptKinds.get(kindName(referenceOf(live)));
  if (words === undefined || annotation(live, pruneAnnotation) === "delete") return undefined;
  return `Sluice does not delete ${words} by itself`;
}

function ofUsedNamespace(live: JsonObject, { namespaces }: PruneRequest): string | undefined {
  const { kind, name } = referenceOf(live);
  return kind === "Namespace" && namespaces.has(name) ? "Git still has objects in it" : undefined;
}

function ofAnotherOwner(live: JsonObject): string | undefined {
  const { ownerReferences } = objectAt(live, "metadata");
  const owners: readonly Json[] = Array.isArray(ownerReferences) ? ownerReferences : [];
  const [owner] = owners.filter((one) => isJsonObject(one));
  return owner === undefined ? undefined : `${visible(`${textAt(owner, "kind")} ${textAt(owner, "name")}`)} owns it`;
}

/** With a namespace everything goes that is in it, what is kept as well. */
function withoutUsedNamespaces(deletions: readonly Deletion[], kept: Keeping[]): readonly Deletion[] {
  const used = new Set(kept.flatMap(({ object }) => object.namespace ?? []));
  const left = deletions.filter(({ key, reference }) => {
    if (reference.kind !== "Namespace" || !used.has(reference.name)) return true;
    kept.push({ key, object: reference, reason: "objects stay that are in it" });
    return false;
  });
  return left.toSorted((a, b) => byKind(b.reference, a.reference));
}
