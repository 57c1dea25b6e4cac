import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again and again until the answer is not `undefined` or `false`; throws with `what` at the deadline. That is for
 * what never comes: no machine is so busy that it should be reached otherwise.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 540_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`did not happen within ${deadlineMs} ms: ${what}`);
    await sleep(25);
  }
}
