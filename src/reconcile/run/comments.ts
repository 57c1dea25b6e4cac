import { createHash } from "node:crypto";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { Hold } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import { type DeployPlace, failedComment } from "../text/failed-comment.ts";
import { keptComment } from "../text/kept-comment.ts";
import { type DeployIn, deploysIn, type ToldDeploy } from "../text/told-deploy.ts";
import { type DeployHold, waitingComment } from "../text/waiting-comment.ts";
import { broughtBy, type FindPull } from "./brought-by.ts";

/** Where comments are written, and when. */
export interface CommentParts {
  readonly context: RepositoryContext;
  readonly environment: string;
  readonly pullOf: FindPull;
  readonly now: number;
}

/** A comment of its own for each attempt: what is edited notifies nobody. */
function markerOf(kind: string, ...about: readonly (string | number)[]): string {
  return `deploy-${kind}-${createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 12)}`;
}

async function byPull<D extends ToldDeploy>(
  { pullOf }: CommentParts,
  deploys: readonly D[],
): Promise<readonly { readonly pull: PullRequest; readonly deploys: readonly [D, ...D[]] }[]> {
  const groups = new Map<number, { readonly pull: PullRequest; readonly deploys: [D, ...D[]] }>();
  for (const deploy of deploys) {
    const pull = await pullOf(deploy.operation);
    if (pull === undefined) continue;
    const group = groups.get(pull.number);
    if (group === undefined) groups.set(pull.number, { pull, deploys: [deploy] });
    else group.deploys.push(deploy);
  }
  return [...groups.values()];
}

/**
 * Says on the pull requests whose changes failed what failed. `attempt` tells failures of one commit apart. Gives
 * the addresses of the comments, by app.
 */
export async function commentFailed(
  parts: CommentParts,
  deploys: readonly ToldDeploy[],
  attempt: number,
): Promise<ReadonlyMap<string, string>> {
  const { context, environment, now } = parts;
  const urls = new Map<string, string>();
  for (const { pull, deploys: failed } of await byPull(parts, deploysIn(deploys, "failed"))) {
    const [first] = failed;
    const place = placeOf(parts, first.operation.head);
    const by = await broughtBy(context, first.operation, pull);
    const marker = markerOf("failed", environment, place.head, attempt);
    const { url } = await context.github.upsertComment(pull.number, marker, failedComment(failed, place, by, now));
    if (url !== undefined) for (const { operation } of failed) urls.set(operation.app, url);
  }
  return urls;
}

function placeOf({ context, environment }: CommentParts, head: string): DeployPlace {
  return { environment, base: context.base, head, repositoryUrl: context.url };
}

/** Says on the pull requests after which a cluster keeps something what it keeps. */
export async function commentKept(parts: CommentParts, deploys: readonly ToldDeploy[]): Promise<void> {
  const kept = deploysIn(deploys, "live").filter(({ status }) => status.kept.length > 0);
  for (const deploy of kept) {
    const pull = await parts.pullOf(deploy.operation);
    if (pull === undefined) continue;
    const objects = deploy.status.kept.map(({ object }) =>
      [object.kind, object.namespace ?? "", object.name].join("/"),
    );
    const marker = markerOf("kept", parts.environment, deploy.operation.app, ...objects);
    await parts.context.github.upsertComment(pull.number, marker, keptComment(deploy));
  }
}

/** Says on merged pull requests what their deploys wait for. */
export async function commentWaiting(parts: CommentParts, deploys: readonly DeployIn<"waiting">[]): Promise<void> {
  const { context, environment, now } = parts;
  for (const { pull, deploys: waiting } of await byPull(parts, deploys)) {
    const [first] = waiting;
    const holds = await context.state.holds(environment, first.operation.app, now);
    const hold = holds.find(({ cause }) => cause === "person");
    const marker = markerOf("waiting", environment, first.operation.head);
    const text = waitingComment(waiting, environment, holdOf(hold, first.operation.app), now);
    await context.github.upsertComment(pull.number, marker, text);
  }
}

function holdOf(hold: Hold | undefined, app: string): DeployHold | undefined {
  if (hold === undefined) return undefined;
  const { by, reason, until, environmentWide } = hold;
  return {
    by,
    reason,
    until: until === undefined ? undefined : Date.parse(until),
    ...(environmentWide ? {} : { app }),
  };
}
