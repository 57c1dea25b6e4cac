import type { PullRequestKind, Update } from "../../change/pull-request/proposal.ts";
import { code, inert } from "../../diff/index.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { versionsLine } from "./body.ts";
import { type PromotionMetadata, promotionFormat, sameRenders, sameVersions } from "./metadata.ts";
import { onlyMove } from "./versions.ts";

/** The pull requests of promotions and rollbacks. An approval is for a change, from this to that. */
export const promotionPullRequest: PullRequestKind<PromotionMetadata> = {
  format: promotionFormat,
  isSame: (before, now) =>
    sameVersions(before, now.targets) &&
    sameRenders(before, now) &&
    before.commit === now.commit &&
    before.proposal?.deployment === now.proposal?.deployment &&
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

function plannedAgainText(update: Update<PromotionMetadata>, because: string): string {
  const { before, now } = update;
  const same = before !== undefined && sameVersions(before, now.targets);
  const what = same ? "It promotes the same versions." : `${nowText(update)}.`;
  return [`**Planned again:** ${because}. ${what}`, ...fellTexts(update)].join("\n\n");
}

function isSilent({ before, now, dismissed }: Update<PromotionMetadata>): boolean {
  return before !== undefined && sameVersions(before, now.targets) && dismissed.length === 0;
}

function updateText(update: Update<PromotionMetadata>): string {
  const { before, now, dismissed } = update;
  const place = now.origin === undefined ? "" : ` in #${now.origin}`;
  const who = now.actor === undefined ? "." : `: ${code(now.actor)} asked for it${place}.`;
  const stay =
    dismissed.length === 0 && before !== undefined && sameRenders(before, now)
      ? " It changes the same in the cluster, so approvals stay."
      : "";
  return [`${nowText(update)}${who}${stay}`, ...fellTexts(update)].join("\n\n");
}

/** `**Now 1.4.0 → 1.6.0**, no longer 1.4.0 → 1.5.0`; of several apps each with its name. */
function nowText({ before, now }: Update<PromotionMetadata>): string {
  const instead = before === undefined ? "" : `, no longer ${inert(movesOf(before))}`;
  return `**Now ${inert(movesOf(now))}**${instead}`;
}

/** Of one app its versions alone: the title says which. */
function movesOf({ targets }: Pick<PromotionMetadata, "targets">): string {
  const [only, ...more] = targets;
  const move = only === undefined || more.length > 0 ? undefined : onlyMove(only.images);
  return move === undefined || move.from === "" ? versionsLine(targets) : `${move.from} → ${move.to}`;
}

/** What people approved: the version where the rest is the same, else from this to that. */
function approvedText(before: PromotionMetadata, now: PromotionMetadata): string {
  const [was, is] = [before, now].map(({ targets: [only, ...more] }) =>
    only === undefined || more.length > 0 ? undefined : onlyMove(only.images),
  );
  return was !== undefined && is !== undefined && was.from === is.from ? inert(was.to) : inert(movesOf(before));
}

/** The approvals that fell, each with the reason: it was for another change. */
function fellTexts({ before, now, dismissed }: Update<PromotionMetadata>): readonly string[] {
  if (dismissed.length === 0) return [];
  const users = sentenceList(dismissed.map((user) => code(user)));
  const what = before === undefined || sameVersions(before, now.targets) ? "another change" : approvedText(before, now);
  const [whose, counts] = dismissed.length === 1 ? ["your approval was", "counts"] : ["your approvals were", "count"];
  return [`${users}: ${whose} for ${what} and no longer ${counts}.`];
}
