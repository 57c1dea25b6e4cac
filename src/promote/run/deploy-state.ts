import { isAbout } from "../../change/deployment-payload.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import type { Deployment, DeploymentStatus } from "../../model/github-repository.ts";
import type { Target } from "../../model/target.ts";
import type { DeployState } from "../text/status-comment.ts";
import { type Observed, trusted } from "./health.ts";

/**
 * How the deploy of a change that came to a target with a commit is going, as the Deployments say; `undefined`
 * where Sluice does not deploy, or nothing was said of it yet.
 */
export async function deployStateOf(
  context: RepositoryContext,
  observed: Observed,
  { app, environment }: Pick<Target, "app" | "environment">,
  mergeCommit: string | undefined,
): Promise<DeployState | undefined> {
  const { deploy, health } = settingsFor(context.config, app, environment);
  if (deploy === undefined || mergeCommit === undefined) return undefined;
  const name = health.kind === "deployment" ? health.name : environment;
  const seen = trusted(observed, context, { app, environment });
  const all = (await seen.deployments(name)).filter((one) => isAbout(one, app));
  const newest = await deploymentSince(context, all, mergeCommit);
  if (newest === undefined) return undefined;
  const branch = deploy.engine === "hydrate" ? fillTemplate(deploy.branch, { app, environment }) : undefined;
  return stateOf(await seen.statuses(newest.id), branch);
}

/** The newest one, if its commit has the change. */
async function deploymentSince(
  { repository }: RepositoryContext,
  [newest]: readonly Deployment[],
  mergeCommit: string,
): Promise<Deployment | undefined> {
  if (newest === undefined) return undefined;
  for (const oid of [mergeCommit, newest.sha])
    if ((await repository.objects.read(oid))?.kind !== "commit") return undefined;
  return (await repository.isAncestor(mergeCommit, newest.sha)) ? newest : undefined;
}

/** What the statuses of a Deployment come to. */
function stateOf(statuses: readonly DeploymentStatus[], branch: string | undefined): DeployState | undefined {
  const said = statuses.filter(({ state }) => state !== "inactive");
  const last = said.at(-1);
  if (last === undefined) return undefined;
  // Since the first of those that say the same.
  const first = said[said.findLastIndex(({ state }) => state !== last.state) + 1] ?? last;
  const since = Date.parse(first.at);
  switch (last.state) {
    case "queued":
    case "pending":
      return { state: "waits", reason: last.description.replace(/^Waiting: /, "") };
    case "in_progress":
      return {
        state: "deploying",
        since,
        progress: /: (\d+ of [\d,]+ pods? ready)$/.exec(last.description)?.[1] ?? "",
      };
    case "success":
      return { state: "live", since, branch };
    case "failure":
    case "error":
      return failureOf(last);
    default:
      return undefined;
  }
}

/** `webapp 1.5.0: image cannot be pulled. 3 of 3 pods still run 1.4.0`. */
function failureOf({ description, at, url }: DeploymentStatus): DeployState {
  const still = /\. (?:.* still run (.+)|(\S+) stays as it was)$/.exec(description);
  const reason = description.replace(/^[^:]*: /, "");
  return { state: "failed", at: Date.parse(at), reason, still: still?.[1] ?? still?.[2] ?? "", url };
}
