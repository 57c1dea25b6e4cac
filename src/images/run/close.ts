import { closePullRequest } from "../../change/pull-request/settle.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { inert } from "../../diff/index.ts";
import { targetId } from "../../model/target.ts";
import { imageFormat, imageMetadataOf } from "../text/metadata.ts";
import { closedEvent } from "./events.ts";
import type { ImagePorts } from "./ports.ts";
import { settleIfEnded } from "./settle.ts";

/** Why a pull request is closed. */
export interface Unneeded {
  readonly why: string;
  /**
   * Ids of targets that cannot be evaluated now, or that a person holds: what brings something to one of them may still
   * be wanted.
   */
  readonly left?: ReadonlySet<string>;
}

/**
 * Closes the open pull request of a branch of which nothing is left to do, says why, and deletes the branch; gives its
 * number. One that a person pushed to is left alone. Nothing is given when nothing was closed.
 */
export async function closeUnneeded(
  ports: ImagePorts,
  context: RepositoryContext,
  branch: string,
  { why, left }: Unneeded,
): Promise<{ readonly pullRequest?: number; readonly how?: "closed" }> {
  const head = context.branches.get(branch);
  if (head === undefined) return {};
  const pull = await context.github.pullRequestOf(branch);
  if (await settleIfEnded(ports, context, branch, pull?.state === "open" ? pull : undefined)) return {};
  if (pull?.state !== "open" || pull.head.sha !== head) return {};
  const metadata = imageMetadataOf(pull, ports.signer);
  if (metadata?.targets.some(({ app, environment }) => left?.has(targetId(app, environment)))) return {};
  const text = `Closed, because nothing is left to do. ${inert(why)}`;
  const closed = await closePullRequest(ports, context, pull, { format: imageFormat, text });
  if (!closed) return {};
  ports.events.announce(closedEvent(context, pull, why, ports.clock()));
  return { pullRequest: pull.number, how: "closed" };
}
