import { ApiError, notFound, validationFailed } from "../errors.ts";
import { emitComment } from "../events.ts";
import type { Comment, Reaction, Repository } from "../state.ts";
import { issueOf, nextId, nowIso, type World } from "../world.ts";
import type { Actor } from "./pulls.ts";

/** GitHub's limit, in characters. */
const MAX_BODY = 65_536;

function checkBody(body: string): void {
  if (body.trim() === "") throw validationFailed({ resource: "IssueComment", field: "body", code: "missing_field" });
  if ([...body].length > MAX_BODY) {
    const message = `body is too long (maximum is ${MAX_BODY} characters)`;
    throw validationFailed({ resource: "IssueComment", field: "data", code: "unprocessable", message });
  }
}

/** Writes a comment on a pull request or an issue. 422 for an empty or too long body. */
export function createComment(
  world: World,
  repository: Repository,
  number: number,
  body: string,
  actor: Actor,
): Comment {
  const issue = issueOf(repository, number);
  checkBody(body);
  const time = nowIso(world);
  const comment: Comment = {
    id: nextId(world),
    number,
    author: actor.login,
    byApp: actor.byApp,
    body,
    createdAt: time,
    updatedAt: time,
    reactions: [],
  };
  repository.comments.push(comment);
  issue.updatedAt = time;
  emitComment(world, repository, issue, comment, "created", actor.login);
  return comment;
}

/** The comment; throws 404. */
export function commentOf(repository: Repository, id: number): Comment {
  const comment = repository.comments.find((one) => one.id === id);
  if (!comment) throw notFound();
  return comment;
}

/** Replaces a comment's body. An app may edit only its own. */
export function editComment(world: World, repository: Repository, comment: Comment, body: string, actor: Actor): void {
  if (actor.byApp && !comment.byApp) throw new ApiError(403, "Resource not accessible by integration");
  checkBody(body);
  if (body === comment.body) return;
  const changes = { body: { from: comment.body } };
  comment.body = body;
  comment.updatedAt = nowIso(world);
  emitComment(world, repository, issueOf(repository, comment.number), comment, "edited", actor.login, { changes });
}

/** Removes a comment. */
export function deleteComment(world: World, repository: Repository, comment: Comment, actor: Actor): void {
  repository.comments.splice(repository.comments.indexOf(comment), 1);
  emitComment(world, repository, issueOf(repository, comment.number), comment, "deleted", actor.login);
}

/** Adds a reaction; one person has each at most once. */
export function react(
  world: World,
  comment: Comment,
  content: string,
  actor: Actor,
): { reaction: Reaction; created: boolean } {
  const known = comment.reactions.find((one) => one.content === content && one.user === actor.login);
  if (known) return { reaction: known, created: false };
  const reaction = { id: nextId(world), content, user: actor.login, createdAt: nowIso(world) };
  comment.reactions.push(reaction);
  return { reaction, created: true };
}
