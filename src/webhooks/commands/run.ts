import type { Command, CommandCall, CommandInfo } from "../../model/command.ts";
import { Fault, UserError } from "../../model/errors.ts";
import type { Events } from "../../model/events.ts";
import type { GitHubFor, Permission } from "../../model/github.ts";
import type { CommandJob } from "../../model/jobs.ts";
import type { Logger } from "../../model/observe.ts";
import type { RunContext } from "../../model/queue.ts";
import { includes } from "../../policy/permission.ts";
import { parseArguments } from "./arguments.ts";
import { type Found, findCommands } from "./find-commands.ts";
import { withWrittenFix } from "./fix.ts";
import { announceOutcomes, callId } from "./outcome-events.ts";
import { COMMAND_LIMIT, done, doubtful, failed, type Outcome, refused, replyText, tooMany, unknown } from "./reply.ts";

/** What running commands needs. */
export interface CommandOptions<Ports> {
  readonly github: GitHubFor;
  readonly events: Pick<Events, "announce">;
  readonly log: Logger;
  readonly table: readonly Command<Ports>[];
  /** What the commands of the table act through. */
  readonly ports: Ports;
}

/** What became of the commands, and the first error that was not the user's. */
interface Outcomes {
  readonly outcomes: readonly Outcome[];
  readonly failure?: unknown;
}

/**
 * Carries out the commands of one comment in order: 👀, the right to each at this moment, then 🚀 or 👎 and one reply.
 * Idempotent: reactions and the reply are there once, and so is what commands do. A command that the user got wrong
 * does not stop the next. Another error is thrown for the queue to retry; on the last attempt only after the later
 * commands were tried and the reply says so. A run that is stopped or has lost its job replies nothing: the next one
 * does.
 */
export async function runCommands<Ports>(
  job: CommandJob,
  options: CommandOptions<Ports>,
  context: RunContext,
): Promise<void> {
  const found = findCommands(job.body, options.table);
  if (found.length === 0) return;
  let has: Permission;
  try {
    const github = await options.github(job.installationId, job.repository);
    [, has] = await Promise.all([github.react(job.commentId, "eyes"), github.permission(job.actor)]);
  } catch (error) {
    if (context.lastAttempt && !isStopped(context.signal)) {
      const outcomes = found.map((one) => noCommand(one) ?? failed(one, error));
      announceOutcomes(job, options.events, found, outcomes);
      await tryReply(job, options, context, outcomes);
    }
    throw error;
  }
  const { outcomes, failure } = await runEach(found, has, job, options, context);
  announceOutcomes(job, options.events, found, outcomes);
  if (failure === undefined) return reply(job, options, context, outcomes);
  await tryReply(job, options, context, outcomes);
  throw failure;
}

async function runEach<Ports>(
  found: readonly Found<Command<Ports>>[],
  has: Permission,
  job: CommandJob,
  options: CommandOptions<Ports>,
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
      outcomes.push(noCommand(one) ?? failed(one, error));
    }
  }
  if (found.length > COMMAND_LIMIT) outcomes.push(tooMany(found.length - COMMAND_LIMIT));
  return failure === undefined ? { outcomes } : { outcomes, failure };
}

async function runOne<Ports>(
  found: Found<Command<Ports>>,
  has: Permission,
  job: CommandJob,
  { ports }: CommandOptions<Ports>,
  signal: AbortSignal,
): Promise<Outcome> {
  if (found.kind !== "command") return noCommand(found);
  if (job.issue === true && found.command.onIssues !== true) return refused(found, onlyOnPulls(found.command), has);
  if (!includes(has, found.command.needs)) return refused(found, mayNot(found.command), has);
  try {
    return done(found, await carryOut(found.command, found.rest, callOf(job, has, found.line, signal), ports));
  } catch (error) {
    if (error instanceof UserError) return refused(found, error, has);
    throw error;
  }
}

/** The outcome of a line that is no command, whatever happens to the others. */
function noCommand(found: Exclude<Found, { kind: "command" }>): Outcome;
function noCommand(found: Found): Outcome | undefined;
function noCommand(found: Found): Outcome | undefined {
  if (found.kind === "command") return undefined;
  return found.kind === "unknown" ? unknown(found) : doubtful(found);
}

async function carryOut<Ports>(
  command: Command<Ports>,
  rest: string,
  call: CommandCall,
  ports: Ports,
): Promise<string> {
  const given = parseArguments(command, rest);
  try {
    return await command.run(given, call, ports);
  } catch (error) {
    throw error instanceof UserError ? withWrittenFix(command, given, error) : error;
  }
}

/** The line tells the commands of a comment apart, in every run and every version of Sluice. */
function callOf(job: CommandJob, permission: Permission, line: number, signal: AbortSignal): CommandCall {
  const { installationId, repository, pullRequest, issue, actor, at } = job;
  const where = { installationId, repository, pullRequest, ...(issue === true && { issue }) };
  return { ...where, actor, permission, id: callId(job, line), at, signal };
}

/** Replies where the first error counts more than a reply that fails: that goes to the log. */
async function tryReply(
  job: CommandJob,
  options: Pick<CommandOptions<unknown>, "github" | "log">,
  context: RunContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  try {
    await writeReply(job, options.github, context, outcomes);
  } catch (error) {
    options.log.warn({ error, comment: job.commentId }, "cannot reply that commands failed");
  }
}

async function reply(
  job: CommandJob,
  options: Pick<CommandOptions<unknown>, "github" | "log">,
  context: RunContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (context.signal.aborted) throw interrupted(context.signal);
  await writeReply(job, options.github, context, outcomes);
}

async function writeReply(
  job: CommandJob,
  githubFor: GitHubFor,
  { firstRun: first }: RunContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  const github = await githubFor(job.installationId, job.repository);
  await github.upsertComment(job.pullRequest, `reply-${job.commentId}`, replyText(job.actor, outcomes), { first });
  await github.react(job.commentId, outcomes.every((one) => one.kind === "done") ? "rocket" : "-1");
}

/**
 * Whether the run ends for another reason than its deadline: the worker stops or another worker has the job. Then the
 * job runs again, whatever attempt this was.
 */
function isStopped(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof Fault && signal.reason.kind === "timeout");
}

function interrupted(signal: AbortSignal): Fault {
  return new Fault("timeout", "the commands were interrupted", { cause: signal.reason });
}

function onlyOnPulls({ name }: CommandInfo): UserError {
  return new UserError("refused", `\`/${name}\` is about a pull request, and this is an issue`, {
    fix: "comment on a pull request",
  });
}

function mayNot({ name, needs }: CommandInfo): UserError {
  return new UserError("permission", `\`/${name}\` needs ${needs} access`, {
    fix: "Ask someone who has it to comment:",
  });
}
