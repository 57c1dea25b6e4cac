import type { JsonObject } from "../src/model/json.ts";

/** So many objects of the kinds that most targets have; none of them makes a controller work for long. */
export function manyObjects(count: number, namespace: string): readonly JsonObject[] {
  return Array.from({ length: count }, (_, at) => objectOf(at, { name: `object-${at}`, namespace }));
}

function objectOf(at: number, metadata: { readonly name: string; readonly namespace: string }): JsonObject {
  const labels = { app: metadata.name };
  switch (at % 10) {
    case 0:
      return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: deploymentSpec(labels) };
    case 1:
      return { apiVersion: "v1", kind: "ServiceAccount", metadata };
    case 2:
      return {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata,
        spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress"] },
      };
    default:
      return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { name: metadata.name, text: "x".repeat(500) } };
  }
}

function deploymentSpec(labels: JsonObject): JsonObject {
  const container = {
    name: "app",
    image: "app:1",
    ports: [{ name: "http", containerPort: 8080 }],
    envFrom: [{ configMapRef: { name: "settings" } }],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    readinessProbe: { httpGet: { path: "/ready", port: "http" } },
  };
  return {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
  };
}
