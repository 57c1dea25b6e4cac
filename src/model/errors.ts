/**
 * Errors are two families: the user's (their repository, configuration, command or rights: a person must fix it) and
 * ours (the world or Sluice failed). The `kind` decides what the queue does with the job; see `queue/outcome.ts`.
 */

/**
 * Kinds of errors that a person who uses Sluice can fix. The job is done: the error is its result and is told to the
 * person.
 */
export type UserErrorKind = "usage" | "in-use" | "config" | "input" | "refused" | "limit" | "permission" | "not-found";

/**
 * Kinds of errors that are not the user's. `unavailable` is retried with delays, `throttled` after `retryAfterMs`,
 * `bug` fails the job after a few attempts.
 */
export type FaultKind = "unavailable" | "throttled" | "timeout" | "bug";

/** Where in a file of the repository an error stands. `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

interface ErrorDetails {
  readonly cause?: unknown;
  /** Further facts for the log, never secrets. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** Something the user did or wrote cannot be done. `message` says what and where, `fix` how to fix it. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly kind: UserErrorKind;
  readonly place: Place | undefined;
  readonly fix: string | undefined;
  readonly fields: Readonly<Record<string, string | number | boolean>>;

  constructor(kind: UserErrorKind, message: string, details: ErrorDetails & { place?: Place; fix?: string } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.place = details.place;
    this.fix = details.fix;
    this.fields = details.fields ?? {};
  }
}

/**
 * The world or Sluice itself failed. `retryAfterMs` is what the other side asked for, where it did; `peer` is who that
 * is, as people know it: `GitHub`, a host name.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly kind: FaultKind;
  readonly retryAfterMs: number | undefined;
  readonly peer: string | undefined;
  readonly fields: Readonly<Record<string, string | number | boolean>>;

  constructor(kind: FaultKind, message: string, details: ErrorDetails & { retryAfterMs?: number; peer?: string } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs;
    this.peer = details.peer;
    this.fields = details.fields ?? {};
  }
}

/** The text of whatever was thrown, for messages and logs. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
