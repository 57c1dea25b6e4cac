import { Fault, UserError } from "../../model/errors.ts";
import { type EventKind, type Events, eventId } from "../../model/events.ts";
import type { GitHubFor, Permission } from "../../model/github.ts";
import type { CommandJob } from "../../model/jobs.ts";
import type { Logger } from "../../model/observe.ts";
import type { PromotionCall, Promotions } from "../../model/promotion.ts";
import type { Queue, RunContext } from "../../model/queue.ts";
import { includes } from "../../policy/permission.ts";
import { parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { type Found, findCommands } from "./find.ts";
import { COMMAND_LIMIT, done, doubtful, failed, type Outcome, refused, replyText, tooMany, unknown } from "./reply.ts";
import { TABLE } from "./table.ts";

/** What running commands needs. */
export interface CommandOptions {
  readonly github: GitHubFor;
  readonly queue: Queue;
  readonly promotions: Promotions;
  readonly events: Events;
  readonly log: Logger;
  /** The commands; Sluice's own when absent. */
  readonly table?: readonly Command[];
}

/** What became of the commands, and the first error that was not the user's. */
interface Outcomes {
  readonly outcomes: readonly Outcome[];
  readonly failure?: unknown;
}

/**
 * Carries out the commands of one comment in order: 👀, the right to each at this moment, then 🚀 or 👎 and one reply. May be repeated: reactions and the reply are
 * there once, and what commands do is idempotent. A command that fails by the user's doing does not stop the next; another error is thrown for the queue to retry, on the last attempt
 * after the later commands were tried and the person was told. A run that is stopped or has lost its job tells nothing: the next one does.
 */
export async function runCommands(job: CommandJob, options: CommandOptions, context: RunContext): Promise<void> {
  const found = findCommands(job.body, options.table ?? TABLE);
  if (found.length === 0) return;
  let has: Permission;
  try {
    const github = await options.github(job.installationId, job.repository);
    [, has] = await Promise.all([github.react(job.commentId, "eyes"), github.permission(job.actor)]);
  } catch (error) {
    if (context.lastAttempt && !isStopped(context.signal)) {
      announceAll(job, options, found, found.map(failed));
      await tell(job, options, context, found.map(failed));
    }
    throw error;
  }
  const { outcomes, failure } = await runEach(found, has, job, options, context);
  announceAll(job, options, found, outcomes);
  if (failure === undefined) return answer(job, options, context, outcomes);
  await tell(job, options, context, outcomes);
  throw failure;
}

/** Before the reply, which may fail: what was carried out was. Lines after the tenth have no outcome of their own. */
function announceAll(
  job: CommandJob,
  { events }: CommandOptions,
  found: readonly Found[],
  outcomes: readonly Outcome[],
): void {
  for (const [index, one] of found.slice(0, COMMAND_LIMIT).entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined) events.announce(eventOf(job, one, outcome));
  }
}

function eventOf(job: CommandJob, found: Found, outcome: Outcome) {
  const { installationId, repository, pullRequest, commentId, actor, at } = job;
  const about = {
    at,
    installationId,
    repository,
    pullRequest,
    command: found.kind === "command" ? found.command.name : found.name,
    text: outcome.name,
    commentId,
    actor: { kind: "person", login: actor },
  } as const;
  const idOf = (kind: EventKind) => eventId(kind, repository, callId(job, found.line));
  if (outcome.kind === "done") return { kind: "command.done", id: idOf("command.done"), ...about } as const;
  const { why: reason, cause } = outcome;
  if (cause === "ours") return { kind: "command.failed", id: idOf("command.failed"), ...about } as const;
  const error = cause === "unknown" ? {} : { error: cause };
  return { kind: "command.refused", id: idOf("command.refused"), ...about, reason, ...error } as const;
}

async function runEach(
  found: readonly Found[],
  has: Permission,
  job: CommandJob,
  options: CommandOptions,
  context: RunContext,
): Promise<Outcomes> {
  const outcomes: Outcome[] = [];
  let failure: unknown;
  for (const one of found.slice(0, COMMAND_LIMIT)) {
    try {
      if (context.signal.aborted) throw interrupted(context.signal);
      outcomes.push(await runOne(one, has, job, options, context.signal));
    } catch (error) {
      if (!context.lastAttempt || isStopped(context.signal)) throw error;
      failure ??= error;
      outcomes.push(failed(one));
    }
  }
  if (found.length > COMMAND_LIMIT) outcomes.push(tooMany(found.length - COMMAND_LIMIT));
  return failure === undefined ? { outcomes } : { outcomes, failure };
}

async function runOne(
  found: Found,
  has: Permission,
  job: CommandJob,
  options: CommandOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  if (found.kind === "unknown") return unknown(found);
  if (found.kind === "doubtful") return doubtful(found);
  const { command, rest } = found;
  if (!includes(has, command.needs)) return refused(found, mayNot(job.actor, has, command));
  const { queue, promotions, table = TABLE } = options;
  const call = callOf(job, has, found.line, signal);
  try {
    return done(found, await command.run(parseArguments(command, rest), { job, queue, table, promotions, call }));
  } catch (error) {
    if (error instanceof UserError) return refused(found, error);
    throw error;
  }
}

/** The line tells the commands of a comment apart, in every run and every version of Sluice. */
function callOf(job: CommandJob, permission: Permission, line: number, signal: AbortSignal): PromotionCall {
  const { installationId, repository, pullRequest, actor, at } = job;
  return { installationId, repository, pullRequest, actor, permission, id: callId(job, line), at, signal };
}

function callId({ commentId }: CommandJob, line: number): string {
  return `comment-${commentId}-${line}`;
}

/** The first error is the one that counts; that the person could not be told of it goes to the log. */
async function tell(
  job: CommandJob,
  options: CommandOptions,
  context: RunContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  try {
    await say(job, options.github, context, outcomes);
  } catch (error) {
    options.log.warn({ error, comment: job.commentId }, "cannot tell that commands failed");
  }
}

async function answer(
  job: CommandJob,
  options: CommandOptions,
  context: RunContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (context.signal.aborted) throw interrupted(context.signal);
  await say(job, options.github, context, outcomes);
}

async function say(
  job: CommandJob,
  githubFor: GitHubFor,
  { firstRun: first }: RunContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  const github = await githubFor(job.installationId, job.repository);
  await github.upsertComment(job.pullRequest, `reply-${job.commentId}`, replyText(job.actor, outcomes), { first });
  await github.react(job.commentId, outcomes.every((one) => one.kind === "done") ? "rocket" : "-1");
}

/** Whether the run ends for another reason than its deadline: the worker stops or the job is another worker's. Then the job is run again, whatever attempt this was. */
function isStopped(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof Fault && signal.reason.kind === "timeout");
}

function interrupted(signal: AbortSignal): Fault {
  return new Fault("timeout", "the commands were interrupted", { cause: signal.reason });
}

function mayNot(actor: string, has: Permission, command: Command): UserError {
  const message = `it needs \`${command.needs}\` in this repository and \`${actor}\` has \`${has}\``;
  return new UserError("permission", message, { fix: "ask somebody who has it, or a maintainer for the right" });
}
