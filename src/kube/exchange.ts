import { type Dispatcher, request as sendRequest } from "undici";
import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";

/** One HTTP request to an API server. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
}

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** When the server says that it answered. */
  readonly date: string | undefined;
  readonly text: string;
}

/** What all exchanges with one server have in common. */
export interface ExchangeSettings {
  /** The cluster's name in messages. */
  readonly name: string;
  readonly server: URL;
  readonly dispatcher: Dispatcher;
  /** For the whole exchange, the body included. */
  readonly deadlineMs: number;
  /** Aborts after so many milliseconds; in place of a timer. */
  readonly deadline: ((ms: number) => AbortSignal) | undefined;
  /** The longest body that is read, in bytes. */
  readonly maxBytes: number;
}

/**
 * Sends one request and reads its answer. Throws the signal's reason; `timeout` and `unavailable` Faults; a `limit`
 * UserError when the body is too long. No message carries what was sent.
 */
export async function exchange(settings: ExchangeSettings, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const limit = limited(settings, signal);
  try {
    const { statusCode, headers, body } = await sendRequest(urlOf(settings.server, request.path), {
      method: request.method,
      headers: { "user-agent": "sluice", ...request.headers },
      body: request.body ?? null,
      dispatcher: settings.dispatcher,
      signal: limit.signal,
      // The deadline is the one that counts.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const [[retryAfter], [date]] = [[headers["retry-after"] ?? []].flat(), [headers.date ?? []].flat()];
    return { status: statusCode, retryAfter, date, text: await read(settings, body) };
  } catch (error) {
    signal.throwIfAborted();
    throw failure(settings, limit.deadline, error);
  } finally {
    limit.end();
  }
}

/**
 * Aborts with the caller's signal and at the deadline, and lets go of both at the end. What `AbortSignal.any` and
 * `AbortSignal.timeout` make stays until all memory is looked through: hundreds of MB where a target has many objects.
 */
function limited({ deadline: other, deadlineMs }: ExchangeSettings, signal: AbortSignal) {
  const [own, late] = [new AbortController(), new AbortController()];
  const timer = other === undefined ? setTimeout(() => late.abort(), deadlineMs) : undefined;
  const deadline = other?.(deadlineMs) ?? late.signal;
  const abort = (): void => own.abort();
  const forget = [signal, deadline].map((one) => onAbort(one, abort));
  const end = (): void => {
    clearTimeout(timer);
    for (const one of forget) one();
  };
  return { signal: own.signal, deadline, end };
}

/** What is called when a signal aborts. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls when the signal aborts, at once where it has; gives what ends that. One listener for all who wait: a signal's
 * former listeners keep hold of those that came after them, so thousands of requests would stay with their answers.
 */
function onAbort(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) call();
  const all = waiting.get(signal) ?? listened(signal);
  all.add(call);
  return () => void all.delete(call);
}

function listened(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  const callAll = (): void => {
    for (const call of all) call();
  };
  signal.addEventListener("abort", callAll, { once: true });
  return all;
}

/** A server may live below a path, as behind Rancher. */
function urlOf(server: URL, path: string): string {
  return `${server.origin}${server.pathname.replace(/\/$/, "")}${path}`;
}

async function read({ name, maxBytes }: ExchangeSettings, body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new UserError("limit", `Cluster ${name} sent more than ${maxBytes} bytes at once`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function failure({ name, deadlineMs }: ExchangeSettings, deadline: AbortSignal, error: unknown): Error {
  if (error instanceof UserError) return error;
  const fields = { cluster: name };
  if (deadline.aborted)
    return new Fault("timeout", `Cluster ${name} did not answer in ${deadlineMs / 1000} s`, { fields });
  return new Fault("unavailable", `Cluster ${name} cannot be reached: ${codeOf(error)}`, { fields });
}

const coded = z.object({ code: z.string() });

/** The network's own name for what went wrong. The error itself may hold the request. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return coded.safeParse(error).data?.code ?? (error instanceof Error ? error.name : "unknown");
}
