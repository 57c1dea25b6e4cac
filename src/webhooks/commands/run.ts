import { Fault, UserError } from "../../model/errors.ts";
import type { GitHubFor, Permission } from "../../model/github.ts";
import type { CommandJob } from "../../model/jobs.ts";
import type { Logger } from "../../model/observe.ts";
import type { Queue, RunContext } from "../../model/queue.ts";
import { includes } from "../../policy/permission.ts";
import { parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { type Found, findCommands } from "./find.ts";
import { COMMAND_LIMIT, type Outcome, refused, replyText, tooMany, unknown } from "./reply.ts";
import { TABLE } from "./table.ts";

/** What running commands needs. */
export interface CommandOptions {
  readonly github: GitHubFor;
  readonly queue: Queue;
  readonly log: Logger;
  /** The commands; Sluice's own when absent. */
  readonly table?: readonly Command[];
}

/**
 * Carries out the commands of one comment: 👀, the right to each at this moment, then 🚀 or 👎 and one reply. May be repeated: reactions and the reply are
 * there once, and what commands do is idempotent. A Fault is thrown for the queue to retry; on the last attempt the person is told first.
 */
export async function runCommands(job: CommandJob, options: CommandOptions, context: RunContext): Promise<void> {
  const table = options.table ?? TABLE;
  const found = findCommands(job.body, table);
  if (found.length === 0) return;
  const github = await options.github(job.installationId, job.repository);
  await github.react(job.commentId, "eyes");
  try {
    const has = await github.permission(job.actor);
    const outcomes: Outcome[] = [];
    for (const one of found.slice(0, COMMAND_LIMIT)) {
      if (context.signal.aborted)
        throw new Fault("timeout", "the commands were interrupted", { cause: context.signal.reason });
      outcomes.push(await runOne(one, has, job, options.queue, table));
    }
    if (found.length > COMMAND_LIMIT) outcomes.push(tooMany(found.length - COMMAND_LIMIT));
    await answer(job, options.github, outcomes);
  } catch (error) {
    if (isFinal(error, context)) await tellFailure(job, options, found);
    throw error;
  }
}

async function runOne(
  found: Found,
  has: Permission,
  job: CommandJob,
  queue: Queue,
  table: readonly Command[],
): Promise<Outcome> {
  if (found.kind === "unknown") return unknown(found);
  const { command, rest } = found;
  if (!includes(has, command.needs)) return refused(command.name, mayNot(job.actor, has, command));
  try {
    const said = await command.run(parseArguments(command, rest), { job, queue, table });
    return { kind: "done", name: command.name, said };
  } catch (error) {
    if (error instanceof UserError) return refused(command.name, error);
    throw error;
  }
}

/** Whether the queue will not run the job again. */
function isFinal(error: unknown, context: RunContext): boolean {
  return context.lastAttempt || !(error instanceof Fault) || error.kind === "bug";
}

/** The first error is the one that counts; that the person could not be told of it goes to the log. */
async function tellFailure(job: CommandJob, options: CommandOptions, found: readonly Found[]): Promise<void> {
  try {
    await answer(job, options.github, found.map(failed));
  } catch (error) {
    options.log.warn({ error, comment: job.commentId }, "cannot tell that commands failed");
  }
}

async function answer(job: CommandJob, githubFor: GitHubFor, outcomes: readonly Outcome[]): Promise<void> {
  const github = await githubFor(job.installationId, job.repository);
  await github.upsertComment(job.pullRequest, `reply-${job.commentId}`, replyText(job.actor, outcomes));
  await github.react(job.commentId, outcomes.every((one) => one.kind === "done") ? "rocket" : "-1");
}

function mayNot(actor: string, has: Permission, command: Command): UserError {
  const message = `it needs \`${command.needs}\` in this repository and \`${actor}\` has \`${has}\``;
  return new UserError("permission", message, { fix: "ask somebody who has it, or a maintainer for the right" });
}

function failed(found: Found): Outcome {
  const name = found.kind === "command" ? found.command.name : found.name;
  return {
    kind: "refused",
    name,
    why: "it could not be carried out, and it was not your doing",
    fix: "try again later",
  };
}
