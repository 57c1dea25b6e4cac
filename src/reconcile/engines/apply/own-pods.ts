import { isJsonObject, type Json, type JsonObject } from "../../../model/json.ts";
import type { Cluster, ObjectReference } from "../../../model/kube.ts";
import { objectAt, textAt } from "../../manifests/manifest.ts";
import { attempt } from "./problems.ts";

/** What is looked into, until when, and the time in milliseconds. */
export interface Look {
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  readonly now: number;
}

/** So many owners of Pods are asked for: a rollout has two. */
const maxOwners = 10;

/**
 * The Pods of a workload among those that its selector finds, which may be anybody's: who writes a manifest writes its
 * selector too, and the last lines of a Pod are shown. Those without a controller are taken by whoever selects them.
 */
export async function ownPods(
  look: Look,
  workload: JsonObject,
  pods: readonly JsonObject[],
): Promise<readonly JsonObject[]> {
  const uid = textAt(workload, "metadata", "uid");
  const makers = new Map(pods.flatMap((pod) => controllerOf(pod) ?? []).map((maker) => [maker.uid, maker]));
  const own = new Set([uid]);
  for (const maker of [...makers.values()].slice(0, maxOwners)) if (await isMade(look, maker, uid)) own.add(maker.uid);
  return pods.filter((pod) => own.has(controllerOf(pod)?.uid ?? uid));
}

interface Controller {
  readonly reference: ObjectReference;
  readonly uid: string;
}

function controllerOf(object: JsonObject): Controller | undefined {
  const { ownerReferences } = objectAt(object, "metadata");
  const owners: readonly Json[] = Array.isArray(ownerReferences) ? ownerReferences : [];
  const found = owners.filter((one) => isJsonObject(one)).find(({ controller }) => controller === true);
  if (found === undefined) return undefined;
  const [apiVersion, kind, name] = [textAt(found, "apiVersion"), textAt(found, "kind"), textAt(found, "name")];
  const namespace = textAt(object, "metadata", "namespace");
  return { reference: { apiVersion, kind, name, namespace }, uid: textAt(found, "uid") };
}

/** Whether a workload makes what makes its Pods, as a Deployment makes ReplicaSets. */
async function isMade(look: Look, { reference, uid }: Controller, workload: string): Promise<boolean> {
  if (uid === workload) return true;
  const tried = await attempt(reference, () => look.cluster.get(reference, look.signal));
  const maker = "value" in tried ? tried.value?.object : undefined;
  if (maker === undefined || textAt(maker, "metadata", "uid") !== uid) return false;
  return controllerOf(maker)?.uid === workload;
}
