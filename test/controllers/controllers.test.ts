import { describe, expect, it } from "vitest";
import { z } from "zod";
import { argocdNamespace } from "./support/argocd.ts";
import type { ApiObject } from "./support/objects.ts";
import { useControllers } from "./support/world.ts";

const world = useControllers();

const settings = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {key: ${value}}\n`;

describe("the controllers of the tests", () => {
  it("are an Argo CD that syncs an Application, and again when it is poked", async () => {
    const head = await world.commit({ "argocd/settings.yaml": settings("one") });
    const app = application("smoke", "argocd");
    await world.apply(app);
    await world.until("it is live", app, syncedAt(head));
    const next = await world.commit({ "argocd/settings.yaml": settings("two") });
    const poke = { metadata: { annotations: { "argocd.argoproj.io/refresh": "normal" } } };
    expect(await world.patch(app, poke)).toBe(200);
    await world.until("the change is live", app, syncedAt(next));
  });

  it("are a Flux that applies a Kustomization, and again when its source is poked", async () => {
    const head = await world.commit({ "flux/settings.yaml": settings("one") });
    const [source, kustomization] = fluxObjects("smoke", "flux");
    await world.apply(source);
    await world.apply(kustomization);
    await world.until("it is live", kustomization, appliedAt(head));
    const next = await world.commit({ "flux/settings.yaml": settings("two") });
    const poke = { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } } };
    expect(await world.patch(source, poke)).toBe(200);
    await world.until("the change is live", kustomization, appliedAt(next));
  });
});

function syncedAt(revision: string): z.ZodType<unknown> {
  const sync = z.object({ status: z.literal("Synced"), revision: z.literal(revision) });
  return z.object({ status: z.object({ sync, health: z.object({ status: z.literal("Healthy") }) }) });
}

function appliedAt(revision: string): z.ZodType<unknown> {
  const ready = z.object({ type: z.literal("Ready"), status: z.literal("True") });
  const conditions = z.array(z.unknown()).refine((all) => all.some((one) => ready.safeParse(one).success));
  return z.object({ status: z.object({ lastAppliedRevision: z.literal(`main@sha1:${revision}`), conditions }) });
}

function application(name: string, path: string): ApiObject {
  const { namespace } = world.test;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: argocdNamespace },
    spec: {
      project: "default",
      source: { repoURL: world.repositoryUrl, path, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace },
      syncPolicy: { automated: {} },
    },
  };
}

function fluxObjects(name: string, path: string): [ApiObject, ApiObject] {
  const metadata = { name, namespace: world.test.namespace };
  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata,
    spec: { interval: "1h", url: world.repositoryUrl, ref: { branch: "main" } },
  };
  const sourceRef = { kind: "GitRepository", name };
  const kustomization = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata,
    spec: { interval: "1h", prune: true, path, sourceRef, targetNamespace: world.test.namespace },
  };
  return [source, kustomization];
}
