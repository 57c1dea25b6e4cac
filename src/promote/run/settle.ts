import type { PullRequest } from "../../model/github.ts";
import type { StateAddress } from "../../model/state.ts";
import type { PromotionRecord } from "../text/record.ts";
import type { PromotionPorts } from "./ports.ts";
import { enqueue } from "./publish.ts";

/** A promotion pull request that was merged goes into the history, and its branch goes; the chains of what it carried, and what may follow it, are looked at again. */
export async function settle(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  record: PromotionRecord,
  signal: AbortSignal,
): Promise<void> {
  const github = await ports.github(where.installationId, where.repository);
  if (pull.merged && pull.base.ref === record.base && record.base === pull.defaultBranch) {
    await ports.state.record(
      where,
      {
        kind: record.kind === "promotion" ? "promoted" : "rolled-back",
        id: `merged-${pull.number}`,
        at: new Date(ports.clock()).toISOString(),
        by: record.actor ?? "sluice",
        environment: record.environment,
        apps: record.targets.map(({ app }) => app),
        pullRequest: pull.number,
        commit: record.commit,
        ...(pull.mergeCommit === undefined ? {} : { mergeCommit: pull.mergeCommit }),
        versions: Object.fromEntries(record.targets.map(({ app, images }) => [app, images])),
      },
      signal,
    );
    await github.deleteBranch(pull.head.ref);
  }
  await enqueue(ports, { where }, record, undefined);
  await ports.queue.add({ type: "promotions", ...where, defaultBranch: pull.defaultBranch });
}
