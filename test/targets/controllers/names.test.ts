import { describe, expect, it } from "vitest";
import { entryName, type Nameable, nameOf, uniqueNames } from "../../../src/targets/controllers/names.ts";

const nameable = (name: string, more: Partial<Nameable> = {}): Nameable => ({
  ...{ name, namespace: "argocd", kind: "Application", object: {}, path: "", cluster: undefined },
  ...{ destination: undefined, ...more },
});
const text = (one: Nameable, parent?: string) => {
  const { app, environment } = nameOf(one, parent);
  return `${app}/${environment}`;
};

describe("the name of what a controller deploys", () => {
  it("is that of its object, in the cluster of the entry", () => {
    expect(text(nameable("podinfo", { kind: "HelmRelease", cluster: "staging" }))).toBe("podinfo/staging");
    expect(text(nameable("webapp-prod", { cluster: "prod" }))).toBe("webapp/prod");
    expect(text(nameable("webapp-prod"))).toBe("webapp/prod");
  });

  it("leaves out the cluster that it ends with, which is no environment where the parent has one", () => {
    const own = { cluster: "in-cluster-local", server: "https://kubernetes.default.svc" };
    expect(text(nameable("backup-in-cluster-local", { destination: own }), "development")).toBe("backup/development");
    expect(text(nameable("web-eu1", { destination: { cluster: "eu1" } }), "production")).toBe("web/production");
    expect(text(nameable("web-eu1", { destination: { cluster: "eu1" } }))).toBe("web/eu1");
    expect(text(nameable("eu1", { destination: { cluster: "eu1" } }))).toBe("eu1/eu1");
  });

  it("is not in the environment of the cluster that only holds its object", () => {
    expect(text(nameable("web-prod", { cluster: "hub", destination: { cluster: "eu1" } }), "hub")).toBe("web/prod");
    expect(text(nameable("web", { cluster: "hub", destination: { cluster: "in-cluster" } }))).toBe("web/hub");
  });

  it("of an entry is that of its folder", () => {
    expect(["clusters/staging", "bootstrap/root", ""].map(entryName)).toEqual(["clusters", "root", "root"]);
  });
});

describe("targets of one name in one environment", () => {
  const ids = (
    ...all: readonly (readonly [kind: string, namespace: string, cluster?: string | undefined, entry?: string])[]
  ) =>
    uniqueNames(
      all.map(([kind, namespace, cluster, entry = "apps"]) => {
        return { app: "web", environment: "prod", kind, namespace, cluster, entry };
      }),
    ).map(({ id }) => id);

  it("are told apart by the kind, where one declares the other: the release keeps the name", () => {
    expect(ids(["Kustomization", "flux-system"], ["HelmRelease", "shop"])).toEqual([
      "web/prod",
      "web-kustomization/prod",
    ]);
    expect(ids(["entry", ""], ["ApplicationSet", "argocd"], ["Application", "argocd", "in-cluster"])).toEqual([
      "web/prod",
      "web-applicationset/prod",
      "web-files/prod",
    ]);
  });

  it("are told apart by the cluster, else by the namespace, else by a number", () => {
    expect(ids(["Application", "argocd", "eu1"], ["Application", "argocd", "us1"])).toEqual([
      "web-eu1/prod",
      "web-us1/prod",
    ]);
    expect(ids(["HelmRelease", "a"], ["HelmRelease", "b"], ["Kustomization", "a"])).toEqual([
      "a-web/prod",
      "b-web/prod",
      "web-kustomization/prod",
    ]);
    expect(ids(["Application", "a", undefined, "argocd/dev"], ["Application", "a", undefined, "argocd/ci"])).toEqual([
      "web-ci/prod",
      "web-dev/prod",
    ]);
    expect(ids(["HelmRelease", "a"], ["HelmRelease", "a"])).toEqual(["web/prod", "web-2/prod"]);
  });

  it("stay as they are beside others", () => {
    const same = { environment: "prod", kind: "HelmRelease", namespace: "a", cluster: "c", entry: "" };
    expect(uniqueNames(["web", "api"].map((app) => ({ ...same, app }))).map(({ id }) => id)).toEqual([
      "api/prod",
      "web/prod",
    ]);
  });
});
