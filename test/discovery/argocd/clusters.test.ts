import { describe, expect, it } from "vitest";
import { clusterOf, destinationOf } from "../../../src/discovery/argocd/clusters.ts";
import { mergedSettings, settingsIn } from "../../../src/discovery/argocd/settings.ts";

const type = "argocd.argoproj.io/secret-type";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a cluster that a Secret declares", () => {
  const metadata = {
    name: "prod-secret",
    labels: { [type]: "cluster", region: "eu" },
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": "secret", owner: "team" },
  };

  it("has name, server, project, labels and annotations, and none of the credentials", () => {
    const data = { name: base64("prod"), server: base64("https://k.example.com/"), project: base64("team") };
    const found = clusterOf({ kind: "Secret", metadata, data: { ...data, config: base64('{"bearerToken":"t0p"}') } });
    expect(found).toEqual({
      name: "prod",
      server: "https://k.example.com",
      project: "team",
      labels: { region: "eu" },
      annotations: { owner: "team" },
    });
  });

  it("may be written in clear, and is called by its server where it has no name", () => {
    expect(clusterOf({ kind: "Secret", metadata, stringData: { server: "https://k.example.com" } })).toMatchObject({
      name: "https://k.example.com",
    });
  });

  it("is none of a Secret of another type, and none without a server", () => {
    expect(clusterOf({ kind: "Secret", metadata: { ...metadata, labels: { [type]: "repository" } } })).toBeUndefined();
    expect(clusterOf({ kind: "Secret", metadata, data: {} })).toBeUndefined();
    expect(clusterOf({ kind: "ConfigMap", metadata, data: {} })).toBeUndefined();
  });
});

describe("the destination of an Application", () => {
  const clusters = [{ name: "prod", server: "https://k.example.com" }];
  const destination = (given: { server?: string; name?: string; namespace?: string }) => {
    const all = { server: "", name: "", namespace: "", ...given };
    return destinationOf({ spec: { destination: all } } as Parameters<typeof destinationOf>[0], clusters);
  };

  it("has both the name and the server where a Secret declares the cluster", () => {
    const both = { cluster: "prod", server: "https://k.example.com" };
    expect(destination({ name: "prod" })).toEqual(both);
    expect(destination({ server: "https://k.example.com/", namespace: "web" })).toEqual({ ...both, namespace: "web" });
  });

  it("is Argo CD's own cluster by its address or its name", () => {
    const own = { cluster: "in-cluster", server: "https://kubernetes.default.svc" };
    expect(destination({ server: "https://kubernetes.default.svc" })).toEqual(own);
    expect(destination({ name: "in-cluster" })).toEqual(own);
  });

  it("has what it says where nothing declares the cluster", () => {
    expect(destination({ name: "dev" })).toEqual({ cluster: "dev" });
    expect(destination({ server: "https://other.example.com" })).toEqual({ server: "https://other.example.com" });
  });

  it("is wrong with both a name and a server, and with neither", () => {
    expect(destination({ name: "prod", server: "https://k.example.com" })).toContain("both a name");
    expect(destination({ namespace: "web" })).toContain("neither a name nor a server");
  });
});

describe("Argo CD's settings", () => {
  it("are those of its ConfigMaps that decide renders", () => {
    const data = { "kustomize.buildOptions": "--enable-helm", url: "https://argocd.example.com" };
    const one = settingsIn({ kind: "ConfigMap", metadata: { name: "argocd-cm", namespace: "argocd" }, data });
    const params = { "application.namespaces": "team-*" };
    const two = settingsIn({ kind: "ConfigMap", metadata: { name: "argocd-cmd-params-cm" }, data: params });
    expect(one).toEqual({ namespace: "argocd", values: { "kustomize.buildOptions": "--enable-helm" } });
    expect(mergedSettings([one, two].filter((found) => found !== undefined))).toEqual({
      namespace: "argocd",
      values: { "kustomize.buildOptions": "--enable-helm", "application.namespaces": "team-*" },
    });
  });

  it("are in no other ConfigMap", () => {
    expect(settingsIn({ kind: "ConfigMap", metadata: { name: "other" }, data: {} })).toBeUndefined();
    expect(settingsIn({ kind: "Secret", metadata: { name: "argocd-cm" }, data: {} })).toBeUndefined();
  });
});
