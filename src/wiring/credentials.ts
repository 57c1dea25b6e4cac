import { messageOf } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import type { Problem } from "../model/operator.ts";

/** What is known of the App's credentials. */
export interface CredentialsWatch {
  /** What the operator has to put right, as of the last look. */
  problems(): readonly Problem[];
  /** No look follows, and the one that is under way says nothing any more. */
  stop(): Promise<void>;
}

/** What looks. */
export interface CredentialsParts {
  readonly check: () => Promise<readonly Problem[]>;
  /** Runs once GitHub takes the credentials, until it succeeds once. */
  readonly accepted?: (signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

/** While something is wrong, or GitHub was away, it is looked again after this time, in milliseconds. */
const againMs = 5 * 60_000;

/**
 * Looks at the start whether GitHub takes the App's credentials and gives it what it needs, and says each problem once
 * at `error`. While there is one it looks again, so that `/readyz` follows what the operator does.
 */
export function watchCredentials({ check, accepted, log }: CredentialsParts): CredentialsWatch {
  let found: readonly Problem[] = [];
  let timer: NodeJS.Timeout | undefined;
  let todo = accepted;
  const stop = new AbortController();
  const say = sayOnce(log);
  const look = async (): Promise<void> => {
    found = await check();
    if (stop.signal.aborted) return;
    say(found);
    if (found.some(({ fatal }) => fatal)) return;
    await todo?.(stop.signal);
    todo = undefined;
  };
  const lookAgain = async (): Promise<void> => {
    const failed = await look().catch((error: unknown) => messageOf(error));
    if (stop.signal.aborted) return;
    if (failed !== undefined) log.warn({ error: failed }, `GitHub could not be asked about the App yet: ${failed}`);
    if (failed !== undefined || found.length > 0) timer = setTimeout(() => void lookAgain(), againMs).unref();
  };
  void lookAgain();
  return {
    problems: () => found,
    stop: async () => {
      stop.abort();
      clearTimeout(timer);
    },
  };
}

function sayOnce(log: Logger): (problems: readonly Problem[]) => void {
  const said = new Set<string>();
  return (problems) => {
    for (const { message, fix } of problems) {
      // A clock that is off is off by other seconds at each look.
      const known = message.replaceAll(/\d+/g, "");
      if (said.has(known)) continue;
      said.add(known);
      log.error({ fix }, message);
    }
  };
}
