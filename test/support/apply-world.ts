import { createHash } from "node:crypto";
import type { DeployStatus } from "../../src/model/deploy.ts";
import { UserError } from "../../src/model/errors.ts";
import type { HealthJudge } from "../../src/model/health.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import { type OperationDocument, parseDocument } from "../../src/reconcile/engines/apply/document.ts";
import { ApplyEngine } from "../../src/reconcile/engines/apply/engine.ts";
import { type ApplyRules, defaultApplyLimits } from "../../src/reconcile/engines/apply/ports.ts";
import type { Desired, StepResult } from "../../src/reconcile/engines/engine.ts";
import type { ObjectHealth } from "../../src/reconcile/health/verdict.ts";
import { type InventoryStore, inventoryStore } from "../../src/reconcile/inventory/store.ts";
import { defaultLimits } from "../../src/reconcile/prune/guards.ts";
import { FakeCluster } from "./fake-cluster.ts";

/** What Git has at a commit, as a test writes it. */
export interface Commit {
  readonly head: string;
  readonly objects: readonly JsonObject[];
  readonly request?: { readonly id: string; readonly prune?: boolean };
}

/** One target, the cluster that it is applied to, and a clock that only moves when it is told to. */
export class ApplyWorld {
  now = Date.UTC(2026, 0, 1);
  readonly cluster: FakeCluster;
  /** What is said of whatever has failed. */
  health = "the rollout has failed";
  /** Whether the environment's lease is still held. */
  leased = true;
  /** The uids of all Jobs that ever were, by name. */
  readonly jobs = new Map<string, Set<string>>();
  #ids = 0;

  constructor() {
    this.cluster = new FakeCluster({ now: () => this.now, namespaces: ["shop", "sluice"] });
    this.cluster.play("Job", (job) => {
      this.#note(job);
      return outcomeOf(job);
    });
    this.cluster.play("Deployment", (deployment) => rollout(deployment));
  }

  engine(rules: Partial<ApplyRules> = {}): ApplyEngine {
    this.#ids += 1;
    const process = this.#ids;
    let ids = 0;
    return new ApplyEngine(
      {
        cluster: this.cluster,
        store: storeOf(this.cluster, `process ${process}`),
        lease: { confirm: async () => this.leased },
        health: playedHealth(() => this.health),
        clock: () => this.now,
        newId: () => {
          ids += 1;
          return `operation-${process}-${ids}`;
        },
      },
      {
        repository: "acme/shop",
        refusals: () => [],
        health: [],
        namespace: "shop",
        limits: defaultApplyLimits,
        prune: defaultLimits,
        ...rules,
      },
    );
  }

  /** One step of a new process. */
  step(commit: Commit, rules: Partial<ApplyRules> = {}): Promise<StepResult> {
    return this.engine(rules).step(desiredOf(commit), signal);
  }

  /** Takes steps when they are due, until there is a result. */
  async deploy(commit: Commit, rules: Partial<ApplyRules> = {}): Promise<DeployStatus> {
    for (let step = 1; step <= maxSteps; step += 1) {
      const { status, again } = await this.step(commit, rules);
      if (again === undefined) return status;
      this.now = Math.max(this.now + 1, again);
    }
    throw new Error(`there is no result after ${maxSteps} steps`);
  }

  #note({ metadata }: JsonObject): void {
    if (!isJsonObject(metadata)) return;
    const name = String(metadata.name);
    this.jobs.set(name, (this.jobs.get(name) ?? new Set()).add(String(metadata.uid)));
  }

  /** As `deploy`, in processes that end whenever something goes wrong; each is followed by another. */
  async deployThrough(commit: Commit, restart: () => void, rules: Partial<ApplyRules> = {}): Promise<DeployStatus> {
    for (let attempt = 1; attempt <= maxSteps; attempt += 1) {
      try {
        return await this.deploy(commit, rules);
      } catch (error) {
        if (error instanceof UserError) throw error;
        this.now += 1_000;
        restart();
      }
    }
    throw new Error(`there is no result after ${maxSteps} attempts`);
  }

  /** All that the target left in the cluster, as two runs of the same story must leave it. */
  async end(): Promise<unknown> {
    const objects = this.cluster
      .snapshot()
      .filter(({ metadata }) => !(isJsonObject(metadata) && metadata.namespace === "sluice"));
    const document = await this.document();
    return {
      objects: JSON.parse(JSON.stringify(objects).replaceAll(/operation-\d+-\d+/g, "operation")),
      members: await this.members(),
      state: document?.result?.state,
      changes: document?.changes,
      jobs: Object.fromEntries([...this.jobs].map(([name, uids]) => [name, uids.size])),
    };
  }

  /** The operation as it is recorded. */
  async document(): Promise<OperationDocument | undefined> {
    return parseDocument((await storeOf(this.cluster, "test").read(signal))?.operation);
  }

  /** The names of what the inventory has. */
  async members(): Promise<readonly string[]> {
    const stored = await storeOf(this.cluster, "test").read(signal);
    return (stored?.members ?? []).map(({ kind, name }) => `${kind}/${name}`).sort();
  }

  /** The writes to objects of the target, as `verb Kind/name`: not those of its record. */
  get writes(): readonly string[] {
    return this.cluster.calls
      .filter(({ writes, namespace }) => writes && namespace !== "sluice")
      .map(({ verb, kind, name }) => `${verb} ${kind}/${name}`);
  }

  /** Whether the cluster has an object. */
  has(kind: string, name: string, apiVersion = "v1"): boolean {
    return this.cluster.object({ apiVersion, kind, name, namespace: "shop" }) !== undefined;
  }
}

const signal = new AbortController().signal;
/** A deploy in these tests takes a few. */
const maxSteps = 2000;

export function desiredOf({ head, objects, request }: Commit): Desired {
  return {
    app: "web",
    environment: "staging",
    path: "apps/web/staging",
    head,
    digest: createHash("sha256").update(JSON.stringify(objects)).digest("hex"),
    resources: () => objects.map((object) => ({ object })),
    yaml: async () => "",
    sameAt: async () => false,
    ...(request && { request: { at: 0, ...request } }),
  };
}

/** A ConfigMap whose name is `name`. */
export function configMap(name: string, data: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: metadata(name, annotations), data };
}

/** A Deployment; see `rollout` for what becomes of it. */
export function deployment(name: string, image = "app:1", annotations: JsonObject = {}): JsonObject {
  const labels = { app: name };
  const spec = { containers: [{ name: "app", image }] };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(name, annotations),
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

/** A Job that ends well, unless its image says otherwise; see `outcomeOf`. */
export function job(name: string, annotations: JsonObject = {}, image = "job:1"): JsonObject {
  const spec = { restartPolicy: "Never", containers: [{ name: "job", image }] };
  return { apiVersion: "batch/v1", kind: "Job", metadata: metadata(name, annotations), spec: { template: { spec } } };
}

export function hook(phase: string, more: JsonObject = {}): JsonObject {
  return { "argocd.argoproj.io/hook": phase, ...more };
}

export function wave(at: number): JsonObject {
  return { "argocd.argoproj.io/sync-wave": `${at}` };
}

/** Defines `Widget` of `example.com`. */
export function widgets(annotations: JsonObject = {}, version = "v1"): JsonObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: metadata("widgets.example.com", annotations),
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object" } } } },
        },
      ],
    },
  };
}

export function widget(name: string, annotations: JsonObject = {}, version = "v1"): JsonObject {
  return { apiVersion: `example.com/${version}`, kind: "Widget", metadata: metadata(name, annotations), spec: {} };
}

function metadata(name: string, annotations: JsonObject): JsonObject {
  return { name, ...(Object.keys(annotations).length > 0 && { annotations }) };
}

/** What the image of an object's first container says becomes of it. */
function imageOf(object: JsonObject): string {
  return /"image":"([^"]*)"/.exec(JSON.stringify(object))?.[1] ?? "";
}

function outcomeOf(job: JsonObject): JsonObject | undefined {
  const image = imageOf(job);
  if (image.includes("slow")) return undefined;
  const type = image.includes("fail") ? "Failed" : "Complete";
  return { conditions: [{ type, status: "True", reason: type === "Failed" ? "BackoffLimitExceeded" : "Done" }] };
}

/** `slow`: never ready; `fail`: it has failed; else ready at once. */
function rollout(deployment: JsonObject): JsonObject {
  const image = imageOf(deployment);
  const health = image.includes("slow") ? "progressing" : image.includes("fail") ? "degraded" : "healthy";
  return { health, readyReplicas: health === "healthy" ? 1 : 0 };
}

/** The health that a test has given in the status. */
function playedHealth(words: () => string): HealthJudge {
  return { health: async (objects) => objects.map(({ object }) => ({ ...healthOf(object, words()), rule: "core" })) };
}

function healthOf({ status }: JsonObject, words: string): ObjectHealth {
  const health = isJsonObject(status) ? status.health : undefined;
  const known = (["progressing", "degraded", "suspended", "healthy"] as const).find((one) => one === health);
  return { status: known ?? "healthy", message: known === "degraded" ? words : "" };
}

/** Keeps a target's state in the cluster itself, so that its writes are calls as all others. */
function storeOf(cluster: FakeCluster, writer: string): InventoryStore {
  return inventoryStore({ cluster, namespace: "sluice", name: "web", about: "web in staging", writer });
}

/** What an API server says that refuses something. */
export function refusal(kind: UserError["kind"], message: string): UserError {
  return new UserError(kind, message, { fix: "Correct it." });
}
