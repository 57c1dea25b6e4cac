import { expect, it } from "vitest";
import { applyWorld, files, grant } from "./apply-world.ts";

const config = `version: 1
environments:
  - name: prod
    path: apps/{app}/prod
    deploy: { engine: argocd, cluster: prod-1, application: "{app}" }
`;
const open = { ...grant, namespaces: ["argocd"] };
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "applications.argoproj.io" },
  spec: {
    group: "argoproj.io",
    scope: "Namespaced",
    names: { plural: "applications", kind: "Application" },
    versions: [{ name: "v1alpha1", served: true, storage: true }],
  },
};

it("an environment with `argocd` is left to Argo CD, also what Sluice cannot render", async () => {
  const broken = { "apps/web/prod/app.yaml": "- not a map\n" };
  const world = applyWorld({ grants: [open] }, { ".sluice.yaml": config, ...broken });
  world.cluster.put(definition);
  await world.settle();
  expect(world.last("web")).toEqual({ state: "waiting", reason: "there is no Application web in argocd" });
});

it("an environment with `argocd` needs a cluster that the operator gave to it", async () => {
  const world = applyWorld({ grants: [] }, { ".sluice.yaml": config, ...files("web", "1") });
  await world.settle();
  expect(world.last("web")).toMatchObject({ state: "failed", failure: { kind: "refused" } });
  expect(world.cluster.calls).toEqual([]);
});
