import { z } from "zod";
import { Fault, messageOf, UserError } from "../model/errors.ts";
import { clip } from "../model/text/lines.ts";

/** A request by its repository and route. */
export interface ApiCall {
  /** `owner/name`, or `the App` for what the App asks about itself. */
  readonly repository: string;
  /** Method and path template, e.g. `GET /repos/{owner}/{repo}`. */
  readonly route: string;
}

/** An answer that says no, where the caller knows what that means. */
export interface Refusal {
  readonly status: number;
  /** GitHub's own words on one line, at most 500 characters. They may quote what people wrote. */
  readonly text: string;
  /** What it is when it means nothing to the caller. */
  readonly error: Fault | UserError;
}

/** The wait where GitHub names none: it asks for at least a minute. */
export const DEFAULT_WAIT_MS = 60_000;

const TEXT_LIMIT = 500;

const failure = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()).catch({}), data: z.unknown().optional() }).optional(),
});
type Failure = z.infer<typeof failure>;

/** The body of a refusal. The message of a 422 is often a mere "Validation Failed": what is wrong is in `errors`. */
const body = z.object({
  message: z.string(),
  errors: z
    .array(
      z.union([
        z.string(),
        z.object({ message: z.string().optional(), field: z.string().optional(), code: z.string() }),
      ]),
    )
    .catch([])
    .default([]),
});

/** The status of GitHub's answer; 0 when there was none. */
export function statusOf(error: unknown): number {
  const parsed = failure.safeParse(error);
  return parsed.success && parsed.data.response !== undefined ? parsed.data.status : 0;
}

/**
 * Turns what Octokit throws into one of our errors. `now` is in milliseconds since the epoch. Nothing of the request
 * but its route is kept.
 */
export function toSluiceError(error: unknown, call: ApiCall, now: number): Fault | UserError {
  if (error instanceof Fault || error instanceof UserError) return error;
  const parsed = failure.safeParse(error);
  if (!parsed.success || parsed.data.response === undefined) return withoutAnswer(error, call);
  return fromAnswer(parsed.data, call, now);
}

/**
 * What Octokit threw as an answer that the caller expects: one of these statuses, and no limit. `undefined` for
 * everything else.
 */
export function toRefusal(
  error: unknown,
  statuses: readonly number[],
  call: ApiCall,
  now: number,
): Refusal | undefined {
  const parsed = failure.safeParse(error);
  if (!parsed.success || parsed.data.response === undefined) return undefined;
  const { status, message, response } = parsed.data;
  if (!statuses.includes(status) || isThrottled(parsed.data)) return undefined;
  return { status, text: wordsOf(response.data) ?? oneLine(message), error: fromAnswer(parsed.data, call, now) };
}

/** Any text on one line, no longer than a reason may be. */
export function oneLine(text: string): string {
  const line = text
    .trim()
    .replaceAll(/\s*\n\s*/g, ": ")
    .replaceAll(/\s+/g, " ");
  return clip(line, TEXT_LIMIT);
}

/** Whether the request may have been carried out although it failed: look before doing it again. */
export function mayHaveHappened(error: unknown): boolean {
  return error instanceof Fault && (error.kind === "unavailable" || error.kind === "timeout");
}

/**
 * Does what must not be done twice. After an answer that tells nothing it reads back whether it was done, and gives up
 * only when it was not.
 */
export async function orReadBack<T>(act: () => Promise<T>, readBack: () => Promise<T | undefined>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const found = await readBack();
    if (found === undefined) throw error;
    return found;
  }
}

/**
 * A rule of the repository, or what GitHub holds to be valid, stands against what was asked. `what` completes "GitHub
 * refused to …".
 */
export function refusedBy({ text, status }: Refusal, what: string): UserError {
  return new UserError("refused", `GitHub refused to ${what}: ${text}`, {
    fields: { status },
    fix: "do what GitHub asks for, or let the App bypass the rule that stands against it (Settings → Rules of the repository)",
  });
}

/** Who it is that does not answer. */
const peer = "GitHub";

function withoutAnswer(error: unknown, call: ApiCall): Fault {
  const where = `${call.route} of ${call.repository}`;
  const fields = { ...call };
  if (causes(error).some((one) => one.name === "TimeoutError")) {
    return new Fault("timeout", `GitHub did not answer in time: ${where}`, { fields, peer });
  }
  if (isTransport(error)) {
    return new Fault("unavailable", `GitHub cannot be reached: ${where}: ${messageOf(error)}`, {
      fields,
      peer,
      cause: lastCause(error),
    });
  }
  return new Fault("bug", `cannot ask GitHub: ${where}: ${messageOf(error)}`, { fields, cause: error });
}

function isTransport(error: unknown): boolean {
  return causes(error).some((one) => one.name === "HttpError" || one.name === "AbortError");
}

/** Octokit's error carries the whole request; what lies below it is the network's own error. */
function lastCause(error: unknown): Error | undefined {
  return causes(error).at(-1);
}

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let one = error; one instanceof Error && chain.length < 5; one = one.cause) chain.push(one);
  return chain;
}

function fromAnswer(answer: Failure, call: ApiCall, now: number): Fault | UserError {
  const { status, message } = answer;
  const text = `GitHub answered ${status} to ${call.route} of ${call.repository}: ${message}`;
  const details = { fields: { ...call, status } };
  if (isThrottled(answer)) return new Fault("throttled", text, { ...details, peer, retryAfterMs: waitMs(answer, now) });
  if (status === 422 && call.route.endsWith("/access_tokens")) return notGranted(text, details.fields);
  if (status === 401 || status === 409 || status >= 500) return new Fault("unavailable", text, { ...details, peer });
  if (status === 403 || status === 451) return notGranted(text, details.fields);
  if (status === 404 || status === 410) {
    return new UserError("not-found", text, {
      ...details,
      fix: "see that it exists and that the App is installed on the repository",
    });
  }
  return new Fault("bug", text, details);
}

function wordsOf(data: unknown): string | undefined {
  const parsed = body.safeParse(data);
  if (!parsed.success) return undefined;
  const { message, errors } = parsed.data;
  const details = errors.map((one) =>
    typeof one === "string" ? one : (one.message ?? [one.field, one.code].filter(Boolean).join(" is ")),
  );
  return oneLine([message, ...details].join("\n"));
}

function notGranted(text: string, fields: Readonly<Record<string, string | number>>): UserError {
  const fix =
    "see that the App is installed on the repository, that the permissions it asks for were accepted, and that the repository is not archived";
  return new UserError("permission", text, { fields, fix });
}

/** The primary limit, the secondary one, or too much content in a short time. */
function isThrottled(answer: Failure): boolean {
  if (answer.status === 429) return true;
  if (answer.status === 422) return /submitted too quickly/i.test(answer.message);
  if (answer.status !== 403) return false;
  const headers = answer.response?.headers ?? {};
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /secondary rate limit|abuse detection/i.test(answer.message)
  );
}

function waitMs(answer: Failure, now: number): number {
  const headers = answer.response?.headers ?? {};
  const seconds = numberOf(headers["retry-after"]);
  if (seconds !== undefined) return seconds * 1000;
  const reset = numberOf(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] !== "0" || reset === undefined) return DEFAULT_WAIT_MS;
  return Math.max(1000, reset * 1000 - now);
}

function numberOf(header: unknown): number | undefined {
  const value = typeof header === "string" && header !== "" ? Number(header) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
