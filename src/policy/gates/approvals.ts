import type { PromotionFacts } from "../../model/gates.ts";
import type { Review } from "../../model/github-repository.ts";
import { count, sentenceList } from "../../model/text/lists.ts";
import { inTicks } from "../../model/text/markdown.ts";
import type { Child, Gate, Part } from "./gate.ts";

/**
 * Passed when enough people approved: the most that any target asks for. Of each person the newest review counts that
 * is not a mere comment; bots, people who may not review, who pushed to the branch, and (unless every target lets it)
 * whoever asked for the promotion do not. Requested changes block even where no approval is asked for.
 */
export const approvals: Gate = { label: "Approvals", evaluate };

interface Opinion {
  readonly user: string;
  readonly state: Review["state"];
  /** Why it does not count. */
  readonly ignored?: string;
}

function evaluate(facts: PromotionFacts): Part | undefined {
  const needed = Math.max(0, ...facts.targets.map(({ settings }) => settings.approvals));
  const opinions = newestReviews(facts.reviews).map((review) => opinionOf(review, facts));
  const objectors = opinions.filter(({ state, ignored }) => state === "changes-requested" && ignored === undefined);
  if (needed === 0 && objectors.length === 0) return undefined;
  const children = opinions.flatMap(childOf);
  const shown = children.length === 0 ? {} : { children };
  if (objectors.length > 0) {
    const who = sentenceList(objectors.map(({ user }) => inTicks(user)));
    return { state: "blocked", reason: `${who} requested changes`, brief: `a new review by ${who}`, ...shown };
  }
  const approved = opinions.filter(({ state, ignored }) => state === "approved" && ignored === undefined);
  const counted = approved.length;
  const names = counted === 0 ? "" : `, by ${sentenceList(approved.map(({ user }) => inTicks(user)))}`;
  const reason = `${counted} of ${needed}${names}`;
  if (counted >= needed) return { state: "passed", reason, counted, ...shown };
  const missing = needed - counted;
  return {
    ...{ state: "blocked", brief: count(missing, "approval"), who: reviewers(facts) },
    reason: `${reason}${outdatedRemarks(facts)}${remarks(opinions)}`,
    ...shown,
  };
}

/** The newest decisive review of each person, dismissed ones left out; the latest last. */
export function newestReviews(reviews: readonly Review[]): readonly Review[] {
  const decisive = reviews.filter(({ state, bot }) => state !== "commented" && state !== "pending" && !bot);
  const ordered = decisive.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.id - b.id);
  return [...new Map(ordered.map((review) => [review.user.toLowerCase(), review])).values()].filter(
    ({ state }) => state !== "dismissed",
  );
}

const noWriter = "has no write permission";
const pushed = "pushed to this branch";
const unasked = "is one of too many to look at";

/** Why an approval that looks as if it counted does not, as a clause. */
const notCounted: Readonly<Record<string, string>> = {
  [noWriter]: "who has no write access",
  [pushed]: "who pushed to this branch",
};

function opinionOf({ user, state }: Review, facts: PromotionFacts): Opinion {
  const login = user.toLowerCase();
  if (state === "approved" && facts.pushed?.by.has(login)) return { user, state, ignored: pushed };
  if (state === "approved" && facts.unasked?.has(login)) return { user, state, ignored: unasked };
  if (facts.mayReview !== undefined && !facts.mayReview.has(login)) return { user, state, ignored: noWriter };
  if (state === "approved" && excludesActor(facts) && isActor(user, facts)) {
    return { user, state, ignored: "asked for the promotion" };
  }
  return { user, state };
}

function childOf({ user, state, ignored }: Opinion): readonly Child[] {
  if (ignored === unasked) return [];
  const did = state === "approved" ? "approved" : "requested changes";
  if (ignored !== undefined) return [{ label: user, state: "waiting", reason: `${did}, does not count: ${ignored}` }];
  return [{ label: user, state: state === "approved" ? "passed" : "blocked", reason: did }];
}

/** Says of approvals that look as if they counted why they do not. */
function remarks(opinions: readonly Opinion[]): string {
  const approved = opinions.filter(({ state }) => state === "approved");
  const all = approved.flatMap(({ user, ignored = "" }) => {
    const why = notCounted[ignored];
    return why === undefined ? [] : [`. The approval of ${inTicks(user)}, ${why}, does not count`];
  });
  const many = approved.filter(({ ignored }) => ignored === unasked).length;
  return `${all.slice(0, 3).join("")}${many === 0 ? "" : `. ${count(many, "more approval")} ${many === 1 ? "was" : "were"} not looked at`}`;
}

/** Whose approval was of another change than the head makes now, and who has not said otherwise since. */
function outdatedRemarks({ outdated = [], reviews }: PromotionFacts): string {
  const users = [...new Set(outdated.map(({ user }) => user))].filter(
    (user) => !reviews.some((review) => review.user === user && review.state !== "commented"),
  );
  return users
    .slice(0, 3)
    .map((user) => `. ${inTicks(user)} approved another change; that does not count for this one`)
    .join("");
}

function reviewers(facts: PromotionFacts): string {
  const { actor } = facts;
  const but =
    actor !== undefined && excludesActor(facts) ? `; ${inTicks(actor)}, who asked for this, does not count` : "";
  return `anyone with write access may approve${but}`;
}

function excludesActor({ targets }: PromotionFacts): boolean {
  return targets.some(({ settings }) => settings.approvals > 0 && !settings.selfApproval);
}

function isActor(user: string, { actor }: PromotionFacts): boolean {
  return actor !== undefined && user.toLowerCase() === actor.toLowerCase();
}
