import { describe, expect, it } from "vitest";
import { keeperName, parentMarks, parentRefusal, setId } from "../../../src/reconcile/inventory/apply-set.ts";

describe("the id of an ApplySet", () => {
  it("is the one that kubectl computes for a ConfigMap", () => {
    // printf 'my-set.sluice.ConfigMap.' | openssl dgst -sha256 -binary | basenc --base64url | tr -d =
    expect(setId({ namespace: "sluice", name: "my-set" })).toBe(
      "applyset-aC3R2zqERtV2MS1GWwiufQUN6kUBCojAMb_8phQKBj4-v1",
    );
  });

  it("is a label's value, whatever the names", () => {
    const id = setId({ namespace: "n".repeat(63), name: "m".repeat(253) });
    expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,61}[A-Za-z0-9]$/);
  });
});

describe("the name of what keeps something", () => {
  it.each([
    [["acme/gitops", "prod", "webapp"], /^sluice-acme-gitops-prod-webapp-[0-9a-f]{24}$/],
    [["acme/gitops", "Prod_EU.1", "a b"], /^sluice-acme-gitops-prod-eu-1-a-b-[0-9a-f]{24}$/],
    [["x".repeat(100), "ü", "-"], /^sluice-x{27}-[0-9a-f]{24}$/],
    [["///", "", ""], /^sluice-[0-9a-f]{24}$/],
  ])("is a name for %j", (parts, name) => {
    expect(keeperName(...parts)).toMatch(name);
  });

  it("is another one for each list of parts", () => {
    const lists = [["a", "b"], ["a-b"], ["a", "b", ""], ["a/b"], ["A", "b"], ["b", "a"]];
    expect(new Set(lists.map((parts) => keeperName(...parts))).size).toBe(lists.length);
  });
});

describe("the marks of a parent", () => {
  const member = (group: string, kind: string, namespace: string) => ({ group, kind, namespace, name: "x" });

  it("say which kinds and namespaces its members are of, each once and sorted", () => {
    const members = [
      member("apps", "Deployment", "shop"),
      member("", "ConfigMap", "shop"),
      member("", "Namespace", ""),
      member("apps", "Deployment", "sluice"),
      member("", "ConfigMap", "bank"),
    ];
    expect(parentMarks("the-id", "sluice", members)).toEqual({
      labels: { "applyset.kubernetes.io/id": "the-id", "app.kubernetes.io/managed-by": "sluice" },
      annotations: {
        "applyset.kubernetes.io/tooling": "sluice/v1",
        "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,Deployment.apps,Namespace",
        "applyset.kubernetes.io/additional-namespaces": "bank,shop",
      },
    });
  });

  it.each([
    { metadata: {}, refusal: "is something else's" },
    {
      metadata: { labels: { "applyset.kubernetes.io/id": "other" } },
      refusal: "says that it keeps another set, other",
    },
    {
      metadata: { labels: { "applyset.kubernetes.io/id": "the-id" } },
      refusal: "is kept by another tool, without a name",
    },
    {
      metadata: {
        labels: { "applyset.kubernetes.io/id": "the-id" },
        annotations: { "applyset.kubernetes.io/tooling": "kubectl/v1.36.0" },
      },
      refusal: "is kept by another tool, kubectl/v1.36.0",
    },
    {
      metadata: {
        labels: { "applyset.kubernetes.io/id": "the-id" },
        annotations: { "applyset.kubernetes.io/tooling": "sluice/v2" },
      },
      refusal: undefined,
    },
  ])("are looked at before the parent is trusted: $refusal", ({ metadata, refusal }) => {
    expect(parentRefusal({ metadata }, "the-id")).toBe(refusal);
  });
});
