import { z } from "zod";
import { Fault, messageOf, UserError } from "../model/errors.ts";

/** What was asked when it failed. */
export interface Asked {
  /** `owner/name`, or `the App` for what the App asks about itself. */
  readonly repository: string;
  /** Method and path template, e.g. `GET /repos/{owner}/{repo}`. */
  readonly route: string;
}

/** Where GitHub names no time it asks for at least a minute. */
const DEFAULT_WAIT_MS = 60_000;

const refusal = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()).catch({}) }).optional(),
});
type Refusal = z.infer<typeof refusal>;

/** The status of GitHub's answer; 0 when there was none. */
export function statusOf(error: unknown): number {
  const parsed = refusal.safeParse(error);
  return parsed.success && parsed.data.response !== undefined ? parsed.data.status : 0;
}

/** Turns what Octokit throws into one of our errors. `now` is in milliseconds since the epoch. Nothing of the request but its route is kept. */
export function toSluiceError(error: unknown, asked: Asked, now: number): Fault | UserError {
  if (error instanceof Fault || error instanceof UserError) return error;
  const parsed = refusal.safeParse(error);
  if (!parsed.success || parsed.data.response === undefined) return withoutAnswer(error, asked);
  return fromAnswer(parsed.data, asked, now);
}

/** Whether the request may have been carried out although it failed: look before doing it again. */
export function mayHaveHappened(error: unknown): boolean {
  return error instanceof Fault && (error.kind === "unavailable" || error.kind === "timeout");
}

function withoutAnswer(error: unknown, asked: Asked): Fault {
  const where = `${asked.route} of ${asked.repository}`;
  const fields = { ...asked };
  if (causes(error).some((one) => one.name === "TimeoutError")) {
    return new Fault("timeout", `GitHub did not answer in time: ${where}`, { fields });
  }
  if (isTransport(error)) {
    return new Fault("unavailable", `GitHub cannot be reached: ${where}: ${messageOf(error)}`, {
      fields,
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

function fromAnswer(answer: Refusal, asked: Asked, now: number): Fault | UserError {
  const { status, message } = answer;
  const text = `GitHub answered ${status} to ${asked.route} of ${asked.repository}: ${message}`;
  const details = { fields: { ...asked, status } };
  if (isThrottled(answer)) return new Fault("throttled", text, { ...details, retryAfterMs: waitMs(answer, now) });
  if (status === 422 && asked.route.endsWith("/access_tokens")) return notGranted(text, details.fields);
  if (status === 401 || status === 409 || status >= 500) return new Fault("unavailable", text, details);
  if (status === 403 || status === 451) return notGranted(text, details.fields);
  if (status === 404 || status === 410) {
    return new UserError("not-found", text, {
      ...details,
      fix: "see that it exists and that the App is installed on the repository",
    });
  }
  return new Fault("bug", text, details);
}

function notGranted(text: string, fields: Readonly<Record<string, string | number>>): UserError {
  const fix =
    "see that the App is installed on the repository, that the permissions it asks for were accepted, and that the repository is not archived";
  return new UserError("permission", text, { fields, fix });
}

/** The primary limit, the secondary one, or too much content in a short time. */
function isThrottled(answer: Refusal): boolean {
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

function waitMs(answer: Refusal, now: number): number {
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
