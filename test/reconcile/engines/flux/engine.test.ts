import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../../src/model/json.ts";
import { requestedAtAnnotation } from "../../../../src/reconcile/engines/flux/request.ts";
import { annotation, objectAt } from "../../../../src/reconcile/manifests/manifest.ts";
import { deployment } from "../../../support/apply-world.ts";
import { documentedRights } from "../../../support/documented-rights.ts";
import { type FluxKind, FluxWorld, fluxReference, outcomes } from "../../../support/flux-world.ts";

const [newer, newest] = ["b".repeat(40), "c".repeat(40)];
const own = { url: "https://github.com/acme/shop", ref: { branch: "main" } };
const byUs = { path: "./apps/web", sourceRef: { kind: "GitRepository", name: "web" } };

/** The objects that were written, in their order. */
const written = ({ cluster }: FluxWorld) => cluster.calls.filter(({ writes }) => writes).map(({ kind }) => kind);
const asked = (world: FluxWorld, kind: FluxKind) =>
  JSON.stringify(world.object(kind)?.metadata).includes(requestedAtAnnotation);

/** An annotation of the HelmRelease. */
function annotationOf(world: FluxWorld, name: string): string {
  return annotation(world.object("HelmRelease") ?? {}, name);
}

/** Steps until it is live. */
async function liveIn(world: FluxWorld): Promise<void> {
  for (let step = 0; step < 10; step += 1) {
    if ((await world.step()).status.state === "live") return;
    world.now += 3_000;
    world.work();
  }
  expect.unreachable("it is not live");
}

describe("what Flux is asked for", () => {
  it("is its source alone, since the Kustomization follows by itself", async () => {
    const world = new FluxWorld();
    await liveIn(world);
    expect(written(world)).toEqual(["GitRepository", "Kustomization"]);
    expect(asked(world, "Kustomization")).toBe(false);
  });

  it("is the Kustomization, too, where it does not follow", async () => {
    const world = new FluxWorld();
    await world.step();
    world.fetch();
    world.now += 3_000;
    await world.step();
    expect(asked(world, "Kustomization")).toBe(false);
    world.now += 3_000;
    await world.step();
    expect(asked(world, "Kustomization")).toBe(true);
    await world.step();
    expect(written(world)).toEqual(["GitRepository", "Kustomization"]);
  });

  it("is asked for once by all the apps that share a source", async () => {
    const world = new FluxWorld();
    const { apiVersion, kind, ...metadata } = fluxReference("Kustomization", "api");
    world.cluster.put({ apiVersion, kind, metadata, spec: byUs });
    for (const object of ["web", "api", "web", "api"]) {
      world.settings = { ...world.settings, object };
      expect((await world.step()).status.state).toBe("progressing");
      world.now += 3_000;
    }
    expect(written(world)).toEqual(["GitRepository"]);
  });

  it("is nothing at a later commit that changes nothing of the app", async () => {
    const world = new FluxWorld();
    world.same = [...world.commits, newer];
    await liveIn(world);
    const writes = world.writes;
    world.push(newer);
    expect((await world.step()).status.state).toBe("live");
    expect(world.writes).toBe(writes);
    world.push(newest);
    expect((await world.step()).status.state).toBe("progressing");
  });

  it("is everything again for a person, and the failure that comes of it is a new one", async () => {
    const world = new FluxWorld();
    world.outcome = outcomes.fails;
    await world.step();
    world.work();
    const first = await world.step();
    expect(first.status).toMatchObject({
      state: "failed",
      failure: { kind: "controller", summary: "kustomize build failed: no such file", applied: false },
    });
    world.now += 60_000;
    expect((await world.step({ request: "7/1" })).status.state).toBe("progressing");
    world.work();
    expect((await world.step({ request: "7/1" })).status.state).toBe("progressing");
    world.outcome = outcomes.works;
    world.work();
    expect((await world.step({ request: "7/1" })).status.state).toBe("live");
    expect(written(world).slice(1)).toEqual(["GitRepository", "Kustomization", "Kustomization"]);
  });
});

describe("the rights that the documentation gives to Sluice", () => {
  /** A cluster where Sluice may do what the page says, and these verbs more than nothing else. */
  function limited(verbs?: readonly string[]): FluxWorld {
    const world = new FluxWorld();
    for (const object of documentedRights(["flux"])) {
      const rules = Array.isArray(object.rules) ? object.rules.filter((one) => isJsonObject(one)) : [];
      const less = verbs === undefined ? {} : { rules: rules.map((rule) => ({ ...rule, verbs })) };
      world.cluster.put({ ...object, ...(object.kind === "Role" && less) });
    }
    world.grant = { ...world.grant, serviceAccount: "flux-system/sluice-shop" };
    return world;
  }

  it("are enough, and those to read where it only watches", async () => {
    const world = limited();
    await liveIn(world);
    expect(new Set(world.cluster.calls.map(({ user }) => user))).toEqual(
      new Set(["system:serviceaccount:flux-system:sluice-shop"]),
    );
    const watching = limited(["get"]);
    watching.watchOnly = true;
    expect((await watching.step()).status.state).toBe("waiting");
  });

  it("are told of where they are missing", async () => {
    const { status } = await limited(["get"]).step();
    expect(status).toMatchObject({ state: "failed", failure: { kind: "refused" } });
    expect(JSON.stringify(status)).toContain("refused to patch GitRepository web in flux-system");
  });
});

describe("what Flux has applied", () => {
  /** Applied without a check, with a Deployment of this health. */
  async function unchecked(health: string): Promise<FluxWorld> {
    const world = new FluxWorld();
    world.put("Kustomization", { ...byUs });
    const entries = [
      { id: "shop_web_apps_Deployment", v: "v1" },
      { id: "other_web_apps_Deployment", v: "v1" },
      { id: "shop_settings__ConfigMap", v: "v1" },
    ];
    const labels = {
      "kustomize.toolkit.fluxcd.io/name": "web",
      "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    };
    for (const [namespace, one] of [
      ["shop", health],
      ["other", "degraded"],
    ] as const) {
      const object = deployment("web");
      world.cluster.put({ ...object, metadata: { name: "web", namespace, labels } });
      world.cluster.status(
        { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "web" },
        { health: one, readyReplicas: 1 },
      );
    }
    await world.step();
    world.work();
    world.set("Kustomization", { inventory: { entries } });
    return world;
  }

  it.each([
    ["healthy", { state: "live", readiness: { ready: 1, wanted: 1 } }],
    ["progressing", { state: "progressing", steps: [{}, {}, { step: "health", text: "1 of 1 pods ready" }] }],
    ["suspended", { state: "waiting" }],
    ["degraded", { state: "failed", failure: { kind: "health", applied: true } }],
  ])(
    "is %s by Sluice's own rules where Flux does not look, as far as the operator opened it",
    async (health, status) => {
      const world = await unchecked(health);
      const before = world.cluster.calls.length;
      expect((await world.step()).status).toMatchObject(status);
      const seen = world.cluster.calls.slice(before).map(({ namespace }) => namespace);
      expect(new Set(seen)).not.toContain("other");
    },
  );

  it("is not looked for here where Flux deploys to another cluster", async () => {
    const world = await unchecked("degraded");
    const status = objectAt(world.object("Kustomization") ?? {}, "status");
    world.put("Kustomization", { ...byUs, kubeConfig: { secretRef: { name: "far" } } });
    const { generation = 0 } = objectAt(world.object("Kustomization") ?? {}, "metadata");
    world.set("Kustomization", { ...status, observedGeneration: generation });
    const before = world.cluster.calls.length;
    expect((await world.step()).status.state).toBe("live");
    expect(world.cluster.calls.slice(before).map(({ verb }) => verb)).not.toContain("list");
  });

  it("has its whole time after it was suspended", async () => {
    const world = new FluxWorld();
    world.put("Kustomization", { ...byUs, wait: true, suspend: true });
    await world.step();
    world.fetch();
    expect((await world.step()).status.state).toBe("waiting");
    world.now += 24 * 3_600_000;
    world.put("Kustomization", { ...byUs, wait: true });
    world.outcome = outcomes.hangs;
    world.reconcile();
    expect((await world.step()).status).toMatchObject({ state: "progressing", deadline: world.now + 15 * 60_000 });
    world.now += 15 * 60_000;
    expect((await world.step()).status).toMatchObject({ state: "failed", failure: { kind: "timeout" } });
  });

  it("is looked at anew at each commit where Sluice cannot render the target", async () => {
    const world = new FluxWorld();
    world.whole = false;
    await liveIn(world);
    const first = await world.step();
    world.push(newer);
    world.now += 60_000;
    await liveIn(world);
    const second = await world.step();
    expect(second.operation.startedAt).toBeGreaterThan(first.operation.startedAt);
  });

  it("stays live, whatever becomes of it later", async () => {
    const world = await unchecked("healthy");
    expect((await world.step()).status.state).toBe("live");
    world.cluster.status(
      { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
      { health: "degraded" },
    );
    world.now += 24 * 3_600_000;
    expect((await world.step()).status.state).toBe("live");
  });
});

describe("an object of Flux that is not this repository's to deploy by", () => {
  const oci = (source: string): JsonObject => ({
    artifact: { revision: `latest@sha256:${"f".repeat(64)}`, metadata: { "org.opencontainers.image.source": source } },
  });

  it.each<[string, (world: FluxWorld) => void, string]>([
    [
      "has a source of another repository",
      (world) => world.put("GitRepository", { ...own, url: "https://github.com/acme/shop-secret" }),
      "another repository",
    ],
    [
      "has a source whose host only looks like it",
      (world) => world.put("GitRepository", { ...own, url: "https://github.com.evil.example/acme/shop" }),
      "another repository",
    ],
    [
      "deploys another folder",
      (world) => world.put("Kustomization", { ...byUs, path: "./apps/web-secret" }),
      "another folder",
    ],
    [
      "deploys a folder that only begins like it",
      (world) => world.put("Kustomization", { ...byUs, path: "./apps/we" }),
      "another folder",
    ],
    [
      "leads out of its folder",
      (world) => world.put("Kustomization", { ...byUs, path: "apps/web/../../../x" }),
      "another folder",
    ],
    [
      "has its source in a namespace that is not open",
      (world) => world.put("Kustomization", { ...byUs, sourceRef: { ...byUs.sourceRef, namespace: "other" } }),
      "namespace other",
    ],
    [
      "is in a namespace that is not open",
      (world) => {
        world.settings = { ...world.settings, namespace: "other" };
      },
      "namespace other",
    ],
    [
      "takes its files from a bucket",
      (world) => world.put("Kustomization", { ...byUs, sourceRef: { kind: "Bucket", name: "web" } }),
      "a Bucket",
    ],
    [
      "is made from an artifact of another repository",
      (world) => {
        world.put("Kustomization", { ...byUs, sourceRef: { kind: "OCIRepository", name: "web" } });
        world.put("OCIRepository", { url: "oci://github.com/acme/shop" });
        world.set("OCIRepository", oci("https://github.com/acme/other"));
      },
      "does not say that it was made from this one",
    ],
    [
      "is a HelmRelease that a label says is of this repository",
      (world) => {
        world.settings = { ...world.settings, kind: "HelmRelease" };
        const labels = {
          "kustomize.toolkit.fluxcd.io/name": "web",
          "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        };
        world.put(
          "HelmRelease",
          { chart: { spec: { chart: "x", sourceRef: { kind: "HelmRepository", name: "x" } } } },
          { labels },
        );
      },
      "does not come from this repository",
    ],
    [
      "is a HelmRelease with a chart from another folder",
      (world) => {
        world.settings = { ...world.settings, kind: "HelmRelease" };
        world.put("HelmRelease", {
          chart: { spec: { chart: "./charts/x", sourceRef: { kind: "GitRepository", name: "web" } } },
        });
      },
      "another folder",
    ],
  ])("%s: it is refused and nothing is asked for", async (_, prepare, words) => {
    const world = new FluxWorld();
    prepare(world);
    const { status, again } = await world.step();
    expect(status).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    expect(JSON.stringify(status)).toContain(words);
    expect(JSON.stringify(status)).not.toMatch(/secret|evil/);
    expect([world.writes, again]).toEqual([0, undefined]);
  });

  it("is one where an artifact says so, a path leads to the target, or another version of the API is served", async () => {
    const world = new FluxWorld();
    world.put("Kustomization", { ...byUs, sourceRef: { kind: "OCIRepository", name: "web" }, path: "./" });
    world.put("OCIRepository", { url: "oci://ghcr.io/acme/shop" });
    world.set("OCIRepository", oci("https://github.com/acme/shop.git"));
    expect((await world.step()).status.state).toBe("progressing");
    const above = new FluxWorld();
    for (const path of ["/", "", ".", "./apps", "/apps/web/"]) {
      above.put("Kustomization", { ...byUs, path });
      expect((await above.step()).status.state).toBe("progressing");
    }
  });

  it("is waited for where it is not there yet: Flux may make it from the same commit", async () => {
    const world = new FluxWorld();
    world.settings = { ...world.settings, object: "other" };
    expect((await world.step()).status).toEqual({
      state: "waiting",
      reason: "there is no Kustomization flux-system/other in the cluster",
    });
    world.cluster.remove(fluxReference("GitRepository", "web"));
    world.settings = { ...world.settings, object: "web" };
    expect((await world.step()).status).toMatchObject({
      reason: "there is no GitRepository flux-system/web in the cluster",
    });
  });
});

describe("a HelmRelease that a Kustomization has applied", () => {
  it("is live when the Kustomization has applied the commit and Helm is done, and is reset for who asks again", async () => {
    const world = new FluxWorld();
    world.settings = { ...world.settings, kind: "HelmRelease" };
    const labels = {
      "kustomize.toolkit.fluxcd.io/name": "web",
      "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    };
    world.put("HelmRelease", { chartRef: { kind: "OCIRepository", name: "x" } }, { labels });
    world.set("Kustomization", {
      inventory: { entries: [{ id: "flux-system_web_helm.toolkit.fluxcd.io_HelmRelease", v: "v2" }] },
    });
    const said = (status: string, reason: string) => ({
      observedGeneration: 1,
      conditions: [
        {
          type: "Ready",
          status,
          reason,
          message: "Helm upgrade failed: timed out",
          lastTransitionTime: new Date(world.now).toISOString(),
        },
      ],
    });
    world.set("HelmRelease", said("True", "UpgradeSucceeded"));
    expect((await world.step()).status.state).toBe("progressing");
    world.work();
    world.set("HelmRelease", said("False", "UpgradeFailed"));
    expect((await world.step()).status).toMatchObject({
      steps: [{}, { text: "Helm upgrade failed: timed out; Flux tries again" }],
    });
    world.now += 60 * 60_000;
    expect((await world.step()).status).toMatchObject({
      state: "failed",
      failure: { kind: "controller", applied: true },
    });
    for (let step = 0; step < 4; step += 1) {
      await world.step({ request: "7/1" });
      world.work();
    }
    const token = annotationOf(world, requestedAtAnnotation);
    expect(token).not.toBe("");
    expect(annotationOf(world, "reconcile.fluxcd.io/resetAt")).toBe(token);
    world.set("HelmRelease", {
      ...said("True", "UpgradeSucceeded"),
      lastHandledReconcileAt: token,
    });
    expect((await world.step({ request: "7/1" })).status.state).toBe("live");
  });
});
