import type { PullRequestKind, Update } from "../../change/pull-request/proposal.ts";
import { code } from "../../diff/index.ts";
import { versionsLine } from "./body.ts";
import { type PromotionMetadata, promotionFormat, sameRenders, sameVersions } from "./metadata.ts";

/** The pull requests of promotions and rollbacks. An approval is for a change, from this to that. */
export const promotionPullRequest: PullRequestKind<PromotionMetadata> = {
  format: promotionFormat,
  isSame: (before, now) =>
    sameVersions(before, now.targets) &&
    sameRenders(before, now) &&
    before.commit === now.commit &&
    before.actor === now.actor,
  keepsApprovals: sameRenders,
  dismissal: "This promotion changes something else now than what was approved.",
  updateComment: (update) =>
    isSilent(update) ? undefined : { marker: `update-${update.now.commit.slice(0, 12)}`, text: updateText(update) },
};

function isSilent({ before, now, dismissed }: Update<PromotionMetadata>): boolean {
  return before !== undefined && sameVersions(before, now.targets) && dismissed.length === 0;
}

function updateText({ before, now, dismissed }: Update<PromotionMetadata>): string {
  const who = now.actor === undefined ? "" : `, asked for by ${code(now.actor)}`;
  const instead = before === undefined ? "" : ` in place of ${code(versionsLine(before.targets))}`;
  const users = dismissed.map((user) => code(user)).join(", ");
  const stay =
    before !== undefined && sameRenders(before, now) ? " It changes the same in the cluster, so approvals stay." : "";
  const approvals =
    dismissed.length > 0 ? ` It is another change, so the approvals of ${users} no longer count.` : stay;
  return `Now carries ${code(versionsLine(now.targets))}${instead}${who}.${approvals}`;
}
