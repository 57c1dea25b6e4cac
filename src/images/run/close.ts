import { isOursAlone } from "../../change/branch.ts";
import type { Scene } from "../../change/scene.ts";
import { inert } from "../../diff/index.ts";
import { discardImageRecord } from "../text/record.ts";
import type { ImagePorts } from "./ports.ts";

/**
 * Closes the open pull request of a branch of which nothing is left to do, says why, and takes the branch away; gives its number. One that a person pushed to is left alone. `undefined` when nothing was
 * closed.
 */
export async function closeOverdue(
  ports: ImagePorts,
  scene: Scene,
  branch: string,
  why: string,
): Promise<number | undefined> {
  const head = scene.branches.get(branch);
  if (head === undefined || !(await isOursAlone(ports, scene, branch, head))) return undefined;
  const pull = await scene.github.pullRequestOf(branch);
  if (pull?.state !== "open" || pull.head.sha !== head) return undefined;
  await scene.github.upsertComment(pull.number, "closed", `Closed, because nothing is left to do. ${inert(why)}`);
  await scene.github.updatePullRequest(pull.number, { state: "closed", body: discardImageRecord(pull.body) });
  await scene.github.deleteBranch(branch);
  ports.log.info({ pullRequest: pull.number, branch }, "image pull request closed");
  return pull.number;
}
