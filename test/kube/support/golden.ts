import { parseExactJson } from "../../../src/model/exact-json.ts";
import { isJsonObject } from "../../../src/model/json.ts";
import type { Resource } from "../../../src/model/render.ts";

/** A manifest that a client with types of its own damages on its way, as JSON text. */
export interface Golden {
  readonly what: string;
  /** Where it is sent. */
  readonly path: string;
  readonly text: string;
  /** Whether an API server of today takes it. */
  readonly valid: boolean;
}

/** The corpus, with objects of this namespace. What lives in none has the namespace in its name. */
export function golden(namespace: string): readonly Golden[] {
  const metadata = `"metadata":{"name":"web","namespace":"${namespace}"}`;
  const group = `${namespace}.example.com`;
  return [
    {
      what: "where a NetworkPolicy lets traffic come from",
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/web`,
      text: `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy",${metadata},"spec":{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"team":"a"}}},{"ipBlock":{"cidr":"10.0.0.0/8"}}]}]}}`,
      valid: true,
    },
    {
      what: "the enum, the default and the unknown fields of a definition, and numbers that a double cannot hold",
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/golds.${group}`,
      text: `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"golds.${group}"},"spec":{"group":"${group}","scope":"Namespaced","names":{"plural":"golds","singular":"gold","kind":"Gold"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"size":{"type":"string","enum":["s","m"],"default":"s"},"big":{"type":"integer","format":"int64","default":9007199254740993}}}}}}}]}}`,
      valid: true,
    },
    {
      what: "the capitals in the name of a ClusterRole",
      path: `/apis/rbac.authorization.k8s.io/v1/clusterroles/${namespace}%3AMyRole%3AAdmin`,
      text: `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"${namespace}:MyRole:Admin"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}`,
      valid: true,
    },
    {
      what: "a field that no client knows yet, a time and a null",
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
      text: `{"apiVersion":"apps/v1","kind":"Deployment",${metadata},"spec":{"futureField":{"createdAt":"2026-01-01T00:00:00Z","n":12345678901234567890},"template":{"spec":{"containers":[{"later":null}]}}}}`,
      valid: false,
    },
    {
      // A server reads it as YAML, where those that are escaped here end a line or are not allowed.
      what: "every character of a text",
      path: `/api/v1/namespaces/${namespace}/configmaps/web`,
      text: `{"apiVersion":"v1","kind":"ConfigMap",${metadata},"data":{"a":"ü ✓ 😀 <&> \\\\ \\" \\u007f\\u0085\\u009f\\u2028\\u2029\\ufeff","b.yaml":"x: |\\n  y\\r\\n\\ttab\\n"}}`,
      valid: true,
    },
  ];
}

/** The manifest as a render gives it. */
export function resourceOf(text: string): Resource {
  const { value, numbers } = parseExactJson(text);
  if (!isJsonObject(value)) throw new Error("a manifest is an object");
  return { object: value, ...(numbers && { numbers }) };
}
