import { Fault } from "../model/errors.ts";
import type { Clock } from "../model/observe.ts";
import type { Send } from "./client.ts";
import { DEFAULT_WAIT_MS } from "./errors.ts";

/**
 * Sends nothing while GitHub asks to wait: whoever goes on asking is refused for longer, and in the end for good. What
 * would be sent then is `throttled` with what is left of the wait. Limits are those of an installation: each has one.
 */
export function createPausingSend(send: Send, clock: Clock): Send {
  let until = 0;
  return async (octokit, call, parameters, expected) => {
    const leftMs = until - clock();
    if (leftMs > 0)
      throw new Fault("throttled", `GitHub asked to wait before ${call.route} of ${call.repository}`, {
        fields: { ...call },
        retryAfterMs: leftMs,
      });
    try {
      return await send(octokit, call, parameters, expected);
    } catch (error) {
      if (error instanceof Fault && error.kind === "throttled")
        until = Math.max(until, clock() + (error.retryAfterMs ?? DEFAULT_WAIT_MS));
      throw error;
    }
  };
}
