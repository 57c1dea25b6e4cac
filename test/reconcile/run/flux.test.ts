import { expect, it } from "vitest";
import { requestedAtAnnotation } from "../../../src/reconcile/engines/flux/request.ts";
import { annotation } from "../../../src/reconcile/manifests/manifest.ts";
import { fluxDefinitions, fluxReference } from "../../support/flux-world.ts";
import { applyWorld, config, files, grant } from "./apply-world.ts";

const flux = config.replace(/deploy: .*/, 'deploy: { engine: flux, cluster: prod-1, object: "{app}-{environment}" }');
const [source, object] = [fluxReference("GitRepository", "shop"), fluxReference("Kustomization", "web-prod")];

function opened() {
  const grants = [{ ...grant, namespaces: ["flux-system"] }];
  // What Sluice cannot render is left to Flux as well.
  const broken = { "apps/web/prod/other.yaml": "no resource\n" };
  const world = applyWorld({ grants }, { ...files("web", "1"), ...broken, ".sluice.yaml": flux });
  const { apiVersion, kind, ...metadata } = source;
  for (const one of fluxDefinitions()) world.cluster.put(one);
  world.cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } });
  const spec = { url: "https://github.test/acme/gitops", ref: { branch: "main" } };
  world.cluster.put({ apiVersion, kind, metadata, spec });
  const { name, namespace } = object;
  const deploys = { path: "apps/web/prod", wait: true, sourceRef: { kind, name: source.name } };
  world.cluster.put({ apiVersion: object.apiVersion, kind: object.kind, metadata: { name, namespace }, spec: deploys });
  return world;
}

it("has Flux bring the head of the base branch, and tells when it is live", async () => {
  const world = opened();
  await world.settle();
  expect(world.last("web")).toMatchObject({ state: "progressing", steps: [{ step: "fetch", state: "current" }] });
  const token = annotation(world.cluster.object(source) ?? {}, requestedAtAnnotation);
  const head = world.rounds.at(-1)?.[0]?.operation.head ?? "";
  expect(token).toContain(head);
  const revision = `main@sha1:${head}`;
  const lastUpdateTime = new Date(world.now()).toISOString();
  world.cluster.status(source, { artifact: { revision, lastUpdateTime } });
  world.cluster.status(object, {
    observedGeneration: 1,
    lastAppliedRevision: revision,
    lastAttemptedRevision: revision,
    conditions: [
      { type: "Ready", status: "True", reason: "ReconciliationSucceeded", lastTransitionTime: lastUpdateTime },
    ],
  });
  await world.wait();
  expect(world.last("web")).toMatchObject({ state: "live" });
});
