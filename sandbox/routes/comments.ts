import { z } from "zod";

import { commentOf, createComment, deleteComment, editComment, react } from "../actions/comments.ts";
import { notFound } from "../errors.ts";
import { commentObject, REACTIONS, reactionObject } from "../objects/comment.ts";
import type { Comment, Repository } from "../state.ts";
import { issueOf } from "../world.ts";
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

const TextBody = z.strictObject({ body: z.string() });
const ReactionBody = z.strictObject({ content: z.enum(REACTIONS) });

// Comments on pull requests are reachable with either permission.
const read = reads("issues", "pull_requests");
const write = writes("read", "issues", "pull_requests");

function theComment(call: Call, repository: Repository): Comment {
  return commentOf(repository, numberParam(call, "comment_id"));
}

function listComments(call: Call, repository: Repository): Reply {
  const { number } = issueOf(repository, numberParam(call, "issue_number"));
  const since = call.query.since;
  const found = repository.comments
    .filter((one) => one.number === number)
    .filter((one) => since === undefined || Date.parse(one.updatedAt) >= Date.parse(since));
  return paged(call, found, (page) => page.map((one) => commentObject(call.world, repository, one)));
}

const ONE = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
const MANY = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

const commentRoutesOnly: readonly Route[] = [
  onRepository("GET", MANY, read, listComments),
  onRepository("POST", MANY, write, (call, repository) => {
    const number = numberParam(call, "issue_number");
    const { body } = bodyAs(call, TextBody);
    const comment = createComment(call.world, repository, number, body, actorOf(call));
    return { status: 201, body: commentObject(call.world, repository, comment) };
  }),
  onRepository("GET", ONE, read, (call, repository) => ({
    status: 200,
    body: commentObject(call.world, repository, theComment(call, repository)),
  })),
  onRepository("PATCH", ONE, write, (call, repository) => {
    const comment = theComment(call, repository);
    editComment(call.world, repository, comment, bodyAs(call, TextBody).body, actorOf(call));
    return { status: 200, body: commentObject(call.world, repository, comment) };
  }),
  onRepository("DELETE", ONE, write, (call, repository) => {
    deleteComment(call.world, repository, theComment(call, repository), actorOf(call));
    return { status: 204 };
  }),
];

const reactionRoutes: readonly Route[] = [
  onRepository("GET", `${ONE}/reactions`, read, (call, repository) => {
    const { content } = call.query;
    const found = theComment(call, repository).reactions.filter(
      (one) => content === undefined || one.content === content,
    );
    return paged(call, found, (page) => page.map((one) => reactionObject(call.world, one)));
  }),
  onRepository("POST", `${ONE}/reactions`, write, (call, repository) => {
    const comment = theComment(call, repository);
    const { content } = bodyAs(call, ReactionBody);
    const { reaction, created } = react(call.world, comment, content, actorOf(call));
    return { status: created ? 201 : 200, body: reactionObject(call.world, reaction) };
  }),
  onRepository("DELETE", `${ONE}/reactions/{reaction_id}`, write, (call, repository) => {
    const comment = theComment(call, repository);
    const id = numberParam(call, "reaction_id");
    const at = comment.reactions.findIndex((one) => one.id === id && one.user === actorOf(call).login);
    if (at < 0) throw notFound();
    comment.reactions.splice(at, 1);
    return { status: 204 };
  }),
];

/** Comments and their reactions. */
export const commentRoutes: readonly Route[] = [...commentRoutesOnly, ...reactionRoutes];
