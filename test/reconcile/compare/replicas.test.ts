import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { autoscaled, withScaledReplicas } from "../../../src/reconcile/compare/replicas.ts";
import type { Manifest } from "../../../src/reconcile/manifests/manifest.ts";

function manifest(kind: string, spec: JsonObject): Manifest {
  const apiVersion = kind === "Deployment" ? "apps/v1" : "autoscaling/v2";
  const metadata = { name: "web", namespace: "shop" };
  const reference = { apiVersion, kind, ...metadata };
  return { object: { apiVersion, kind, metadata, spec }, reference, key: kind };
}

const web = manifest("Deployment", { replicas: 2, paused: false });
const scaler = manifest("HorizontalPodAutoscaler", { scaleTargetRef: { kind: "Deployment", name: "web" } });
const fieldsV1 = { "f:spec": { "f:replicas": {} } };
const live = (replicas: number, ...managedFields: readonly JsonObject[]): JsonObject => ({
  metadata: { managedFields },
  spec: { replicas },
});

describe("replicas under an autoscaler (22)", () => {
  it("are as many as there are, where only Sluice has set them", () => {
    const found = withScaledReplicas(web, live(7), autoscaled([web, scaler]));
    expect(found.object.spec).toEqual({ paused: false, replicas: 7 });
  });

  it("are left to the autoscaler once it has set them, in a render without it as well", () => {
    const byScaler = { manager: "kube-controller-manager", operation: "Update", subresource: "scale", fieldsV1 };
    const found = withScaledReplicas(web, live(7, byScaler), autoscaled([web]));
    expect(found.object.spec).toEqual({ paused: false });
  });

  it("are Git's where somebody scaled by hand", () => {
    const byHand = { manager: "kubectl", operation: "Update", subresource: "scale", fieldsV1 };
    expect(withScaledReplicas(web, live(7, byHand), autoscaled([web]))).toBe(web);
  });
});
