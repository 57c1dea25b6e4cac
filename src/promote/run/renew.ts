import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import { parseBranch } from "../text/branch.ts";
import { type PromotionRecord, parseRecord } from "../text/record.ts";
import { carry } from "./make.ts";
import type { PromotionPorts } from "./ports.ts";
import { enqueue } from "./publish.ts";
import { rollbackPairs } from "./rollback-pairs.ts";
import { resolve, type Scene } from "./scene.ts";

/** Looks at every open promotion: planned again where the base's new commits touch what it edits, closed where nothing is left of it, its gates evaluated. */
export async function renewOpen(ports: PromotionPorts, scene: Scene): Promise<void> {
  for (const [branch, head] of scene.branches) {
    scene.signal.throwIfAborted();
    if (parseBranch(branch) === undefined) continue;
    const pull = await scene.github.pullRequestOf(branch);
    if (pull?.state !== "open" || pull.base.ref !== scene.base) continue;
    const record = parseRecord(pull.body, branch, ports.seal);
    const touched = record !== undefined && (await baseTouches(scene, head));
    if (touched) await renewOne(ports, scene, pull, record);
    else await ports.queue.add({ type: "gates", ...scene.where, pullRequest: pull.number });
  }
}

/** Plans the promotion again at the base as it is now: what it carries stays what it is. */
export async function renewOne(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<string> {
  const want = await wanted(scene, record);
  if (want === undefined) return close(ports, scene, pull, record, "the carried commit is gone from the repository");
  const { kind, environment, from, commit, actor, origin } = record;
  const pairs =
    kind === "rollback"
      ? rollbackPairs(scene, environment, record.apps)
      : (await resolve(ports, scene, environment, record.apps)).pairs;
  const made = await carry(ports, scene, {
    kind,
    environment,
    from,
    commit,
    pairs,
    ...(actor === undefined ? {} : { actor }),
    ...(origin === undefined ? {} : { origin }),
  }).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "refused") return error;
    throw error;
  });
  if (made instanceof UserError) return `not planned again: ${made.message}`;
  if (made.pull !== undefined) return "planned again";
  const refused = made.plan.targets.find(({ outcome }) => outcome === "refused");
  if (refused?.outcome === "refused")
    return close(ports, scene, pull, record, `it can no longer be planned: ${refused.app}: ${refused.reason}`);
  return close(ports, scene, pull, record, `\`${record.environment}\` has everything that it carried`);
}

async function wanted(scene: Scene, record: PromotionRecord): Promise<string | undefined> {
  return (await scene.repository.objects.read(record.commit))?.kind === "commit" ? record.commit : undefined;
}

async function close(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
  why: string,
): Promise<string> {
  await scene.github.upsertComment(pull.number, "closed", `Closed: ${why}.`);
  await scene.github.updatePullRequest(pull.number, { state: "closed" });
  await scene.github.deleteBranch(pull.head.ref);
  await enqueue(ports, scene, record, undefined);
  return `closed: ${why}`;
}

/** Whether the base has changed, since the branch left it, something that the branch changes too. */
async function baseTouches(scene: Scene, head: string): Promise<boolean> {
  const { repository } = scene;
  const fork = await repository.mergeBase(head, scene.head);
  if (fork === undefined || fork === scene.head) return false;
  const ours = new Set((await repository.changedPaths(fork, head)).map(({ path }) => path));
  return (await repository.changedPaths(fork, scene.head)).some(
    ({ path }) => ours.has(path) || path === ".sluice.yaml",
  );
}
