import { z } from "zod";
import type { Answer } from "../http/exchange.ts";
import { Fault, UserError } from "../model/errors.ts";
import type { Clock } from "../model/observe.ts";
import { retryAfterMs } from "../model/retry-after.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** How long a registry that throttles without saying for how long is left alone. */
const throttledMs = 60_000;

/** Who answered, and how to leave it alone for a while. */
export interface Answerer {
  readonly host: string;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
}

/**
 * Throws what a status that is neither success nor expected means: `throttled` and `unavailable` Faults after which the
 * limiter pauses for as long as the registry asked, a `permission` UserError for 401 and 403, an `input` one for other
 * refusals.
 */
export function refusal({ host, limiter, clock }: Answerer, answer: Answer, what: string): UserError | Fault {
  const { status } = answer;
  const waitMs = retryAfterMs(answer.header("retry-after"), clock());
  const fields = { registry: host, status };
  if (status === 429) {
    const wait = waitMs ?? throttledMs;
    limiter.pause("throttled", wait);
    return new Fault("throttled", `${host} asks to wait ${Math.ceil(wait / 1000)} seconds (429)`, {
      retryAfterMs: wait,
      peer: host,
      fields,
    });
  }
  if (status >= 500 || status === 408) {
    if (waitMs !== undefined) limiter.pause("unavailable", waitMs);
    const details = { fields, peer: host, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
    return new Fault("unavailable", `The registry ${host} answered ${status} for ${what}`, details);
  }
  const said = `The registry ${host} answered ${status}${codeOf(answer.body)} for ${what}`;
  if (status === 401 || status === 403) {
    return new UserError("permission", said, {
      fields,
      fix: `Give Sluice credentials that may read it: username and password of ${host} under registries in the server's settings.`,
    });
  }
  return new UserError("input", said, { fields });
}

const errorBody = z.object({ errors: z.tuple([z.object({ code: z.string().regex(/^[A-Z_]{1,40}$/) })], z.unknown()) });

/** The registry's own code of the error; its text may be anything and is left out. */
function codeOf(body: Buffer): string {
  const parsed = errorBody.safeParse(parseJson(body));
  return parsed.success ? ` ${parsed.data.errors[0].code}` : "";
}

/** The JSON of a body; `undefined` when it is none. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
