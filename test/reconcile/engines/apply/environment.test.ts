import { describe, expect, it } from "vitest";
import type { ClusterGrant } from "../../../../src/model/deploy.ts";
import type { JsonObject } from "../../../../src/model/json.ts";
import { applyEngine, applyLeaseName, removed } from "../../../../src/reconcile/engines/apply/index.ts";
import type { Desired } from "../../../../src/reconcile/engines/engine.ts";
import { configMap, desiredOf, hook, job } from "../../../support/apply-world.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";

const signal = new AbortController().signal;
const open: ClusterGrant = { repositories: ["*/*"], environments: ["*"], namespaces: ["shop"] };

function world(grant: ClusterGrant = open) {
  const cluster = new FakeCluster({ namespaces: ["shop", "sluice"] });
  let now = 0;
  let ids = 0;
  const environment = (name: string) =>
    applyEngine(
      {
        cluster,
        lease: { confirm: async () => true },
        health: { health: async (objects) => objects.map(() => ({ status: "healthy", message: "", rule: "core" })) },
        clock: () => now,
        newId: () => `operation-${ids++}`,
        writer: "test",
      },
      {
        repository: { owner: "acme", name: "shop" },
        repositoryId: 7,
        environment: name,
        cluster: { name: "main", namespace: "sluice", grants: [grant] },
        grant,
        namespace: "shop",
      },
    );
  const deploy = async (desired: Desired, name = "staging") => {
    for (;;) {
      const { status, again } = await environment(name).step({ ...desired, environment: name }, signal);
      if (again === undefined) return status;
      now = Math.max(now + 1, again);
    }
  };
  return { cluster, environment, deploy };
}

function app(name: string, ...objects: readonly JsonObject[]): Desired {
  return { ...desiredOf({ head: "a", objects }), app: name };
}

describe("the targets of an environment", () => {
  it("each have a set of their own, kept where no repository may write", async () => {
    const { cluster, deploy } = world();
    await deploy(app("web", configMap("web")));
    await deploy(app("api", configMap("api")));
    const labels = ["web", "api"].map(
      (name) => cluster.object({ apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name })?.metadata,
    );
    expect(labels[0]).not.toEqual(labels[1]);
    expect(await deploy(app("thief", configMap("web")))).toMatchObject({
      state: "failed",
      failure: { problems: [{ reason: "OwnedByAnother" }] },
    });
    const own = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "sluice" } };
    expect(await deploy(app("spy", own))).toMatchObject({
      state: "failed",
      failure: {
        kind: "refused",
        problems: [{ reason: "NotAllowed", message: expect.stringContaining("Sluice keeps for itself") }],
      },
    });
  });

  it("do not delete each other's hooks", async () => {
    const { cluster, deploy } = world();
    cluster.play("Job", () => ({ conditions: [{ type: "Complete", status: "True" }] }));
    expect(await deploy(app("web", job("migrate", hook("PreSync"))))).toMatchObject({ state: "live" });
    expect(await deploy(app("api", job("migrate", hook("PreSync"))))).toMatchObject({
      state: "failed",
      failure: { problems: [{ reason: "Exists", message: expect.stringContaining("a hook of another app") }] },
    });
  });

  it("are written with the rights of the account that the operator named (40)", async () => {
    const { cluster, deploy } = world({ ...open, serviceAccount: "shop/deployer" });
    expect(await deploy(app("web", configMap("web")))).toMatchObject({ state: "failed", failure: { kind: "refused" } });
    const writers = cluster.calls.filter(({ namespace, verb }) => namespace === "shop" && verb === "apply");
    expect(new Set(writers.map(({ user }) => user))).toEqual(new Set(["system:serviceaccount:shop:deployer"]));
    expect(cluster.calls.filter(({ namespace, user }) => namespace === "sluice" && user !== undefined)).toEqual([]);
  });

  it("that Git no longer has are found, and taken away with every guard", async () => {
    const { cluster, environment, deploy } = world();
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" }, spec: {} };
    await deploy(app("web", configMap("web")));
    await deploy(app("old", configMap("old"), configMap("older"), claim));
    await deploy(app("old", configMap("prod")), "prod");
    const behind = () => environment("staging").leftBehind(new Set(["web"]), signal);
    expect(await behind()).toEqual(["old"]);
    const status = await deploy(removed("old", "staging", "b"));
    expect(status).toMatchObject({ state: "live", changed: 2, kept: [{ object: { name: "data" } }] });
    const left = ["old", "older", "web", "prod"].filter(
      (name) => cluster.object({ apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name }) !== undefined,
    );
    expect(left).toEqual(["web", "prod"]);
    expect(await behind()).toEqual([]);
  });

  it("share one lease, and those of another environment have another one", () => {
    const name = applyLeaseName({ repositoryId: 7, environment: "staging" });
    expect(name).toMatch(/^[a-z0-9-]{1,63}$/);
    expect(applyLeaseName({ repositoryId: 7, environment: "prod" })).not.toBe(name);
  });
});
