import { type Dispatcher, request } from "undici";
import { Fault, UserError } from "../model/errors.ts";
import { AddressRefused } from "./agent.ts";

/** One HTTP request. */
export interface Ask {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The longest body that is read, in bytes. */
  readonly limit: number;
}

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly url: URL;
  header(name: string): string | undefined;
  /** Every line of the header. */
  lines(name: string): readonly string[];
  readonly body: Buffer;
}

/** What requests to one registry have in common. */
export interface Line {
  /** The registry's host, for messages. */
  readonly host: string;
  readonly dispatcher: Dispatcher;
  /** For the whole exchange, the body included. */
  readonly deadlineMs: number;
}

/** What becomes of a request on a connection that the other side ended meanwhile. */
const broken = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/**
 * Sends one request and reads its answer, as `send` does; once more where it only reads and the connection broke, as connections that were kept do.
 */
export async function exchange(line: Line, ask: Ask, signal: AbortSignal): Promise<Answer> {
  try {
    return await send(line, ask, signal);
  } catch (error) {
    const cause = error instanceof Fault ? error.cause : undefined;
    const again = ask.method !== "POST" && broken.has(codeOf(cause));
    if (!again) throw error;
    return send(line, ask, signal);
  }
}

/**
 * Sends one request and reads its answer; follows nothing. Throws the signal's reason; `timeout` and `unavailable` Faults; a `limit` UserError when the body is too long, a `refused` one
 * when the host is at a private address. No message carries what was sent.
 */
async function send(line: Line, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const deadline = AbortSignal.timeout(line.deadlineMs);
  try {
    const { statusCode, headers, body } = await request(ask.url, {
      method: ask.method,
      headers: { "user-agent": "sluice", "accept-encoding": "identity", ...ask.headers },
      body: ask.body ?? null,
      dispatcher: line.dispatcher,
      signal: AbortSignal.any([signal, deadline]),
    });
    const lines = (name: string): readonly string[] => [headers[name] ?? []].flat();
    return {
      status: statusCode,
      url: ask.url,
      lines,
      header: (name) => lines(name)[0],
      body: await read(line, body, ask.limit),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw failure(line, ask.url, deadline, error);
  }
}

async function read(line: Line, body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw new UserError("limit", `The registry ${line.host} sent more than ${limit} bytes at once`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failure(line: Line, url: URL, deadline: AbortSignal, error: unknown): Error {
  if (error instanceof UserError) return error;
  const fields = { registry: line.host };
  if (error instanceof AddressRefused) {
    const where = url.host === line.host ? line.host : `${line.host} leads to ${url.hostname}, which`;
    return new UserError("refused", `The registry ${where} is at a private address`, {
      fix: "If that is meant, set private: true for this registry in the server's settings.",
      fields,
    });
  }
  if (deadline.aborted) {
    return new Fault("timeout", `The registry ${line.host} did not answer in ${line.deadlineMs / 1000} s`, { fields });
  }
  return new Fault("unavailable", `The registry ${line.host} could not be reached: ${codeOf(error)}`, {
    fields,
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
