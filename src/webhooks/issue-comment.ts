import { z } from "zod";
import type { CommandJob } from "../model/jobs.ts";
import { findCommands } from "./commands/find-commands.ts";
import { TABLE } from "./commands/table.ts";
import { addressOf, common, parsePayload } from "./payload.ts";

const schema = common.extend({
  issue: z.object({
    number: z.number(),
    pull_request: z.unknown().optional(),
    state: z.string().optional(),
    body: z.string().nullish(),
    user: z.object({ type: z.string() }).nullish(),
    performed_via_github_app: z.object({ id: z.number() }).nullish(),
  }),
  comment: z.object({
    id: z.number(),
    body: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    user: z.object({ login: z.string(), type: z.string() }).nullable(),
    performed_via_github_app: z.object({ id: z.number() }).nullish(),
  }),
});

/** The first line of the issue about an environment that differs from Git (`reconcile/run/drift-report.ts`). */
const driftMarker = /^<!-- sluice:drift-[a-z0-9-]+ -->\r?\n/;

/**
 * `issue_comment`: a person's new comment, on a pull request or on an open issue of Sluice's about drift, that has
 * commands in it. Comments of bots, of the App itself or by way of another one, on other issues, and edited ones are
 * not commands: what was carried out must stay what one reads.
 */
export function issueCommentJobs(payload: unknown, appId: number): readonly CommandJob[] {
  const event = parsePayload("issue_comment", schema, payload);
  const { comment, issue } = event;
  const onPull = issue.pull_request !== undefined;
  if (event.action !== "created" || !(onPull || isAboutDrift(issue, appId))) return [];
  if (comment.user === null || comment.user.type === "Bot") return [];
  // By way of another App too: the person may not know what it writes in their name.
  if (comment.performed_via_github_app) return [];
  const address = addressOf(event);
  if (address === undefined || findCommands(comment.body, TABLE).length === 0) return [];
  const { id: commentId, body } = comment;
  const { login: actor } = comment.user;
  const at = Date.parse(comment.created_at);
  const where = onPull ? {} : ({ issue: true } as const);
  return [{ type: "command", ...address, pullRequest: issue.number, ...where, commentId, actor, body, at }];
}

/** No person can open one: an issue that has the marker copied has a person for its author. */
function isAboutDrift(issue: z.infer<typeof schema>["issue"], appId: number): boolean {
  const { state, body, user, performed_via_github_app: via } = issue;
  const byUs = user?.type === "Bot" && (via?.id ?? appId) === appId;
  return state === "open" && byUs && driftMarker.test(body ?? "");
}
