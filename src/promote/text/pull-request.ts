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
    isSilent(update)
      ? undefined
      : { marker: `update-${(update.now.head ?? update.now.commit).slice(0, 12)}`, text: updateText(update) },
};

/** The same for one that is planned again because the base changed; `because` says what did. */
export function plannedAgain(because: string): PullRequestKind<PromotionMetadata> {
  return {
    ...promotionPullRequest,
    dismissal: "The base branch changed what this promotion changes: it is another change than what was approved.",
    updateComment: (update) => {
      const said = promotionPullRequest.updateComment(update);
      return said && { ...said, text: plannedAgainText(update, because) };
    },
  };
}

function plannedAgainText({ before, now, dismissed }: Update<PromotionMetadata>, because: string): string {
  const same = before !== undefined && sameVersions(before, now.targets);
  const what = same ? "It promotes the same" : `It is ${code(versionsLine(now.targets))} now`;
  const instead = same || before === undefined ? "" : `, no longer ${code(versionsLine(before.targets))}`;
  const users = dismissed.map((user) => code(user)).join(", ");
  const fell = dismissed.length === 0 ? "" : ` ${users}: your approval was of another change and no longer counts.`;
  return `Planned again on the new base: ${because}. ${what}${instead}.${fell}`;
}

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
