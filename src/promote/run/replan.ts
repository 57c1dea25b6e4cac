import { carries, isOursAlone, Moved } from "../../change/branch.ts";
import { reopen, type Scene } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import { parseBranch } from "../text/branch.ts";
import { discardRecord, mergedId, type PromotionRecord, parseRecord } from "../text/metadata.ts";
import { eachTold } from "./for-each-branch.ts";
import type { Observed } from "./health.ts";
import { type CarryRequest, carry, planFor } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { resolve } from "./promotion-context.ts";
import { enqueue } from "./publish.ts";
import { rollbackPairs } from "./rollback-pairs.ts";

/** Looks at every open promotion: planned again where the base's new commits touch what it edits, closed where nothing is left of it, its gates evaluated. */
export async function renewOpen(ports: PromotionPorts, scene: Scene, observed: Observed): Promise<void> {
  await eachTold(ports, scene.branches, "a promotion", async ([branch, head]) => {
    scene.signal.throwIfAborted();
    if (parseBranch(branch) === undefined) return;
    const pull = await observed.pull(branch);
    if (pull === undefined || pull.base.ref !== scene.base) return;
    const record = parseRecord(pull.body, branch, ports.seal);
    // Whatever comes of this: the gates say it.
    if (pull.state === "open" || (await isUnsettled(scene, pull, head, record)))
      await ports.queue.add({ type: "gates", ...scene.where, pullRequest: pull.number });
    if (pull.state === "closed") return;
    if (record === undefined || pull.head.sha !== head) return;
    if (belongs(record, pull) ? await baseTouches(scene, head) : await isHalfDone(ports, scene, pull, record))
      await renewOne(ports, scene, pull, record);
  });
}

/** Whether a pull request was merged whose event was lost: its branch is still there, or a person pushed to it since and the history does not know of the merge. */
async function isUnsettled(
  scene: Scene,
  pull: PullRequest,
  head: string,
  record: PromotionRecord | undefined,
): Promise<boolean> {
  const [first] = record?.targets ?? [];
  if (!pull.merged || record?.base !== pull.base.ref || first === undefined) return false;
  if (pull.head.sha === head) return true;
  const history = await scene.state.history(record.environment, first.app);
  return !history.some(({ id }) => id === mergedId(pull.number));
}

/** Whether the record is of the pull request's head, and neither an older one that was put back nor about a head that a person changed. */
export function belongs(record: PromotionRecord | undefined, pull: PullRequest): record is PromotionRecord {
  return record?.head === pull.head.sha;
}

/** Whether the branch has what the record says already, made by a run that ended before it could write so. */
async function isHalfDone(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<boolean> {
  if (!(await isOursAlone(ports, scene, pull.head.ref, pull.head.sha))) return false;
  const request = await requestOf(ports, scene, record);
  return request !== undefined && carries(scene, pull.head.sha, await planFor(ports, scene, request));
}

/** Plans the promotion again at the base as it is now: what it carries stays what it is. Says what became of it. */
export async function renewOne(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<string> {
  const request = await requestOf(ports, scene, record);
  if (request === undefined) return close(ports, scene, pull, record, "the carried commit is gone from the repository");
  const made = await carry(ports, scene, request).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "refused") return error.message;
    if (error instanceof Moved) return "somebody else is at it";
    throw error;
  });
  if (typeof made === "string") return `not planned again: ${made}`;
  if (made.pull !== undefined) return "planned again";
  const refused = made.plan.targets.find(({ outcome }) => outcome === "refused");
  if (refused?.outcome === "refused")
    return close(ports, scene, pull, record, `it can no longer be planned: ${refused.app}: ${refused.reason}`);
  return close(ports, scene, pull, record, `\`${record.environment}\` has everything that it carried`);
}

/** What the record carries, to be carried again; `undefined` when its commit is gone for good. */
async function requestOf(
  ports: PromotionPorts,
  scene: Scene,
  { kind, environment, from, commit, apps, actor, origin }: PromotionRecord,
): Promise<CarryRequest | undefined> {
  if (!(await hasCommit(ports, scene, commit))) return undefined;
  const pairs =
    kind === "rollback"
      ? rollbackPairs(scene, environment, apps)
      : (await resolve(ports, scene, environment, apps)).pairs;
  return {
    kind,
    environment,
    from,
    commit,
    pairs,
    whenMoved: "stop",
    ...(actor === undefined ? {} : { actor }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** A mirror that was made anew lacks what no branch has any more; GitHub may still have it. */
async function hasCommit(ports: PromotionPorts, scene: Scene, commit: string): Promise<boolean> {
  const isThere = async () => (await scene.repository.objects.read(commit))?.kind === "commit";
  if (await isThere()) return true;
  try {
    await reopen(ports, scene, [commit]);
  } catch (error) {
    if (error instanceof UserError && error.kind === "not-found") return false;
    throw error;
  }
  return isThere();
}

/** Closed by Sluice, its record counts no longer: that a person closes one means more. */
async function close(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
  why: string,
): Promise<string> {
  if (!(await isOursAlone(ports, scene, pull.head.ref, pull.head.sha)))
    return `left open, for somebody pushed to it; else it would be closed: ${why}`;
  await scene.github.upsertComment(pull.number, "closed", `Closed: ${why}.`);
  await scene.github.updatePullRequest(pull.number, { state: "closed", body: discardRecord(pull.body) });
  await scene.github.deleteBranch(pull.head.ref, pull.head.sha);
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
