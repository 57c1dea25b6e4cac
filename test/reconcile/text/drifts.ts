import type { EnvironmentDrift, ObjectDrift } from "../../../src/model/deploy.ts";
import { head } from "./deploys.ts";

const lines = { addedLines: 1, removedLines: 1, action: "changed" } as const;

/** A Deployment that somebody scaled. */
export const replicas: ObjectDrift = {
  app: "webapp",
  change: {
    ...lines,
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "shop-prod",
    name: "webapp",
    diff: "@@ spec @@\n-replicas: 3\n+replicas: 5",
    fields: [{ name: "replicas", path: "spec.replicas", from: "3", to: "5" }],
  },
  by: "kubectl",
  at: Date.UTC(2026, 10, 29, 14, 10),
};

/** A ConfigMap of which somebody set a key. */
export const logLevel: ObjectDrift = {
  app: "orders",
  change: {
    ...lines,
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: "shop-prod",
    name: "orders-config",
    diff: "@@ data @@\n-LOG_LEVEL: info\n+LOG_LEVEL: debug",
    fields: [{ name: "data.LOG_LEVEL", path: "data.LOG_LEVEL", from: "info", to: "debug" }],
  },
  by: "kubectl",
};

/** Prod as it was compared on 29 November, 23:00 UTC. */
export function drift(objects: readonly ObjectDrift[] = [replicas, logLevel]): EnvironmentDrift {
  return { environment: "prod", head, comparedAt: Date.UTC(2026, 10, 29, 23), objects };
}
