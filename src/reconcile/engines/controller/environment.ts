import type { DeployCluster, DeployFailure } from "../../../model/deploy.ts";
import { UserError } from "../../../model/errors.ts";
import type { HealthJudge } from "../../../model/health.ts";
import type { Cluster, ObjectReference } from "../../../model/kube.ts";
import type { Clock, Logger } from "../../../model/observe.ts";
import type { Repository } from "../../../model/tree.ts";
import { accountOf } from "../../access/account.ts";
import { grantOf, notGiven } from "../../access/grant.ts";
import { accessRefusals } from "../../access/refusals.ts";
import { labelOf } from "../../manifests/manifest.ts";
import { toldMessage } from "../apply/problems.ts";
import type { DeployEngine, Desired, StepResult } from "../engine.ts";
import type { DesiredEnvironment, EnvironmentEngine } from "../environment.ts";
import { stepTargets } from "../step-targets.ts";
import { controllerOperation } from "./operation.ts";

/** What leaving an environment to a controller works with. */
export interface ControllerPorts {
  readonly cluster: DeployCluster;
  readonly health: HealthJudge;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where the environment's targets come from, and how they are left to the controller. */
export interface ControllerPlace {
  /** The repository's page. */
  readonly repositoryUrl: string;
  /** The branch that the environments live on. */
  readonly base: string;
  readonly history: Pick<Repository, "isAncestor" | "changedPaths">;
  /** How long an operation may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Writes nothing: whoever else starts what the controller does, Sluice says what becomes of it. */
  readonly watchOnly: boolean;
}

/** What an engine for one kind of controller works with. */
export interface ControllerWork extends ControllerPlace {
  /** With the rights of the account that the operator named. */
  readonly cluster: Cluster;
  readonly health: HealthJudge;
  readonly clock: Clock;
  /** Whether the operator has opened an object that lives in a namespace to this app. */
  isOpen(reference: ObjectReference, app: string): boolean;
  /** Throws a `permission` UserError for an object that the operator has not opened to this app. Ask before reading. */
  checkAccess(reference: ObjectReference, app: string): void;
}

/**
 * Leaves the targets of an environment to a controller, such as Argo CD, that one engine for its kind knows. Throws a
 * `permission` UserError where the operator has not given the cluster to the environment. What is gone from Git is the
 * controller's to take away.
 */
export function controllerEnvironmentEngine(
  ports: ControllerPorts,
  place: ControllerPlace,
  engineOf: (work: ControllerWork) => DeployEngine,
): EnvironmentEngine {
  return {
    async step(desired, signal) {
      const engine = engineOf(workOf(ports, place, desired));
      return stepTargets(ports, toldRefusals(engine, ports.clock), desired.targets, signal);
    },
  };
}

function workOf(
  { cluster: { settings, cluster }, clock, health }: ControllerPorts,
  place: ControllerPlace,
  desired: DesiredEnvironment,
): ControllerWork {
  const { repository, environment } = desired;
  const grant = grantOf(settings, { repository, environment });
  if (grant === undefined) throw notGiven(settings.name, desired);
  const refusalOf = (reference: ObjectReference, app: string) => {
    const request = { cluster: settings, grant, subject: { repository, environment, app } };
    return accessRefusals(request, [{ reference, namespaced: true }])[0];
  };
  return {
    ...place,
    clock,
    health,
    cluster: accountOf(cluster, grant),
    isOpen: (reference, app) => refusalOf(reference, app) === undefined,
    checkAccess(reference, app) {
      const refusal = refusalOf(reference, app);
      if (refusal === undefined) return;
      throw new UserError("permission", `${labelOf(reference)} ${refusal.reason}`, { fix: refusal.fix });
    },
  };
}

/** What a person has to put right is the result of the step. */
function toldRefusals(engine: DeployEngine, clock: Clock): DeployEngine {
  return {
    step: (desired, signal) =>
      engine.step(desired, signal).catch((error: unknown) => {
        if (error instanceof UserError) return refused(desired, error, clock());
        throw error;
      }),
  };
}

function refused(desired: Desired, { message, fix }: UserError, at: number): StepResult {
  const summary = toldMessage(fix === undefined ? message : `${message}. ${fix}`);
  const failure: DeployFailure = { kind: "refused", summary, problems: [], events: [], applied: false };
  return { operation: controllerOperation(desired, at), status: { state: "failed", at, failure, steps: [] } };
}
