import type { Scene } from "../../change/scene.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { eachTold } from "./each.ts";
import type { PromotionPorts } from "./ports.ts";
import { versionsAt } from "./versions-at.ts";

/**
 * A promotion that was taken back on the base branch without us, by `git revert` or by hand, counts as a rollback: it is written down, and automation is held there. It is told by what the
 * target has, not by a message.
 */
export async function recordReverts(ports: PromotionPorts, scene: Scene): Promise<void> {
  const sourced = new Set(scene.config.environments.flatMap(({ name, from }) => (from === undefined ? [] : [name])));
  const targets = scene.targets.targets.filter(({ environment }) => sourced.has(environment));
  await eachTold(ports, targets, "the history of a target", async (target) => {
    scene.signal.throwIfAborted();
    const history = await scene.state.history(target.environment, target.app);
    const last = history.findLast(({ kind }) => kind === "promoted" || kind === "rolled-back" || kind === "reverted");
    if (last?.kind === "promoted" && (await wasTakenBack(ports, scene, target, last)))
      await write(ports, scene, target, last);
  });
}

async function wasTakenBack(
  ports: PromotionPorts,
  scene: Scene,
  target: Target,
  { mergeCommit, versions = [] }: HistoryEntry,
): Promise<boolean> {
  const { repository } = scene;
  if (mergeCommit === undefined || (await repository.objects.read(mergeCommit))?.kind !== "commit") return false;
  const folderAt = async (tree: Tree) => (await tree.at(target.render.path))?.oid;
  const [then, now] = [await folderAt(await repository.tree(mergeCommit)), await folderAt(scene.tree)];
  if (now === undefined || then === now || !(await repository.isAncestor(mergeCommit, scene.head))) return false;
  const before = await folderBefore(scene, mergeCommit, folderAt);
  if (before === now) return true;
  const images = versions.filter(({ from, to }) => from !== "" && from !== to);
  const current = new Map((await versionsAt(ports, scene, target, scene.head))?.map((one) => [one.image, one.version]));
  return (
    images.length > 0 &&
    images.length === versions.length &&
    images.every(({ image, from }) => current.get(image) === from)
  );
}

/** The target's folder as it was before the promotion came. */
async function folderBefore(
  scene: Scene,
  mergeCommit: string,
  folderAt: (tree: Tree) => Promise<string | undefined>,
): Promise<string | undefined> {
  const [commit] = await scene.repository.log({ to: mergeCommit, limit: 1 });
  const [parent] = commit?.parents ?? [];
  return parent === undefined ? undefined : folderAt(await scene.repository.tree(parent));
}

async function write(ports: PromotionPorts, scene: Scene, target: Target, last: HistoryEntry): Promise<void> {
  const { mergeCommit = "", versions = [] } = last;
  const [commit] = await scene.repository.log({
    to: scene.head,
    from: mergeCommit,
    paths: [target.render.path],
    limit: 1,
  });
  await ports.state.record(
    scene.where,
    {
      kind: "reverted",
      id: `reverted-${mergeCommit}`,
      at: laterOf(commit?.date ?? new Date(ports.clock()).toISOString(), last.at),
      by: commit?.author.name ?? "somebody",
      environment: target.environment,
      apps: [target.app],
      reason:
        commit === undefined ? "taken back on the base branch" : (commit.message.split("\n")[0] ?? "").slice(0, 200),
      commit: scene.head,
      versions: { [target.app]: versions.map(({ image, from, to }) => ({ image, from: to, to: from })) },
      ...(commit === undefined ? {} : { mergeCommit: commit.sha }),
    },
    scene.signal,
  );
  if (last.pullRequest !== undefined)
    await ports.queue.add({ type: "chain", ...scene.where, pullRequest: last.pullRequest });
  ports.log.info({ target: target.id, commit: commit?.sha }, "a promotion was reverted; automation is held");
}

/** A history is read in the order of its times, and what was merged may have been written down after it was taken back. */
function laterOf(one: string, other: string): string {
  return Date.parse(one) > Date.parse(other) ? one : other;
}
