import type { ClusterGrant } from "../../src/model/deploy.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import type { ObjectReference } from "../../src/model/kube.ts";
import { type ArgocdSettings, argocdEngine } from "../../src/reconcile/engines/argocd/index.ts";
import {
  type ControllerPlace,
  controllerEnvironmentEngine,
} from "../../src/reconcile/engines/controller/environment.ts";
import type { Desired, StepResult } from "../../src/reconcile/engines/engine.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { desiredOf } from "./apply-world.ts";
import { objectAt } from "./fake-cluster/kinds.ts";
import { FakeCluster } from "./fake-cluster.ts";

/** Two commits of main, the older one first; one of another line. */
export const [older, newer, apart] = ["a".repeat(40), "b".repeat(40), "c".repeat(40)] as const;

const page = "https://github.com/acme/shop";
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "applications.argoproj.io" },
  spec: {
    group: "argoproj.io",
    scope: "Namespaced",
    names: { plural: "applications", singular: "application", kind: "Application", listKind: "ApplicationList" },
    versions: [{ name: "v1alpha1", served: true, storage: true }],
  },
};

/** The Application of `web` in staging. */
export const application: ObjectReference = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  namespace: "argocd",
  name: "web-staging",
};

export const source = { repoURL: `${page}.git`, path: "apps/web/staging", targetRevision: "main" };

/**
 * One Application and the part of Argo CD that a status tells of, as it was measured on Argo CD 3.6: `work` takes what
 * is asked for and does what is due.
 */
export class ArgocdWorld {
  now = Date.UTC(2026, 0, 1);
  /** What Argo CD finds on main. */
  head: string = older;
  /** What becomes of a sync from now on. */
  outcome: "works" | "fails" | "hangs" = "works";
  readonly cluster = new FakeCluster({ now: () => this.now, namespaces: ["argocd", "shop", "sluice"] });
  /** Commits that render the same as all others. */
  same = false;
  changed: readonly string[] = [];
  grant: ClusterGrant = { repositories: ["acme/shop"], environments: ["staging"], namespaces: ["argocd", "shop"] };

  constructor(spec: JsonObject = { source, syncPolicy: { automated: {} } }) {
    this.cluster.put(definition);
    const { apiVersion, kind, name, namespace = "" } = application;
    const destination = { server: "https://kubernetes.default.svc", namespace: "shop" };
    this.cluster.put({
      apiVersion,
      kind,
      metadata: { name, namespace },
      spec: { destination, project: "default", ...spec },
    });
  }

  get object(): JsonObject {
    return this.cluster.object(application) ?? {};
  }

  get status(): JsonObject {
    return objectAt(this.object, "status");
  }

  get annotations(): JsonObject {
    return objectAt(objectAt(this.object, "metadata"), "annotations");
  }

  /** How often Sluice wrote. */
  get writes(): number {
    return this.cluster.calls.filter(({ writes }) => writes).length;
  }

  /** Changes fields of the Application as Argo CD, or a person, would. */
  put(change: JsonObject): void {
    const merged = merge(this.object, change);
    if (isJsonObject(merged)) this.cluster.put(merged, "argocd");
  }

  step(
    wish: { readonly head?: string; readonly request?: string } = {},
    place: Partial<ControllerPlace> = {},
    settings: Partial<ArgocdSettings> = {},
  ): Promise<StepResult> {
    const { head = older, request } = wish;
    const asked = request === undefined ? {} : { request: { id: request } };
    const target: Desired = { ...desiredOf({ head, objects: [], ...asked }), sameAt: async () => this.same };
    return this.stepOf(target, place, settings);
  }

  async stepOf(
    target: Desired,
    place: Partial<ControllerPlace>,
    settings: Partial<ArgocdSettings>,
  ): Promise<StepResult> {
    const leases = { acquire: async () => ({ kind: "busy", holder: "x", waitMs: 1 }) as const };
    const cluster = {
      settings: { name: "main", namespace: "sluice", grants: [this.grant] },
      cluster: this.cluster,
      leases,
    };
    const engine = controllerEnvironmentEngine(
      { cluster, health: { health: async () => [] }, clock: () => this.now, log: memoryLog() },
      {
        repositoryUrl: page,
        base: "main",
        history: {
          isAncestor: async (a, b) => a === b || (a === older && b === newer),
          changedPaths: async () => this.changed.map((path) => ({ path, status: "modified" as const })),
        },
        timeoutMs: 15 * 60_000,
        watchOnly: false,
        ...place,
      },
      (work) =>
        argocdEngine(work, { application: "{app}-{environment}", namespace: "argocd", prune: false, ...settings }),
    );
    const { environment, head } = target;
    const repository = { owner: "acme", name: "shop" };
    const wanted = { repository, environment, head, targets: [target], gone: async () => [] };
    const { reports, ...rest } = await engine.step(wanted, new AbortController().signal);
    const [report] = reports;
    if (report === undefined) throw new Error("nothing is reported");
    return { ...report, ...rest };
  }

  /** What Argo CD does next. */
  work(): void {
    const { operation } = this.object;
    const running = objectAt(this.status, "operationState");
    if (running.phase === "Terminating") this.#end("Failed", "Operation terminated");
    else if (isJsonObject(operation) && running.phase !== "Running") this.#start(operation);
    else if (running.phase === "Running") this.#finish();
    else if (this.annotations["argocd.argoproj.io/refresh"] !== undefined) this.compare();
  }

  /** Compares with main, and starts a sync where it does that by itself. */
  compare(): void {
    const { synced } = this.#deployed();
    const isSynced = synced === this.head;
    const gone = { "argocd.argoproj.io/refresh": null, "argocd.argoproj.io/refresh-timestamp": null };
    const sync = { status: isSynced ? "Synced" : "OutOfSync", revision: this.head };
    this.put({
      metadata: { annotations: gone },
      status: { sync, reconciledAt: this.#time(), ...this.#health(isSynced) },
    });
    const attempted = objectAt(objectAt(this.status, "operationState"), "syncResult").revision === this.head;
    const automated = objectAt(objectAt(this.object, "spec"), "syncPolicy").automated !== undefined;
    if (automated && !isSynced && !attempted && this.object.operation === undefined)
      this.put({ operation: { initiatedBy: { automated: true }, sync: { revision: this.head } } });
  }

  #start(operation: JsonObject): void {
    const { revision = this.head } = objectAt(operation, "sync");
    const state = { operation, phase: "Running", message: "", startedAt: this.#time(), syncResult: { revision } };
    this.put({ status: { operationState: null } });
    this.put({ status: { operationState: state } });
  }

  #finish(): void {
    if (this.outcome === "hangs") return;
    if (this.outcome === "works") {
      this.#end("Succeeded", "successfully synced (all tasks run)");
      return;
    }
    const object = { group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name: "web" };
    const message = 'Deployment.apps "web" is invalid: spec.replicas: must be greater than 0';
    const resources = [{ ...object, status: "SyncFailed", message }];
    this.put({ status: { operationState: { syncResult: { resources } } } });
    this.#end("Failed", "one or more objects failed to apply, reason: Deployment is invalid");
  }

  #end(phase: string, message: string): void {
    const state = { phase, message, finishedAt: this.#time() };
    this.put({ operation: null, status: { operationState: state } });
    this.compare();
  }

  /** The revision of the last sync that went well. */
  #deployed(): { readonly synced: unknown } {
    const state = objectAt(this.status, "operationState");
    return { synced: state.phase === "Succeeded" ? objectAt(state, "syncResult").revision : undefined };
  }

  #health(isSynced: boolean): JsonObject {
    const status = isSynced ? "Healthy" : "Missing";
    const before = objectAt(this.status, "health");
    if (before.status === status) return {};
    return { health: { status, lastTransitionTime: this.#time() } };
  }

  /** In whole seconds, as Kubernetes has it. */
  #time(): string {
    return new Date(this.now).toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? merge(objectAt(target, key), value) : value);
  }
  return Object.fromEntries(merged);
}
