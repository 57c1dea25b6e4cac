import { z } from "zod";

import { dismissReview, removeReviewers, requestReviewers, reviewOf, submitReview } from "../actions/reviews.ts";
import { grants } from "../auth.ts";
import { ApiError } from "../errors.ts";
import { revParse } from "../git.ts";
import { userByLogin } from "../objects/account.ts";
import { pullObject } from "../objects/pull.ts";
import { reviewObject } from "../objects/review.ts";
import { teamObject } from "../objects/team.ts";
import type { Pull, Repository } from "../state.ts";
import type { Review } from "../state-parts.ts";
import { teamsOf } from "../teams.ts";
import { gitDirOf, pullOf } from "../world.ts";
import {
  actorOf,
  bodyAs,
  type Call,
  numberParam,
  onRepository,
  paged,
  type Reply,
  type Route,
  reads,
  writes,
} from "./route.ts";

const ReviewBody = z.strictObject({
  commit_id: z.string().optional(),
  body: z.string().default(""),
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).optional(),
});
const DismissBody = z.strictObject({ message: z.string(), event: z.literal("DISMISS").optional() });
const RequestBody = z.strictObject({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
});

const read = reads("pull_requests");
const PULL = "/repos/{owner}/{repo}/pulls/{pull_number}";
const ONE = `${PULL}/reviews/{review_id}`;
const REQUESTED = `${PULL}/requested_reviewers`;

function thePull(call: Call, repository: Repository): Pull {
  return pullOf(repository, numberParam(call, "pull_number"));
}

function reviewReply(call: Call, repository: Repository, pull: Pull, review: Review): Reply {
  return { status: 200, body: reviewObject(call.world, repository, pull, review) };
}

async function createReview(call: Call, repository: Repository): Promise<Reply> {
  const pull = thePull(call, repository);
  const { commit_id: commit, body, event } = bodyAs(call, ReviewBody);
  if (event === undefined) throw new ApiError(422, "the local GitHub takes reviews with their event, not pending ones");
  if (commit !== undefined && (await revParse(gitDirOf(call.world, repository), commit)) === undefined)
    throw new ApiError(422, "Unprocessable Entity", { errors: ["Commit is not part of the pull request"] });
  const input = { event, body, commitId: commit };
  const review = await submitReview(call.world, repository, pull, input, actorOf(call));
  return reviewReply(call, repository, pull, review);
}

function listReviews(call: Call, repository: Repository): Reply {
  const pull = thePull(call, repository);
  const found = repository.reviews.filter((one) => one.number === pull.number);
  return paged(call, found, (page) => page.map((one) => reviewObject(call.world, repository, pull, one)));
}

function listRequested(call: Call, repository: Repository): Reply {
  const pull = thePull(call, repository);
  const teams = teamsOf(call.world, repository).filter((one) => pull.requestedTeams.includes(one.slug));
  const users = pull.requestedReviewers.map((login) => userByLogin(call.world, login));
  return { status: 200, body: { users, teams: teams.map((one) => teamObject(call.world, one)) } };
}

/** An App learns of teams only by the organization's permission `members`. */
function seesTeams({ caller }: Call): boolean {
  return caller.kind !== "installation" || grants(caller.token.permissions, "members", "read");
}

/** Reviews and the requests for them. */
export const reviewRoutes: readonly Route[] = [
  onRepository("GET", `${PULL}/reviews`, read, listReviews),
  onRepository("POST", `${PULL}/reviews`, writes("read", "pull_requests"), createReview),
  onRepository("GET", ONE, read, (call, repository) => {
    const pull = thePull(call, repository);
    return reviewReply(call, repository, pull, reviewOf(repository, pull, numberParam(call, "review_id")));
  }),
  onRepository("PUT", `${ONE}/dismissals`, writes("write", "pull_requests"), (call, repository) => {
    const pull = thePull(call, repository);
    const review = reviewOf(repository, pull, numberParam(call, "review_id"));
    dismissReview(call.world, repository, pull, review, bodyAs(call, DismissBody).message, actorOf(call));
    return reviewReply(call, repository, pull, review);
  }),
  onRepository("GET", REQUESTED, read, listRequested),
  onRepository("POST", REQUESTED, writes("triage", "pull_requests"), async (call, repository) => {
    const pull = thePull(call, repository);
    const { reviewers: users, team_reviewers: teams } = bodyAs(call, RequestBody);
    await requestReviewers(call.world, repository, pull, { users, teams }, actorOf(call), seesTeams(call));
    return { status: 201, body: pullObject(call.world, repository, pull) };
  }),
  onRepository("DELETE", REQUESTED, writes("triage", "pull_requests"), async (call, repository) => {
    const pull = thePull(call, repository);
    const { reviewers: users, team_reviewers: teams } = bodyAs(call, RequestBody);
    await removeReviewers(call.world, repository, pull, { users, teams }, actorOf(call));
    return { status: 200, body: pullObject(call.world, repository, pull) };
  }),
];
