import type { JsonObject } from "../../../model/json.ts";
import { mapLimit } from "../../../model/map-limit.ts";
import { isStuck, podProblems } from "../../health/pods.ts";
import type { Watched } from "../../health/verdict.ts";
import { objectAt } from "../../manifests/manifest.ts";
import { referenceOf } from "../../manifests/read.ts";
import { type Look, ownPods } from "./own-pods.ts";
import { attempt } from "./problems.ts";

/** The Pods of a workload and no others; `undefined` of what has none, and without the right to list them. */
export async function podsOf(look: Look, workload: JsonObject): Promise<readonly JsonObject[] | undefined> {
  const labels = selectorOf(workload);
  if (labels === "") return undefined;
  const reference = referenceOf(workload);
  const query = { apiVersion: "v1", kind: "Pod", namespace: reference.namespace, labels };
  const tried = await attempt(reference, () => look.cluster.list(query, look.signal));
  if (!("value" in tried)) return undefined;
  return ownPods(
    look,
    workload,
    tried.value.map(({ object }) => object),
  );
}

/** As `kubectl -l` takes it; empty where Pods are chosen otherwise, or not at all. */
function selectorOf(object: JsonObject): string {
  const { matchExpressions } = objectAt(object, "spec", "selector");
  if (matchExpressions !== undefined) return "";
  const labels = Object.entries(objectAt(object, "spec", "selector", "matchLabels"));
  return labels.map(([name, value]) => `${name}=${String(value)}`).join(",");
}

/** Workloads whose controllers never say that they have failed. */
const silent: ReadonlySet<unknown> = new Set(["StatefulSet", "DaemonSet"]);

/** What is watched, where those that never fail by themselves have failed when their Pods need a person. */
export function withPods(look: Look, watched: readonly Watched[], concurrency: number): Promise<readonly Watched[]> {
  return mapLimit(watched, concurrency, async (one) => {
    const { live, health } = one;
    if (live === undefined || health.status !== "progressing" || !silent.has(live.object.kind)) return one;
    const stuck = podProblems((await podsOf(look, live.object)) ?? []).find(isStuck);
    if (stuck === undefined) return one;
    const { object, message } = stuck.problem;
    return { ...one, health: { status: "degraded", message: `pod ${object.name}: ${message}` } };
  });
}
