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

  it.each([
    ["the one of its name", "name: web", "name: web-api", "", 1],
    ["the one of its name and namespace", "{ name: web-api }", "{ name: web-api, namespace: shop }", "shop", 5],
    ["the one of its name that says no namespace", "{ name: web-api, namespace: x }", "{ name: web-api }", "shop", 5],
    [
      "its name rather than a part of it in its namespace",
      "{ name: web, namespace: shop }",
      "{ name: web-api, namespace: x }",
      "shop",
      5,
    ],
    ["the longest part of its name", "{ name: web-ap }", "{ name: web }", "", 1],
    ["the first of equals", "{ name: web-api }", "{ name: web-api }", "", 1],
    [
      "among parts of its name the one in its namespace",
      "{ name: web, namespace: x }",
      "{ name: api, namespace: shop }",
      "shop",
      5,
    ],
    ["none that only has another name", "{ name: other }", "{ name: another }", "", undefined],
    ["none without a name", "{}", '{ name: "" }', "", undefined],
  ])("prefers %s", (_, one, other, namespace, line) => {
    const metadata = (text: string) => (text.startsWith("{") ? text : `{ ${text} }`);
    const text = [one, other].map((part) => `kind: A\nmetadata:\n  ${metadata(part)}\n`).join("---\n");
    const wanted = line === 1 && one === "name: web" ? "web" : "web-api";
    expect(locate(text, { kind: "A", name: wanted, namespace })).toBe(line);
  });

  it("does not find a resource of another kind, nor in what holds no resource", () => {
    expect(locate("kind: A\nmetadata: { name: web }", { kind: "B", name: "web", namespace: "" })).toBeUndefined();
    for (const text of [
      "",
      "- kind: A\n- metadata\n",
      "text",
      "kind: A\nmetadata: [web]\n",
      "kind: A\nmetadata: { name: 7 }\n",
    ]) {
      expect(locate(text, { kind: "A", name: "7", namespace: "" })).toBeUndefined();
    }
  });

  it.each([
    ["", 1],
    ["/kind", 2],
    ["/spec/a~1b", 6],
    ["/spec/list", 7],
    ["/spec/list/1", 9],
    ["/spec/list/1/x", 9],
    ["/spec/list/2", 7],
    ["/spec/list/x", 7],
    ["/spec/list/0/deep", 8],
    ["/spec/empty/x", 10],
    ["/spec/5", 11],
    ["/other", 1],
  ])("gives for the pointer %s the line %d", (pointer, line) => {
    const text = `apiVersion: v1
kind: A
metadata:
  name: web
spec:
  a/b: 1
  list:
    - text
    - x: 1
  empty:
  5: five
  a/b: again
`;
    expect(locate(text, { kind: "A", name: "web", namespace: "" }, pointer)).toBe(line);
  });

  it("finds in a template the kind whose document names the resource, else the only one of its kind", () => {
    const part = (name: string) => `{{ if .x }}\nkind: A\nmetadata:\n  name: ${name}\n{{ end }}\n`;
    const find = (text: string, name: string) => locate(text, { kind: "A", name, namespace: "" });
    const two = `${part("web")}--- # next\n${part("api")}`;
    expect([find(two, "web"), find(two, "api"), find(two, "other")]).toEqual([2, 8, undefined]);
    expect([find(part("{{ .name }}"), "web"), find(`---\n${part("web")}`, "")]).toEqual([2, 3]);
    expect(find("{{ if .x }}\nkind: AB\n kind: A\n", "web")).toBeUndefined();
    expect(find("{{ if .x }}\nkind: A  \r\n", "web")).toBe(2);
  });

  it("takes a file of half a megabyte", () => {
    const head = "kind: A\nmetadata: { name: web }\n";
    const id = { kind: "A", name: "web", namespace: "" };
    expect(locate(head.padEnd(512 * 1024, "#"), id)).toBe(1);
    expect(locate(head.padEnd(512 * 1024 + 1, "#"), id)).toBeUndefined();
  });
});
