import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { type Manifest, objectAt, textAt, withObject } from "../manifests/manifest.ts";
import { managersOf } from "./managed-fields.ts";

/** The workloads that an autoscaler among the manifests scales, by `Kind namespace name`. */
export function autoscaled(manifests: readonly Manifest[]): ReadonlySet<string> {
  const scalers = manifests.filter(({ reference }) => reference.kind === "HorizontalPodAutoscaler");
  return new Set(
    scalers.map(({ object, reference }) => {
      const target = objectAt(object, "spec", "scaleTargetRef");
      return `${textAt(target, "kind")} ${reference.namespace ?? ""} ${textAt(target, "name")}`;
    }),
  );
}

/**
 * The manifest as it is applied over `live`: with as many replicas as an autoscaler made it. To leave the number out is
 * right only where the autoscaler has set it: else nobody would own it, and the API server would make it 1.
 */
export function withScaledReplicas(manifest: Manifest, live: JsonObject, scaled: ReadonlySet<string>): Manifest {
  const { kind, namespace = "", name } = manifest.reference;
  const spec = objectAt(manifest.object, "spec");
  const current = objectAt(live, "spec").replicas;
  if (spec.replicas === undefined || typeof current !== "number") return manifest;
  const byAutoscaler = setByAutoscaler(live);
  if (!byAutoscaler && !scaled.has(`${kind} ${namespace} ${name}`)) return manifest;
  const { replicas: _, ...others } = spec;
  const object = withObject(manifest.object, ["spec"], byAutoscaler ? others : { ...others, replicas: current });
  return { ...manifest, object };
}

/** The autoscaler writes through the subresource `scale`, as the controller manager. */
function setByAutoscaler(live: JsonObject): boolean {
  return managersOf(live).some(
    ({ name, subresource, fields }) =>
      name === "kube-controller-manager" &&
      subresource === "scale" &&
      isJsonObject(objectAt(fields, "f:spec")["f:replicas"]),
  );
}
