import { isOursAlone } from "../../change/branch.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { inert } from "../../diff/index.ts";
import { targetId } from "../../model/target.ts";
import { discardImages, parseImages } from "../text/metadata.ts";
import type { ImagePorts } from "./ports.ts";

/** Why a pull request is closed. */
export interface Overdue {
  readonly why: string;
  /** Ids of targets that cannot be looked at now, or that a person holds: what brings something to one of them may still be wanted. */
  readonly left?: ReadonlySet<string>;
}

/**
 * Closes the open pull request of a branch of which nothing is left to do, says why, and takes the branch away; gives its number. One that a person pushed to is left alone. `undefined` when nothing was
 * closed.
 */
export async function closeUnneeded(
  ports: Pick<ImagePorts, "signer" | "log">,
  context: RepositoryContext,
  branch: string,
  { why, left }: Overdue,
): Promise<number | undefined> {
  const head = context.branches.get(branch);
  if (head === undefined || !(await isOursAlone(ports, context, branch, head))) return undefined;
  const pull = await context.github.pullRequestOf(branch);
  if (pull?.state !== "open" || pull.head.sha !== head) return undefined;
  const metadata = parseImages(pull.body, branch, ports.signer);
  if (metadata?.targets.some(({ app, environment }) => left?.has(targetId(app, environment)))) return undefined;
  await context.github.upsertComment(pull.number, "closed", `Closed, because nothing is left to do. ${inert(why)}`);
  await context.github.updatePullRequest(pull.number, { state: "closed", body: discardImages(pull.body) });
  const gone = await context.github.deleteBranch(branch, head);
  ports.log.info({ pullRequest: pull.number, branch, gone: gone === "deleted" }, "image pull request closed");
  return pull.number;
}
