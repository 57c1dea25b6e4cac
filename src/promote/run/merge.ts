import { settingsFor } from "../../config/index.ts";
import { Fault } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { PromotionRecord } from "../text/record.ts";
import { mergesCleanly } from "./branch.ts";
import type { PromotionPorts } from "./ports.ts";
import type { Scene } from "./scene.ts";

/** What is to be said of a merge beside the gates; `undefined` when there is nothing to say. */
export type MergeRemark = string | undefined;

/** Whether a promotion whose gates pass is Sluice's to merge: every app in it says so, or nothing changes in the cluster and it may then. */
export function mergesItself(scene: Scene, record: PromotionRecord, empty: boolean): boolean {
  return record.targets.every(({ app }) => {
    const { promote } = settingsFor(scene.config, app, record.environment);
    return (promote.merge === "automatic" && record.kind === "promotion") || (empty && promote.mergeEmpty);
  });
}

/**
 * Merges the head that the gates were evaluated on, and no other. What may succeed when it is tried again is a Fault, so that the queue tries again; what GitHub refuses is said, and the next
 * event tries again.
 */
export async function mergeHead(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<MergeRemark> {
  if (!(await mergesCleanly(scene, pull.head.sha))) return planAgain(ports, scene);
  const [first] = record.targets;
  const method = settingsFor(scene.config, first?.app ?? "", record.environment).promote.method;
  const merged = await scene.github.merge(pull.number, pull.head.sha, method);
  const result = merged.kind === "queue" ? await scene.github.enqueue(pull, pull.head.sha) : merged;
  switch (result.kind) {
    case "merged":
      ports.log.info({ pullRequest: pull.number, sha: result.sha }, "promotion merged");
      return undefined;
    case "enqueued":
      return "It is in the merge queue.";
    case "retry":
      throw new Fault("unavailable", `GitHub asks to merge again: ${result.reason}`);
    case "moved":
      await ports.queue.add({ type: "gates", ...scene.where, pullRequest: pull.number });
      return undefined;
    case "conflict":
      // By what the files say it does not: GitHub has not looked at the branches of now yet.
      throw new Fault("unavailable", `GitHub cannot merge it yet: ${result.reason}`);
    case "queue":
    case "refused":
      return `The gates pass, and GitHub does not merge it: ${result.reason}`;
    default:
      return result satisfies never;
  }
}

/** What somebody changed on the base meanwhile was not in the plan that was proven. */
async function planAgain(ports: PromotionPorts, scene: Scene): Promise<MergeRemark> {
  await ports.queue.add({ type: "promotions", ...scene.where, defaultBranch: scene.base });
  return "The base branch changed the same files, so it is planned again before it is merged.";
}
