import { type EventKind, type Events, eventId } from "../../model/events.ts";
import type { CommandJob } from "../../model/jobs.ts";
import type { Found } from "./find-commands.ts";
import { COMMAND_LIMIT, type Outcome } from "./reply.ts";

/** Tells the commands of a comment apart by their lines: the same in every run and every version of Sluice. */
export function callId({ commentId }: CommandJob, line: number): string {
  return `comment-${commentId}-${line}`;
}

/**
 * Announces what became of each command, before the reply, which may fail. Lines after the tenth have no outcome of
 * their own.
 */
export function announceOutcomes(
  job: CommandJob,
  events: Pick<Events, "announce">,
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
