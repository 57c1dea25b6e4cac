import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import type { ClusterGrant, DeployRequest, DeployStatus } from "../../../src/model/deploy.ts";
import type { OpenCluster } from "../../../src/model/kube.ts";
import type { Mirrors } from "../../../src/model/tree.ts";
import { type ArgocdSettings, argocdEngine } from "../../../src/reconcile/engines/argocd/index.ts";
import { controllerEnvironmentEngine } from "../../../src/reconcile/engines/controller/environment.ts";
import type { StepResult } from "../../../src/reconcile/engines/engine.ts";
import type { EnvironmentEngine } from "../../../src/reconcile/engines/environment.ts";
import { type FluxSettings, fluxEngine } from "../../../src/reconcile/engines/flux/index.ts";
import { desiredOf } from "../../../src/reconcile/run/desired.ts";
import { createRenderer } from "../../../src/render/renderer.ts";
import { openTestCluster } from "../../cluster/support/cluster.ts";
import { patient, realEngine } from "../../render/support/engines.ts";
import { directMirrors } from "../../support/direct-mirrors.ts";
import { eventually } from "../../support/wait.ts";
import { memoryLog } from "../../webhooks/fakes.ts";
import type { ControllerWorld, TestRepository } from "./world.ts";

/** How the deploys of a test differ from the usual ones. */
export interface DeployOptions {
  readonly watchOnly?: boolean;
  readonly timeoutMs?: number;
  /** What the operator opened; default: the namespaces of the controllers and of the test. */
  readonly grant?: Partial<ClusterGrant>;
  readonly request?: DeployRequest;
  /** The head as a worker knows it; default: the one that the branch has. */
  readonly head?: string;
}

/** Sluice, as it deploys the folder `deploy` of repositories by one engine. The app is named like the repository. */
export interface Deploys {
  /** One step of a new process, at the head that the branch has now. */
  step(repository: TestRepository, options?: DeployOptions): Promise<StepResult>;
  /** Takes steps until the status is of this state. Another result before that fails the test. */
  until<S extends DeployStatus["state"]>(
    state: S,
    repository: TestRepository,
    options?: DeployOptions,
  ): Promise<Extract<DeployStatus, { state: S }>>;
}

/** By which engine, with what settings. */
export type DeploySettings =
  | ({ readonly engine: "argocd" } & Omit<ArgocdSettings, "namespace">)
  | ({ readonly engine: "flux" } & Omit<FluxSettings, "namespace">);

const environment = "staging";
const signal = AbortSignal.timeout(1_800_000);
/** Earlier than an engine asks for, so that the tests take less time; a step more does no harm. */
const pauseMs = 250;

/** Prepares this for the tests of the file that calls it. */
export function useDeploys(world: ControllerWorld): (settings: DeploySettings) => Deploys {
  const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
  let cluster: OpenCluster;
  let mirrors: Mirrors;
  beforeAll(async () => {
    mirrors = directMirrors(world.github);
    cluster = await openTestCluster(world.test);
  });
  afterAll(async () => {
    await mirrors.close();
    await renderer.close();
    await cluster.close();
  });
  const engineOf = (
    settings: DeploySettings,
    place: Pick<Place, "history" | "repositoryUrl">,
    options: DeployOptions,
  ): EnvironmentEngine => {
    const { watchOnly = false, timeoutMs = 600_000 } = options;
    const grant = {
      repositories: ["acme/*"],
      environments: ["*"],
      namespaces: namespacesOf(world),
      ...options.grant,
    };
    const leases = { acquire: async () => ({ kind: "busy", holder: "nobody", waitMs: 1 }) as const };
    return controllerEnvironmentEngine(
      {
        cluster: { settings: { name: "tests", namespace: "default", grants: [grant] }, cluster, leases },
        health: renderer,
        clock: Date.now,
        log: memoryLog(),
      },
      { ...place, base: "main", timeoutMs, watchOnly },
      (work) => {
        const namespace = namespaceOf(world, settings);
        return settings.engine === "argocd"
          ? argocdEngine(work, { ...settings, namespace })
          : fluxEngine(work, { ...settings, namespace });
      },
    );
  };
  const stepOf = async (
    settings: DeploySettings,
    { name: app, url }: TestRepository,
    options: DeployOptions,
  ): Promise<StepResult> => {
    const repository = { owner: "acme", name: app };
    const history = await mirrors.open({ repository, want: ["refs/heads/main"] }, signal);
    const head = options.head ?? (await history.resolve("refs/heads/main"));
    const about = { tree: await history.tree(head), repository: history, head, signal };
    const render = { kind: "plain", path: "deploy", options: {} } as const;
    const target = { id: `${app}/${environment}`, app, environment, render };
    const wanted = await desiredOf({ renderer, clock: Date.now }, about, target, options.request, false);
    if (!wanted.ok) throw new Error("a target that is left to a controller is always wanted");
    const step = await engineOf(settings, { history, repositoryUrl: url.replace(/\.git$/, "") }, options).step(
      { repository, environment, head, targets: [wanted.desired], gone: async () => [] },
      signal,
    );
    const [report] = step.reports;
    if (report === undefined) throw new Error(`nothing is reported of ${app}`);
    return { ...report, ...(step.again !== undefined && { again: step.again }) };
  };
  return (settings) => ({
    step: (repository, options = {}) => stepOf(settings, repository, options),
    until: async (state, repository, options = {}) => {
      const told = new Set<string>();
      const reached = async () => {
        const { status } = await stepOf(settings, repository, options);
        told.add(JSON.stringify(status));
        if (isOf(status, state)) return status;
        if (status.state === "live" || status.state === "failed") throw new Error([...told].join("\n"));
        await sleep(pauseMs);
        return undefined;
      };
      return eventually(`${repository.name} is ${state}`, reached).catch((error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : error}, but:\n${[...told].join("\n")}`);
      });
    },
  });
}

type Place = Parameters<typeof controllerEnvironmentEngine>[1];

function isOf<S extends DeployStatus["state"]>(
  status: DeployStatus,
  state: S,
): status is Extract<DeployStatus, { state: S }> {
  return status.state === state;
}

function namespaceOf({ test }: ControllerWorld, { engine }: DeploySettings): string {
  return engine === "argocd" ? "argocd" : test.namespace;
}

function namespacesOf({ test }: ControllerWorld): readonly string[] {
  return ["argocd", test.namespace];
}
