import { describe, expect, it } from "vitest";
import type { DriftJob } from "../../../src/model/deploy.ts";
import { Fault, UserError } from "../../../src/model/errors.ts";
import { isJsonObject, type JsonObject } from "../../../src/model/json.ts";
import type { Leases } from "../../../src/model/lease.ts";
import { recordRequest, requestOf } from "../../../src/reconcile/run/requests.ts";
import { where } from "../../support/memory-world.ts";
import { applyWorld, config, files } from "./apply-world.ts";

const settings = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };
const workload = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };
const job: DriftJob = { type: "drift", ...where, defaultBranch: "main", environment: "prod" };
const healing = config.replace("stability: 0s", "stability: 0s, selfHeal: true");

const more = {
  "apps/web/prod/more.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:1" }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: 9 }
---
apiVersion: v1
kind: Secret
metadata: { name: web }
stringData: { password: in-git }
`,
};

/** A world in which everything was deployed and compared. */
async function liveWorld(begin: Readonly<Record<string, string>> = files("web", "1"), leases?: Leases) {
  const world = applyWorld({}, begin, leases);
  await world.settle();
  await world.wait();
  const edit = (change: JsonObject, manager = "kubectl-edit", of = settings) =>
    world.cluster.put(merged(world.cluster.object(of) ?? {}, change), manager);
  return {
    ...world,
    edit,
    issue: () => world.github.issues.get("drift-prod")?.[0],
    said: () => [...world.github.comments].filter(([key]) => key.startsWith("1001/")).map(([, text]) => text),
    /** Forgets what is not in the cluster or on GitHub. */
    async wipe() {
      for (const kind of ["drift", "drift-report", "deploy-request"])
        for (const { id } of await world.ports.records.find(kind, { limit: 9 }))
          await world.ports.records.remove(kind, id);
    },
    /** The next comparison, and all that comes of it. */
    async next(minutes = 10) {
      await world.pass(minutes);
      await world.wait();
    },
  };
}

function merged(object: JsonObject, change: JsonObject): JsonObject {
  const entries = Object.entries(change).map(([key, value]) => {
    const old = object[key];
    return [key, isJsonObject(old) && isJsonObject(value) ? merged(old, value) : value] as const;
  });
  return { ...object, ...Object.fromEntries(entries) };
}

describe("the comparison of what is live with the cluster", () => {
  it("finds nothing in what defaults, autoscalers, webhooks, controllers and other managers set, and costs no REST call", async () => {
    const world = await liveWorld({ ...files("web", "1"), ...more });
    expect(world.last("web")).toMatchObject({ state: "live" });
    world.edit({ spec: { replicas: 7 } }, "autoscaler", workload);
    world.edit({ metadata: { annotations: { "hook.example.com/seen": "yes" } } }, "webhook", workload);
    world.edit({ spec: { minReadySeconds: 3 } }, "operator", workload);
    world.edit({ data: { theirs: "2" } }, "other");
    world.cluster.status(workload, { readyReplicas: 1 });
    const from = world.github.calls.length;
    const at = world.cluster.calls.length;
    await world.next();
    expect(world.cluster.calls.slice(at).filter(({ verb, dryRun }) => verb === "apply" && dryRun)).toHaveLength(4);
    expect(world.github.calls.slice(from)).toEqual([]);
    expect(world.issue()).toBeUndefined();
  });

  it("is told on one issue, which is updated, and closed when it matches again", async () => {
    const world = await liveWorld({ ...files("web", "1"), ...more });
    world.edit({ data: { value: "2" } });
    const secret = { data: { password: btoa("by-hand-5") } };
    world.edit(secret, "kubectl-edit", { ...settings, kind: "Secret" });
    await world.next();
    expect(world.issue()).toMatchObject({ state: "open", title: "prod differs from Git: 2 resources" });
    const body = world.issue()?.body ?? "";
    expect(body).toContain("| ConfigMap `web` | value `1` → `2`, by `kubectl-edit` |");
    expect(body).toMatch(/^\+password: ‹hidden [0-9a-f]{8}›$/m);
    expect(body).toContain("| Secret `web` | +1 −1 lines, by `kubectl-edit` |");
    expect(body).not.toMatch(/in-git|by-hand|YnktaGFuZ|aW4tZ2l0|managedFields|applyset/);
    world.cluster.remove(settings);
    await world.next();
    expect(world.issue()?.body).toContain("| ConfigMap `web` | missing in the cluster |");
    const reply = await world.say("/reconcile prod", "mona", world.issue());
    expect(reply).toContain("**Deploying web to prod:**");
    await world.wait();
    expect(world.value("web")).toBe('{"value":"1"}');
    expect(world.issue()?.state).toBe("closed");
    expect(world.said().at(-1)).toMatch(/^\*\*Closed: prod matches Git again\*\*/);
  });

  it("leaves out what is on hold, and goes on by itself when the store was wiped", async () => {
    const world = await liveWorld({ ...files("web", "1"), ...files("api", "1") });
    await world.say("/hold prod/web", "mona", await world.propose({ "README.md": "x" }));
    world.edit({ data: { value: "2" } });
    world.edit({ data: { value: "2" } }, "kubectl-edit", { ...settings, name: "api" });
    await world.next();
    expect(world.issue()?.title).toBe("prod differs from Git: 1 resource");
    await world.wipe();
    await world.say("/release prod/web", "mona", world.issue());
    await world.wait();
    expect(world.issue()?.title).toBe("prod differs from Git: 2 resources");
  });

  it("keeps the issue open while what it is about cannot be compared", async () => {
    const world = await liveWorld({ ...files("web", "1"), ...files("api", "1") });
    world.edit({ data: { value: "2" } });
    await world.next();
    await world.say("/hold prod/web", "mona", world.issue());
    await world.next();
    expect(world.issue()).toMatchObject({ state: "open", title: "prod differs from Git: 1 resource" });
    await world.wipe();
    await world.settle();
    await world.next();
    expect(world.issue()).toMatchObject({ state: "open", title: "prod differs from Git: 1 resource" });
    world.edit({ data: { value: "1" } });
    await world.say("/release prod/web", "mona", world.issue());
    await world.next();
    expect(world.issue()?.state).toBe("closed");
  });

  it("is told no more where Sluice does not apply any more", async () => {
    const world = await liveWorld();
    world.edit({ data: { value: "2" } });
    await world.next();
    await world.merge({ ".sluice.yaml": config.replace(/deploy: .*/, "deploy: { engine: hydrate }") });
    await world.next();
    expect(world.issue()?.state).toBe("closed");
    expect(world.said()[0]).toContain("**Closed: Sluice does not compare prod with a cluster any more.**");
    await world.merge({ ".sluice.yaml": config });
    await world.next();
    expect(world.issue()?.state).toBe("open");
  });

  it("still names what cannot be compared for the moment, beside what can", async () => {
    const world = await liveWorld({ ...files("web", "1"), ...more });
    world.edit({ data: { value: "2" } });
    world.edit(
      {
        spec: {
          replicas: 2,
          minReadySeconds: 3,
          paused: true,
          template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:2" }] } },
        },
      },
      "kubectl-edit",
      workload,
    );
    await world.next();
    expect(world.issue()?.title).toBe("prod differs from Git: 2 resources");
    const error = new UserError("input", "no", { fix: "Correct it." });
    world.cluster.trouble = ({ dryRun, kind }) =>
      dryRun && kind === "ConfigMap" ? { when: "before", error } : undefined;
    await world.next();
    expect(world.issue()?.title).toBe("prod differs from Git: 2 resources");
  });

  it("says how much could not be compared", async () => {
    const world = await liveWorld({ ...files("web", "1"), ...files("api", "1") });
    world.edit({ data: { value: "2" } });
    const error = new UserError("input", "no", { fix: "Correct it." });
    world.cluster.trouble = ({ dryRun, name }) => (dryRun && name === "api" ? { when: "before", error } : undefined);
    await world.next();
    expect(world.issue()?.body).toContain("· 1 resource could not be compared ·");
  });

  it("is made when it is due, however often it is asked for, and later while somebody else is at work", async () => {
    let busy = false;
    const lease = { term: 1, confirm: async () => true, release: async () => undefined };
    const leases: Leases = {
      acquire: async () => (busy ? { kind: "busy", holder: "other", waitMs: 30_000 } : { kind: "held", lease }),
    };
    const world = await liveWorld(files("web", "1"), leases);
    world.edit({ data: { value: "2" } });
    const at = world.cluster.calls.length;
    await world.run(job);
    await world.settle();
    expect(world.cluster.calls.slice(at).filter(({ dryRun }) => dryRun)).toEqual([]);
    busy = true;
    await world.pass(10);
    expect(world.issue()).toBeUndefined();
    busy = false;
    await world.pass(0.6);
    expect(world.issue()?.state).toBe("open");
  });

  it("takes nothing for drift that a deploy has begun to change meanwhile", async () => {
    const world = await liveWorld();
    world.edit({ data: { value: "2" } });
    let deploys = true;
    world.cluster.trouble = ({ dryRun }) => {
      if (!dryRun || !deploys) return undefined;
      deploys = false;
      const [inventory = {}] = world.cluster.snapshot().filter(({ data }) => isJsonObject(data) && "operation" in data);
      const { operation } = isJsonObject(inventory.data) ? inventory.data : {};
      world.cluster.put(merged(inventory, { data: { operation: String(operation).replace('"live"', '"failed"') } }));
      return undefined;
    };
    await world.pass(10);
    expect(deploys).toBe(false);
    expect(world.issue()).toBeUndefined();
  });
});

describe("drift where `selfHeal` is on", () => {
  it("is undone by an ordinary operation, and whoever caused it learns that", async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  value: "1"\n';
    const world = await liveWorld({ "apps/web/prod/app.yaml": text, ".sluice.yaml": healing });
    world.edit({ data: { value: "2" } });
    await world.next();
    expect(world.value("web")).toBe('{"value":"1"}');
    expect(world.said()[0]).toMatch(
      /^\*\*Undone: ConfigMap `web` has value 1 again\.\*\* Somebody had set 2 with `kubectl-edit`/,
    );
    expect(world.said()[0]).toContain(
      "To keep 2, set `value` in [apps/web/prod/app.yaml:6](https://github.test/acme/gitops/blob/main/apps/web/prod/app.yaml#L6).",
    );
    expect(world.issue()?.state).toBe("closed");
  });

  it("is left as it is where that was switched off meanwhile", async () => {
    const world = await liveWorld({ ...files("web", "1") });
    world.edit({ data: { value: "2" } });
    const request = { id: "undo-7", at: world.now(), undone: [{ id: "f", at: [world.now()] }] };
    await recordRequest(world.ports.records, where.repository, { environment: "prod", apps: ["web"] }, request);
    await world.settle();
    await world.next();
    expect(world.value("web")).toBe('{"value":"2"}');
  });

  it("waits for what a person has asked for, whose wishes are not lost", async () => {
    const world = await liveWorld({ ...files("web", "1"), ".sluice.yaml": healing });
    const wish = { id: "comment-7", at: world.now(), prune: true };
    const about = { environment: "prod", apps: ["web"] };
    world.edit({ data: { value: "2" } });
    await recordRequest(world.ports.records, where.repository, about, wish);
    await world.pass(10);
    expect(await requestOf(world.ports.records, where.repository, "prod", "web")).toEqual(wish);
  });

  it("is undone and told once, whatever GitHub does not answer", async () => {
    const world = await liveWorld({ ...files("web", "1"), ".sluice.yaml": healing });
    const away = async () => Promise.reject(new Fault("unavailable", "GitHub does not answer"));
    for (const method of ["openIssue", "upsertComment", "updateIssue"] as const) world.github.before(method, away);
    world.edit({ data: { value: "2" } });
    await world.next();
    expect(world.issue()?.state).toBe("closed");
    expect(world.said().map((text) => text.split(":")[0])).toEqual(["**Undone"]);
    const inventory = JSON.stringify(world.cluster.snapshot().filter(({ kind }) => kind === "ConfigMap"));
    expect(inventory.match(/\\"undone\\":\[\{\\"id\\":\\"[0-9a-f]+\\",\\"at\\":\[\d+\]\}\]/g)).toHaveLength(1);
  });

  it("is no fight: what is changed again each time stays, until a person or Git says otherwise", async () => {
    const world = await liveWorld({ ...files("web", "1"), ".sluice.yaml": healing });
    let undone = 0;
    for (let round = 0; round < 6; round += 1) {
      world.edit({ data: { value: "2" } }, "operator");
      await world.next();
      if (world.value("web") === '{"value":"1"}') undone += 1;
    }
    expect(undone).toBe(3);
    expect(world.issue()).toMatchObject({ state: "open" });
    expect(world.issue()?.body).toContain("- ConfigMap `web`: `data.value` is changed by `operator`");
    await world.next(600);
    expect(world.value("web")).toBe('{"value":"2"}');
    await world.say("/reconcile prod web", "mona", world.issue());
    await world.wait();
    expect(world.value("web")).toBe('{"value":"1"}');
    world.edit({ data: { value: "2" } }, "operator");
    await world.next();
    expect(world.value("web")).toBe('{"value":"1"}');
  });
});
