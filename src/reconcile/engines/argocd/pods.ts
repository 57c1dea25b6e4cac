import type { DeployFailure } from "../../../model/deploy.ts";
import { explained } from "../apply/explain.ts";
import type { ControllerWork } from "../controller/environment.ts";
import type { Desired } from "../engine.ts";
import type { Application } from "./application.ts";
import { suspects, workloads } from "./resources.ts";

interface Look {
  readonly work: ControllerWork;
  readonly desired: Desired;
  readonly application: Application;
  readonly signal: AbortSignal;
}

/**
 * A failure with what Pods say of it, of workloads that run where Argo CD runs and that the operator has opened: a
 * status can name anything.
 */
export async function withPodReasons(
  { work, desired, application, signal }: Look,
  failure: DeployFailure,
): Promise<DeployFailure> {
  if (!runsHere(application) || failure.problems.some(({ reason }) => reason === "SyncFailed")) return failure;
  const failed = failure.problems.map(({ object }) => object);
  const looked = (failed.length > 0 ? failed : suspects(application))
    .filter(({ kind }) => workloads.has(kind))
    .filter((object) => work.isOpen(object, desired.app));
  const problems = looked.map((object) => ({ object, reason: "", message: "" }));
  const found = await explained({ cluster: work.cluster, signal, now: work.clock() }, { ...failure, problems });
  const told = found.problems.filter(({ reason }) => reason !== "");
  // Of a sync that failed Argo CD's own words are the title.
  const isSync = ["Failed", "Error"].includes(application.status.operationState?.phase ?? "");
  const summary = isSync ? failure.summary : found.summary;
  return { ...found, summary, problems: [...told, ...failure.problems] };
}

function runsHere({ spec: { destination } }: Application): boolean {
  const { server, name } = destination;
  return server.replace(/\/$/, "") === "https://kubernetes.default.svc" || (server === "" && name === "in-cluster");
}
