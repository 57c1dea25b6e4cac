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

/** While something is wrong, or GitHub was away, it is looked again after this time, in milliseconds. */
const againMs = 5 * 60_000;

/**
 * Looks at the start whether GitHub takes the App's credentials and gives it what it needs, and says each problem once
 * at `error`. While there is one it looks again, so that `/readyz` follows what the operator does.
 */
export function watchCredentials(check: () => Promise<readonly Problem[]>, log: Logger): CredentialsWatch {
  let found: readonly Problem[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const said = new Set<string>();
  const look = async (): Promise<void> => {
    let again = true;
    try {
      found = await check();
      if (stopped) return;
      again = found.length > 0;
      for (const { message, fix } of found) {
        if (said.has(message)) continue;
        said.add(message);
        log.error({ fix }, message);
      }
    } catch (error) {
      if (stopped) return;
      log.warn({ error }, `the App's credentials could not be checked yet: ${messageOf(error)}`);
    }
    if (again) timer = setTimeout(() => void look(), againMs).unref();
  };
  void look();
  return {
    problems: () => found,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
