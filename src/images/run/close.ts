import { isOursAlone } from "../../change/branch.ts";
import type { Scene } from "../../change/repository-context.ts";
import { inert } from "../../diff/index.ts";
import { eventId } from "../../model/events.ts";
import { targetId } from "../../model/target.ts";
import { discardImageRecord, parseImageRecord } from "../text/metadata.ts";
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
export async function closeOverdue(
  ports: Pick<ImagePorts, "seal" | "events" | "clock">,
  scene: Scene,
  branch: string,
  { why, left }: Overdue,
): Promise<number | undefined> {
  const head = scene.branches.get(branch);
  if (head === undefined || !(await isOursAlone(ports, scene, branch, head))) return undefined;
  const pull = await scene.github.pullRequestOf(branch);
  if (pull?.state !== "open" || pull.head.sha !== head) return undefined;
  const record = parseImageRecord(pull.body, branch, ports.seal);
  if (record?.targets.some(({ app, environment }) => left?.has(targetId(app, environment)))) return undefined;
  await scene.github.upsertComment(pull.number, "closed", `Closed, because nothing is left to do. ${inert(why)}`);
  await scene.github.updatePullRequest(pull.number, { state: "closed", body: discardImageRecord(pull.body) });
  await scene.github.deleteBranch(branch, head);
  ports.events.announce({
    kind: "image.closed",
    id: eventId("image.closed", scene.where.repository, pull.number, head),
    at: ports.clock(),
    ...scene.where,
    pullRequest: pull.number,
    branch,
    reason: why,
  });
  return pull.number;
}
