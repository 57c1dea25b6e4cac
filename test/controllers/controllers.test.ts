import { describe, expect, it } from "vitest";
import { z } from "zod";
import { configMap } from "../support/apply-world.ts";
import { application, deployed, gitRepository, kustomization } from "./support/manifests.ts";
import { useControllers } from "./support/world.ts";

const world = useControllers();
const { test } = world;

describe("the controllers of the tests", () => {
  it("are an Argo CD that syncs an Application, and again when it is poked", async () => {
    const shop = await world.createRepository("smoke-argocd");
    const head = await shop.commit(deployed(configMap("smoke-argocd", { key: "one" })));
    const app = application(shop, test.namespace, { syncPolicy: { automated: {} } });
    await world.apply(app);
    await world.until("it is live", app, syncedAt(head));
    const next = await shop.commit(deployed(configMap("smoke-argocd", { key: "two" })));
    const poke = { metadata: { annotations: { "argocd.argoproj.io/refresh": "normal" } } };
    expect(await world.patch(app, poke)).toBe(200);
    await world.until("the change is live", app, syncedAt(next));
  });

  it("are a Flux that applies a Kustomization, and again when its source is poked", async () => {
    const shop = await world.createRepository("smoke-flux");
    const head = await shop.commit(deployed(configMap("smoke-flux", { key: "one" })));
    const [source, applied] = [gitRepository(shop, test.namespace), kustomization(shop, test.namespace)];
    await world.apply(source);
    await world.apply(applied);
    await world.until("it is live", applied, appliedAt(head));
    const next = await shop.commit(deployed(configMap("smoke-flux", { key: "two" })));
    const poke = { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } } };
    expect(await world.patch(source, poke)).toBe(200);
    await world.until("the change is live", applied, appliedAt(next));
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
