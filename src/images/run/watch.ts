import { openScene, type Scene } from "../../change/scene.ts";
import { UserError } from "../../model/errors.ts";
import type { ImageJob, WatchJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { isImageBranch, unitsOf } from "../units.ts";
import { closeOverdue } from "./close.ts";
import { nextPoll } from "./poll.ts";
import type { ImagePorts } from "./ports.ts";
import { wakeLater } from "./wake.ts";
import { keepWatch } from "./watchers.ts";

/**
 * Learns from the default branch which images a repository asks for, and looks at what may have changed with it: every unit when the configuration of images did, else those with a branch, whose files
 * the base may have changed. Pull requests of units that are gone are closed.
 */
export async function runWatch(job: WatchJob, ports: ImagePorts, { signal }: RunContext): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  let scene: Scene;
  try {
    scene = await openScene(ports, where, job.defaultBranch, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await keepWatch(ports, job, undefined);
    return;
  }
  const { differs } = await keepWatch(ports, job, scene.config);
  const units = unitsOf(scene.config);
  for (const unit of units) {
    const look: ImageJob = { type: "image", ...where, defaultBranch: job.defaultBranch, unit: unit.name };
    if (differs || scene.branches.has(unit.branch)) await ports.queue.add(look);
    const poll = nextPoll(unit, `${where.repository.owner}/${where.repository.name}`, ports.clock());
    if (poll !== undefined) await wakeLater(ports, look, poll);
  }
  const known = new Set(units.map(({ branch }) => branch));
  for (const branch of scene.branches.keys()) {
    if (isImageBranch(branch) && !known.has(branch))
      await closeOverdue(ports, scene, branch, { why: "The configuration no longer asks for these images." });
  }
}
