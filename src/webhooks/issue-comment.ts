import { z } from "zod";
import type { CommandJob } from "../model/jobs.ts";
import { findCommands } from "./commands/find-commands.ts";
import { TABLE } from "./commands/table.ts";
import { addressOf, common, parsePayload } from "./payload.ts";

const schema = common.extend({
  issue: z.object({ number: z.number(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: z.number(),
    body: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    user: z.object({ login: z.string(), type: z.string() }).nullable(),
    performed_via_github_app: z.object({ id: z.number() }).nullish(),
  }),
});

/**
 * `issue_comment`: a person's new comment on a pull request that has commands in it. Comments of bots, of the App
 * itself or by way of another one, on plain issues, and edited ones are not commands: what was carried out must stay
 * what one reads.
 */
export function issueCommentJobs(payload: unknown): readonly CommandJob[] {
  const event = parsePayload("issue_comment", schema, payload);
  const { comment, issue } = event;
  if (event.action !== "created" || issue.pull_request === undefined) return [];
  if (comment.user === null || comment.user.type === "Bot") return [];
  // By way of another App too: the person may not know what it writes in their name.
  if (comment.performed_via_github_app) return [];
  const address = addressOf(event);
  if (address === undefined || findCommands(comment.body, TABLE).length === 0) return [];
  const { id: commentId, body } = comment;
  const { login: actor } = comment.user;
  const at = Date.parse(comment.created_at);
  return [{ type: "command", ...address, pullRequest: issue.number, commentId, actor, body, at }];
}
