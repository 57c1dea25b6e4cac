import type { ClusterGrant } from "../../src/model/deploy.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import type { ObjectReference } from "../../src/model/kube.ts";
import { controllerEnvironmentEngine } from "../../src/reconcile/engines/controller/environment.ts";
import type { Desired, StepResult } from "../../src/reconcile/engines/engine.ts";
import { type FluxSettings, fluxEngine } from "../../src/reconcile/engines/flux/index.ts";
import { requestedAtAnnotation } from "../../src/reconcile/engines/flux/request.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { desiredOf } from "./apply-world.ts";
import { FakeCluster } from "./fake-cluster.ts";

const namespace = "flux-system";
const types = {
  GitRepository: "source.toolkit.fluxcd.io/v1",
  OCIRepository: "source.toolkit.fluxcd.io/v1",
  HelmChart: "source.toolkit.fluxcd.io/v1",
  Kustomization: "kustomize.toolkit.fluxcd.io/v1",
  HelmRelease: "helm.toolkit.fluxcd.io/v2",
} as const;

export type FluxKind = keyof typeof types;

/** An object of Flux in the namespace `flux-system`. */
export function fluxReference(kind: FluxKind, name: string): ObjectReference & { namespace: string } {
  return { apiVersion: types[kind], kind, name, namespace };
}

/** How a controller ends what it does. */
export type Outcome = {
  readonly ready: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
};

export const outcomes = {
  works: { ready: "True", reason: "ReconciliationSucceeded", message: "Applied revision" },
  fails: { ready: "False", reason: "BuildFailed", message: "kustomize build failed: no such file" },
  hangs: { ready: "Unknown", reason: "Progressing", message: "Reconciliation in progress" },
} as const satisfies Record<string, Outcome>;

/**
 * A cluster with a GitRepository and a Kustomization of a repository, both called `web`, and controllers that do what
 * the real ones do when a test lets them. What these really do is in `test/controllers`.
 */
export class FluxWorld {
  now = Date.UTC(2026, 0, 1);
  /** The commits of the branch, the oldest first. */
  readonly commits: string[] = ["a".repeat(40)];
  outcome: Outcome = outcomes.works;
  readonly cluster: FakeCluster;
  grant: ClusterGrant = {
    repositories: ["acme/shop"],
    environments: ["staging"],
    namespaces: [namespace, "shop"],
  };
  settings: FluxSettings = { kind: "Kustomization", object: "web", namespace };
  watchOnly = false;
  /** Whether Sluice can render the target. */
  whole = true;
  /** Commits at which the target renders to the same. */
  same: readonly string[] = [];
  readonly #requests = new Map<string, number>();

  constructor() {
    this.cluster = new FakeCluster({ now: () => this.now, namespaces: [namespace, "shop", "other"] });
    for (const one of fluxDefinitions()) this.cluster.put(one);
    this.put("GitRepository", { url: "https://github.com/acme/shop.git", ref: { branch: "main" } });
    this.put("Kustomization", { path: "./apps/web", sourceRef: { kind: "GitRepository", name: "web" }, wait: true });
    this.set("Kustomization", { observedGeneration: -1 });
  }

  /** Writes the spec of one of the objects. */
  put(kind: FluxKind, spec: JsonObject, more: JsonObject = {}): void {
    const { name, apiVersion } = fluxReference(kind, "web");
    const before = this.object(kind);
    const metadata = isJsonObject(before?.metadata) ? { ...before.metadata } : {};
    this.cluster.put({ apiVersion, kind, metadata: { ...metadata, name, namespace, ...more }, spec });
  }

  object(kind: FluxKind, name = "web"): JsonObject | undefined {
    return this.cluster.object(fluxReference(kind, name));
  }

  set(kind: FluxKind, status: JsonObject): void {
    this.cluster.status(fluxReference(kind, "web"), status);
  }

  /** Somebody else asks for an object, as `flux reconcile` does. */
  ask(kind: FluxKind, value = new Date(this.now).toISOString()): void {
    const { spec } = this.object(kind) ?? {};
    this.put(kind, isJsonObject(spec) ? spec : {}, { annotations: { [requestedAtAnnotation]: value } });
  }

  /** The branch is at this commit from now on. */
  push(head: string): void {
    if (!this.commits.includes(head)) this.commits.push(head);
  }

  step({
    head,
    request,
    asked,
    folder = "apps/web",
  }: {
    head?: string;
    request?: string;
    asked?: number;
    folder?: string;
  } = {}): Promise<StepResult> {
    const { cluster, grant, watchOnly, now } = this;
    const ports = {
      cluster: {
        settings: { name: "main", namespace: "sluice", grants: [grant] },
        cluster,
        leases: { acquire: async () => ({ kind: "busy", holder: "another", waitMs: 1 }) as const },
      },
      health: {
        health: async (objects: readonly { object: JsonObject }[]) => objects.map(({ object }) => played(object)),
      },
      clock: () => this.now,
      log: memoryLog(),
    };
    const place = {
      repositoryUrl: "https://github.com/acme/shop",
      base: "main",
      history: { isAncestor: async (a: string, b: string) => this.#isAncestor(a, b), changedPaths: async () => [] },
      timeoutMs: 15 * 60_000,
      watchOnly,
    };
    const wanted = head ?? this.commits.at(-1) ?? "";
    if (request !== undefined && !this.#requests.has(request)) this.#requests.set(request, asked ?? now);
    const at = this.#requests.get(request ?? "") ?? 0;
    const desired: Desired = {
      ...desiredOf({
        head: wanted,
        objects: [{ head: !this.whole ? "no render" : this.same.includes(wanted) ? "same" : wanted }],
      }),
      path: folder,
      sameAt: async (commit) =>
        this.whole && (commit === wanted || (this.same.includes(commit) && this.same.includes(wanted))),
      ...(request !== undefined && { request: { id: request, at } }),
    };
    const engine = controllerEnvironmentEngine(ports, place, (work) => fluxEngine(work, this.settings));
    const repository = { owner: "acme", name: "shop" };
    const environment = { environment: "staging", head: wanted, targets: [desired], gone: async () => [], repository };
    return engine.step(environment, new AbortController().signal).then(({ reports: [report], ...rest }) => {
      if (report === undefined) throw new Error("nothing is reported");
      return { ...report, ...rest };
    });
  }

  /** Both controllers do what they were asked for, and what changed. */
  work(): void {
    this.fetch();
    this.reconcile();
  }

  /** The source-controller, if somebody asked. */
  fetch(): void {
    const { requestedAt, handledAt } = this.#request("GitRepository");
    if (requestedAt === handledAt) return;
    const head = this.commits.at(-1) ?? "";
    const artifact = { revision: `main@sha1:${head}`, lastUpdateTime: this.#time };
    const conditions = [this.#condition("Ready", outcomes.works)];
    this.set("GitRepository", { artifact, conditions, lastHandledReconcileAt: requestedAt, observedGeneration: 1 });
  }

  /** The kustomize-controller, if there is another revision or somebody asked. */
  reconcile(): void {
    const { requestedAt, handledAt, status, generation } = this.#request("Kustomization");
    const source = this.#request("GitRepository").status;
    const revision = isJsonObject(source.artifact) ? String(source.artifact.revision) : "";
    if (revision === "" || (requestedAt === handledAt && status.lastAttemptedRevision === revision)) return;
    const { outcome } = this;
    const waits = { type: "Reconciling", status: "True", reason: "Progressing", message: "Running health checks for" };
    const conditions = [this.#condition("Ready", outcome), ...(outcome.ready === "Unknown" ? [waits] : [])];
    this.set("Kustomization", {
      conditions,
      lastAttemptedRevision: revision,
      ...(outcome.ready === "True" && { lastAppliedRevision: revision, observedGeneration: generation }),
      ...(outcome.ready !== "Unknown" && { lastHandledReconcileAt: requestedAt }),
    });
  }

  get writes(): number {
    return this.cluster.calls.filter(({ writes }) => writes).length;
  }

  /** A condition of now, of the generation that the Kustomization has. */
  #condition(type: string, { ready, reason, message }: Outcome): JsonObject {
    return { type, status: ready, reason, message, lastTransitionTime: this.#time };
  }

  get #time(): string {
    return new Date(this.now).toISOString().replace(/\.\d+Z$/, "Z");
  }

  #request(kind: FluxKind) {
    const object = this.object(kind) ?? {};
    const metadata = isJsonObject(object.metadata) ? object.metadata : {};
    const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {};
    const status = isJsonObject(object.status) ? object.status : {};
    const requestedAt = String(annotations[requestedAtAnnotation] ?? "");
    const handledAt = String(status.lastHandledReconcileAt ?? "");
    return { requestedAt, handledAt, status, generation: metadata.generation ?? 1 };
  }

  #isAncestor(ancestor: string, commit: string): boolean {
    const [from, to] = [this.commits.indexOf(ancestor), this.commits.indexOf(commit)];
    return from >= 0 && from <= to;
  }
}

/** The kinds of Flux that Sluice knows, as a cluster defines them. */
export function fluxDefinitions(): readonly JsonObject[] {
  return Object.entries(types).map(([kind, apiVersion]) => definition(kind, apiVersion));
}

function definition(kind: string, apiVersion: string): JsonObject {
  const [group = "", version = ""] = apiVersion.split("/");
  const plural =
    kind === "GitRepository" || kind === "OCIRepository"
      ? kind.toLowerCase().replace(/y$/, "ies")
      : `${kind.toLowerCase()}s`;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: { type: "object", properties: { spec: { type: "object" }, status: { type: "object" } } },
          },
        },
      ],
    },
  };
}

/** The health that a test has given in the status. */
function played({ status }: JsonObject) {
  const health = isJsonObject(status) ? status.health : undefined;
  const known = (["progressing", "degraded", "suspended"] as const).find((one) => one === health);
  return { status: known ?? "healthy", message: "", rule: "core" } as const;
}
