import { describe, expect, it } from "vitest";
import { locate } from "../../src/diff/index.ts";

const file = `# comment
apiVersion: v1
kind: Service
metadata:
  name: web
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:latest
`;
const deployment = { kind: "Deployment", name: "web", namespace: "shop" };

describe("locating a resource in a file", () => {
  it("gives the line at which its document begins", () => {
    expect(locate(file, { kind: "Service", name: "web", namespace: "" })).toBe(2);
    expect(locate(file, deployment)).toBe(7);
  });

  it("gives the line of the field, or of its nearest ancestor there", () => {
    expect(locate(file, deployment, "/spec/template/spec/containers/0/image")).toBe(17);
    expect(locate(file, deployment, "/spec/template/spec/containers/0/securityContext/privileged")).toBe(16);
    expect(locate(file, deployment, "/spec/replicas")).toBe(12);
  });

  it("finds it under the prefix and in the namespace that a renderer gave it", () => {
    expect(locate(file, { kind: "Deployment", name: "prod-web", namespace: "other" })).toBe(7);
    expect(locate(file, { kind: "Deployment", name: "api", namespace: "" })).toBeUndefined();
  });

  it("finds the kind in a template that is not YAML", () => {
    const template =
      "{{- if .x }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n---\nkind: Service\n";
    expect(locate(template, { kind: "Deployment", name: "release", namespace: "" })).toBe(3);
    expect(locate(template, { kind: "Service", name: "x", namespace: "" })).toBe(8);
  });

  it("gives up on a file that is too large", () => {
    expect(locate(file + " ".repeat(600_000), deployment)).toBeUndefined();
  });
});
