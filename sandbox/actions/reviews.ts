import { ApiError, notFound } from "../errors.ts";
import { emitPull, emitReview } from "../events.ts";
import { userByLogin } from "../objects/account.ts";
import { webhookTeam } from "../objects/team.ts";
import { includesRole, roleOf } from "../roles.ts";
import type { Pull, Repository } from "../state.ts";
import type { Review } from "../state-parts.ts";
import { findTeam, isMember } from "../teams.ts";
import type { ReviewEvent } from "../types-release.ts";
import { findAccount, nextId, nowIso, type World } from "../world.ts";
import type { Actor } from "./pulls.ts";

const STATES: Readonly<Record<ReviewEvent, Review["state"]>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

function refuse(problem: string): ApiError {
  return new ApiError(422, "Unprocessable Entity", { errors: [problem] });
}

/** Submits a review. 422 for a verdict on one's own pull request and for no text where one is needed. */
export async function submitReview(
  world: World,
  repository: Repository,
  pull: Pull,
  input: { event: ReviewEvent; body: string; commitId?: string | undefined },
  actor: Actor,
): Promise<Review> {
  if (actor.login === pull.author && input.event !== "COMMENT")
    throw refuse(`Can not ${input.event === "APPROVE" ? "approve" : "request changes on"} your own pull request`);
  if (input.event !== "APPROVE" && input.body.trim() === "")
    throw refuse("Could not create review: body can't be blank");
  const review: Review = {
    id: nextId(world),
    number: pull.number,
    author: actor.login,
    body: input.body,
    state: STATES[input.event],
    commitId: input.commitId ?? pull.headSha,
    submittedAt: nowIso(world),
    dismissal: null,
  };
  repository.reviews.push(review);
  pull.updatedAt = review.submittedAt;
  answerRequests(world, repository, pull, actor.login);
  emitReview(world, repository, pull, review, "submitted", actor.login);
  return review;
}

/** A review ends the request for it, also the one that went to a team of the reviewer. */
function answerRequests(world: World, repository: Repository, pull: Pull, login: string): void {
  pull.requestedReviewers = pull.requestedReviewers.filter((one) => one !== login);
  pull.requestedTeams = pull.requestedTeams.filter((slug) => {
    const team = findTeam(world, repository.owner, slug);
    return team !== undefined && !isMember(team, login);
  });
}

/** The review of this pull request; throws 404. */
export function reviewOf(repository: Repository, pull: Pull, id: number): Review {
  const review = repository.reviews.find((one) => one.id === id && one.number === pull.number);
  if (!review) throw notFound();
  return review;
}

/** Dismisses a review. 422 unless it approves or requests changes. */
export function dismissReview(
  world: World,
  repository: Repository,
  pull: Pull,
  review: Review,
  message: string,
  actor: Actor,
): void {
  if (message.trim() === "") throw refuse("message can't be blank");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
    throw refuse(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
  review.state = "DISMISSED";
  review.dismissal = { by: actor.login, message };
  pull.updatedAt = nowIso(world);
  emitReview(world, repository, pull, review, "dismissed", actor.login);
}

/** Who is asked to review. */
export interface Reviewers {
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

/**
 * Asks for reviews, all or none. 422 for the author and for who has no access; `seesTeams` is whether the caller may
 * know teams.
 */
export async function requestReviewers(
  world: World,
  repository: Repository,
  pull: Pull,
  wanted: Reviewers,
  actor: Actor,
  seesTeams: boolean,
): Promise<void> {
  const users = wanted.users.map((login) => reviewerOf(world, repository, pull, login));
  const teams = wanted.teams.map((slug) => {
    const team = seesTeams ? findTeam(world, repository.owner, slug) : undefined;
    if (!team) throw notCollaborator(repository, "teams");
    return team;
  });
  for (const login of users) {
    if (pull.requestedReviewers.includes(login)) continue;
    pull.requestedReviewers.push(login);
    await emitRequest(world, repository, pull, "review_requested", actor, {
      requested_reviewer: userByLogin(world, login),
    });
  }
  for (const team of teams) {
    if (pull.requestedTeams.includes(team.slug)) continue;
    pull.requestedTeams.push(team.slug);
    await emitRequest(world, repository, pull, "review_requested", actor, { requested_team: webhookTeam(world, team) });
  }
}

function reviewerOf(world: World, repository: Repository, pull: Pull, login: string): string {
  const account = findAccount(world, login);
  if (account?.login === pull.author) throw new ApiError(422, "Review cannot be requested from pull request author.");
  if (account?.type !== "User" || !includesRole(roleOf(world, repository, login), "read"))
    throw notCollaborator(repository, "users");
  return account.login;
}

function notCollaborator(repository: Repository, kind: "users" | "teams"): ApiError {
  const where = `${repository.owner}/${repository.name}`;
  return new ApiError(
    422,
    `Reviews may only be requested from collaborators. One or more of the ${kind} you specified is not a collaborator of the ${where} repository.`,
  );
}

/** Takes requests back; those that were not made are ignored. */
export async function removeReviewers(
  world: World,
  repository: Repository,
  pull: Pull,
  unwanted: Reviewers,
  actor: Actor,
): Promise<void> {
  const users = pull.requestedReviewers.filter((login) => unwanted.users.includes(login));
  const teams = pull.requestedTeams.filter((slug) => unwanted.teams.includes(slug));
  pull.requestedReviewers = pull.requestedReviewers.filter((login) => !users.includes(login));
  pull.requestedTeams = pull.requestedTeams.filter((slug) => !teams.includes(slug));
  for (const login of users)
    await emitRequest(world, repository, pull, "review_request_removed", actor, {
      requested_reviewer: userByLogin(world, login),
    });
  for (const slug of teams) {
    const team = findTeam(world, repository.owner, slug);
    if (team)
      await emitRequest(world, repository, pull, "review_request_removed", actor, {
        requested_team: webhookTeam(world, team),
      });
  }
}

function emitRequest(
  world: World,
  repository: Repository,
  pull: Pull,
  action: string,
  actor: Actor,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  pull.updatedAt = nowIso(world);
  return emitPull(world, repository, pull, action, actor.login, more);
}
