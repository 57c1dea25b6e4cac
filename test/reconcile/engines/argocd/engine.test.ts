import { describe, expect, it } from "vitest";
import { Fault } from "../../../../src/model/errors.ts";
import { isJsonObject, type JsonObject } from "../../../../src/model/json.ts";
import { ArgocdWorld, apart, application, newer, older, source } from "../../../support/argocd-world.ts";
import { objectAt } from "../../../support/fake-cluster/kinds.ts";

/** Steps when it is due, and has Argo CD work in between, until something is said that stays. */
async function deploy(world: ArgocdWorld, wish: Parameters<ArgocdWorld["step"]>[0] = {}, settings = {}) {
  for (let round = 0; round < 100; round += 1) {
    const result = await world.step(wish, {}, settings);
    if (result.again === undefined || result.status.state === "waiting") return result.status;
    world.now = Math.max(world.now + 1, result.again);
    for (let work = 0; work < 4; work += 1) world.work();
  }
  throw new Error("there is no result");
}

/** The last sync that was asked for. */
function lastSync(world: ArgocdWorld): JsonObject {
  const state = objectAt(world.status, "operationState");
  return objectAt(state, "operation");
}

describe("the Application that may be poked", () => {
  const other = "https://github.com/other/shop";
  it.each<[string, JsonObject]>([
    ["of another repository", { source: { ...source, repoURL: other } }],
    ["of another server", { source: { ...source, repoURL: "https://evil.example/acme/shop" } }],
    ["of a name that ends the same", { source: { ...source, repoURL: `${other}#/acme/shop` } }],
    ["of a chart", { source: { ...source, chart: "web", repoURL: source.repoURL } }],
    ["of no source at all", {}],
    ["of another folder of this repository", { source: { ...source, path: "apps/api/staging" } }],
    ["of a folder whose name begins alike", { source: { ...source, path: "apps/web/stag" } }],
    ["of a folder that leads out", { source: { ...source, path: "apps/x/../web/staging" } }],
    ["of another branch", { source: { ...source, targetRevision: "feature" } }],
    ["of a pinned commit", { source: { ...source, targetRevision: older } }],
    ["of several sources, none of which is ours", { sources: [{ repoURL: other, path: "apps/web/staging" }] }],
    [
      "whose source is ours and whose list of sources, which counts, is not",
      { source, sources: [{ ...source, repoURL: other }] },
    ],
    ["that hydrates another repository", { source, sourceHydrator: { drySource: { ...source, repoURL: other } } }],
  ])("is none %s", async (_, spec) => {
    const world = new ArgocdWorld(spec);
    const { status, again } = await world.step();
    expect(status).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
    expect([world.writes, again]).toEqual([0, undefined]);
    expect(JSON.stringify(status)).not.toMatch(/other|evil|feature-x/);
  });

  it.each<[string, JsonObject]>([
    ["of this very folder", { source }],
    ["of a folder above", { source: { ...source, path: "apps/web" } }],
    ["of the whole repository", { source: { ...source, path: "." } }],
    ["over ssh", { source: { ...source, repoURL: "git@github.com:Acme/Shop.git" } }],
    ["of HEAD", { source: { ...source, targetRevision: "HEAD" } }],
    ["of no branch in particular", { source: { repoURL: source.repoURL, path: source.path } }],
    [
      "of a chart with values from here",
      {
        sources: [
          { repoURL: "https://charts.example", chart: "web" },
          { ...source, path: "", ref: "values" },
        ],
      },
    ],
  ])("is one %s", async (_, spec) => {
    expect((await new ArgocdWorld(spec).step()).status.state).toBe("progressing");
  });

  it("is none in a namespace, or of a kind, that the operator has not opened", async () => {
    const world = new ArgocdWorld();
    const { status } = await world.step({}, {}, { namespace: "team-b" });
    expect(status).toMatchObject({ state: "failed", failure: { kind: "refused" } });
    expect(JSON.stringify(status)).toContain("team-b, which is not open to staging of acme/shop");
    expect(world.cluster.calls).toEqual([]);
  });

  it("may come later, by another Application", async () => {
    const world = new ArgocdWorld();
    world.cluster.remove(application);
    const { status, again } = await world.step();
    expect(status).toEqual({ state: "waiting", reason: "there is no Application web-staging in argocd" });
    expect(again).toBeGreaterThan(world.now);
  });
});

describe("a sync that Sluice starts", () => {
  const syncPolicy = { syncOptions: ["CreateNamespace=true"], retry: { limit: 2, backoff: { duration: "5s" } } };

  it("is of the commit, and carries what the Application says of syncs", async () => {
    const world = new ArgocdWorld({ source, syncPolicy });
    expect(await deploy(world)).toMatchObject({ state: "live" });
    expect(lastSync(world)).toMatchObject({
      initiatedBy: { username: "sluice" },
      info: [{ name: "sluice.dev/operation", value: expect.stringMatching(/^[0-9a-f]{20}$/) }],
      retry: syncPolicy.retry,
      sync: { revision: older, prune: false, syncOptions: ["CreateNamespace=true"] },
    });
  });

  it("prunes only where the environment says so", async () => {
    const world = new ArgocdWorld({ source });
    await deploy(world, {}, { prune: true });
    expect(objectAt(lastSync(world), "sync").prune).toBe(true);
  });

  it("names a revision for each of several sources: those that were compared", async () => {
    const world = new ArgocdWorld({
      sources: [
        { repoURL: "https://charts.example", chart: "web" },
        { ...source, ref: "values" },
      ],
    });
    await world.step();
    world.put({
      status: { sync: { status: "OutOfSync", revisions: ["1.2.3", older] }, reconciledAt: "2026-01-01T00:00:01Z" },
      metadata: { annotations: { "argocd.argoproj.io/refresh": null } },
    });
    await world.step();
    expect(objectAt(objectAt(world.object, "operation"), "sync")).toEqual({
      prune: false,
      revisions: ["1.2.3", older],
    });
  });

  it("is not written over another that somebody asks for at the same moment", async () => {
    const world = new ArgocdWorld({ source });
    await world.step();
    world.work();
    const theirs = { initiatedBy: { username: "mona" }, sync: { revision: apart } };
    world.cluster.trouble = (call) => {
      if (call.verb === "patch") world.put({ operation: theirs });
      return undefined;
    };
    expect((await world.step()).status).toMatchObject({ state: "progressing" });
    world.cluster.trouble = undefined;
    expect(world.object.operation).toEqual(theirs);
  });

  it("is asked for again where Argo CD has lost it", async () => {
    const world = new ArgocdWorld({ source });
    await world.step();
    world.work();
    await world.step();
    expect(isJsonObject(world.object.operation)).toBe(true);
    world.put({ operation: null });
    expect(await deploy(world)).toMatchObject({ state: "live" });
  });
});

describe("an app that is live", () => {
  it("is not poked for commits that change nothing of it", async () => {
    const world = new ArgocdWorld();
    const before = await deploy(world);
    const { writes } = world;
    world.same = true;
    expect((await world.step({ head: newer })).status).toEqual(before);
    expect(world.writes).toBe(writes);
  });

  it("is looked at again later where nobody knows what the newer commit comes from", async () => {
    const world = new ArgocdWorld();
    await deploy(world);
    world.same = true;
    const away = new Fault("unavailable", "the mirror cannot be read");
    let asked = 0;
    const isAncestor = async () => {
      asked += 1;
      if (asked === 1) throw away;
      return true;
    };
    const history = { isAncestor, changedPaths: async () => [] };
    await expect(world.step({ head: newer }, { history })).rejects.toBe(away);
  });

  it("is brought the newer commit where Argo CD reads more than Sluice renders", async () => {
    const world = new ArgocdWorld();
    await deploy(world);
    world.same = true;
    world.changed = ["apps/web/staging/.argocd-source-web.yaml"];
    world.head = newer;
    expect((await world.step({ head: newer })).status).toMatchObject({ state: "progressing" });
  });

  it.each<[string, JsonObject]>([
    ["values of Helm", { helm: { valueFiles: ["../values.yaml"] } }],
    ["components", { kustomize: { components: ["../../components/debug"] } }],
    ["libraries of Jsonnet", { directory: { jsonnet: { libs: ["lib"] } } }],
  ])("is brought the newer commit where it has %s", async (_, more) => {
    const world = new ArgocdWorld({ source: { ...source, ...more }, syncPolicy: { automated: {} } });
    await deploy(world);
    world.same = true;
    expect((await world.step({ head: newer })).status).toMatchObject({ state: "progressing" });
  });

  it("is not so by what Argo CD said of the folder that the Application had before", async () => {
    const world = new ArgocdWorld();
    const comparedTo = { source: { ...source, path: "apps/old/staging" }, destination: {} };
    const sync = { status: "Synced", revision: older, comparedTo };
    const health = { status: "Healthy", lastTransitionTime: "2025-12-31T00:00:00Z" };
    world.put({ status: { sync, health, reconciledAt: "2025-12-31T12:00:00Z" } });
    for (let steps = 0; steps < 2; steps += 1) {
      const { status } = await world.step();
      expect(status).toMatchObject({ state: "progressing", steps: [{ step: "compare" }] });
    }
    world.put({ status: { sync: { ...sync, comparedTo: { source, destination: {} } } } });
    expect((await world.step()).status).toMatchObject({ state: "live" });
  });

  it("stays so whatever happens to it later: that is no part of its deploy", async () => {
    const world = new ArgocdWorld();
    const before = await deploy(world);
    world.put({
      status: {
        health: { status: "Degraded", lastTransitionTime: "2026-01-02T00:00:00Z" },
        sync: { status: "OutOfSync" },
      },
    });
    world.now += 48 * 3_600_000;
    expect((await world.step()).status).toEqual(before);
  });

  it("keeps what Argo CD has not pruned, and says so", async () => {
    const world = new ArgocdWorld();
    const kept = {
      version: "v1",
      kind: "ConfigMap",
      namespace: "shop",
      name: "old",
      status: "OutOfSync",
      requiresPruning: true,
    };
    // A hook that is still there is said to need pruning, too.
    const hook = { ...kept, kind: "Job", group: "batch", name: "migrate", hook: true };
    world.put({ status: { resources: [kept, hook] } });
    expect(await deploy(world)).toMatchObject({
      state: "live",
      kept: [{ object: { kind: "ConfigMap", name: "old" } }],
    });
  });
});

describe("an Application that hydrates", () => {
  const drySource = { ...source };
  const hydrated = "d".repeat(40);
  const states = (dry: string, more: JsonObject = {}) => ({
    sync: { status: "Synced", revision: hydrated },
    health: { status: "Healthy", lastTransitionTime: "2025-12-31T00:00:00Z" },
    reconciledAt: "2026-01-01T00:00:10Z",
    sourceHydrator: { lastSuccessfulOperation: { drySHA: dry, hydratedSHA: hydrated }, ...more },
  });
  const open = () =>
    new ArgocdWorld({
      sourceHydrator: { drySource, syncSource: { targetBranch: "env/staging" } },
      syncPolicy: { automated: {} },
    });

  it("is live when what it synced was rendered from the commit", async () => {
    const world = open();
    world.put({ status: states(older) });
    expect((await world.step()).status).toMatchObject({ state: "live" });
    expect((await world.step({ head: newer })).status).toMatchObject({ state: "progressing" });
    expect(world.annotations).toMatchObject({ "argocd.argoproj.io/hydrate": "normal" });
  });

  it("is live when the commit changes nothing that is rendered", async () => {
    const world = open();
    world.put({ status: states(older, { lastComparedDryRevision: newer, currentOperation: { phase: "Hydrated" } }) });
    expect((await world.step({ head: newer })).status).toMatchObject({ state: "live" });
  });
});

describe("what is told of a failure", () => {
  const web = { group: "apps", version: "v1", kind: "Deployment", name: "web" };
  const degraded = {
    status: "Degraded",
    lastTransitionTime: "2026-01-01T00:00:00Z",
    message: "progress deadline exceeded",
  };

  /** A Deployment whose Pod cannot start, in two namespaces. */
  async function failing(namespace: string, destination: JsonObject = { server: "https://kubernetes.default.svc" }) {
    const world = new ArgocdWorld({ source, syncPolicy: { automated: {} }, destination });
    world.cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } });
    const labels = { app: "web" };
    world.cluster.put({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    });
    const waiting = { reason: "ImagePullBackOff", message: "token ghp_abcdefghijklmnopqrstuvwxyz0123456789 is wrong" };
    world.cluster.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-1", namespace, labels },
      spec: { containers: [{ name: "web" }] },
    });
    world.cluster.status(
      { apiVersion: "v1", kind: "Pod", name: "web-1", namespace },
      { containerStatuses: [{ name: "web", image: "web:2", state: { waiting } }] },
    );
    await deploy(world);
    world.put({
      metadata: { annotations: { "sluice.dev/operation": null } },
      status: { health: degraded, resources: [{ ...web, namespace, status: "Synced" }] },
    });
    world.now += 60_000;
    await world.step();
    world.put({ metadata: { annotations: { "argocd.argoproj.io/refresh": null } } });
    return JSON.stringify((await world.step()).status);
  }

  it("is what its Pods say, without secrets", async () => {
    const told = await failing("shop");
    expect(told).toContain("ImagePullBackOff");
    expect(told).not.toContain("ghp_");
  });

  it("is nothing of Pods in namespaces that are not open, or of another cluster", async () => {
    for (const told of [await failing("other"), await failing("shop", { server: "https://prod.example" })]) {
      expect(told).not.toContain("ImagePullBackOff");
      expect(told).toContain("progress deadline exceeded");
    }
  });
});
