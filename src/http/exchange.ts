import { type Dispatcher, request as sendRequest } from "undici";
import { Fault, UserError } from "../model/errors.ts";
import { AddressRefused } from "./agent.ts";

/** One HTTP request. */
export interface HttpRequest {
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

/** What requests to one server have in common. */
export interface RequestSettings {
  readonly host: string;
  /** The server in messages: `The registry ghcr.io`. */
  readonly called: string;
  /** What makes a private address fine, as a sentence. */
  readonly privateFix: string;
  readonly dispatcher: Dispatcher;
  /** For the whole exchange, the body included. */
  readonly deadlineMs: number;
}

/** What becomes of a request on a connection that the other side ended meanwhile. */
const broken = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/**
 * Sends one request and reads its answer, as `send` does; once more where it only reads and the connection broke, as
 * connections that were kept do.
 */
export async function exchange(settings: RequestSettings, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  try {
    return await send(settings, request, signal);
  } catch (error) {
    const cause = error instanceof Fault ? error.cause : undefined;
    const again = request.method !== "POST" && broken.has(codeOf(cause));
    if (!again) throw error;
    return send(settings, request, signal);
  }
}

/**
 * Sends one request and reads its answer; follows nothing. Throws the signal's reason; `timeout` and `unavailable`
 * Faults; a `limit` UserError when the body is too long, a `refused` one when the host is at a private address. No
 * message carries what was sent.
 */
async function send(settings: RequestSettings, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const deadline = AbortSignal.timeout(settings.deadlineMs);
  try {
    const { statusCode, headers, body } = await sendRequest(request.url, {
      method: request.method,
      headers: { "user-agent": "sluice", "accept-encoding": "identity", ...request.headers },
      body: request.body ?? null,
      dispatcher: settings.dispatcher,
      signal: AbortSignal.any([signal, deadline]),
    });
    const lines = (name: string): readonly string[] => [headers[name] ?? []].flat();
    return {
      status: statusCode,
      url: request.url,
      lines,
      header: (name) => lines(name)[0],
      body: await read(settings, body, request.limit),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw failure(settings, request.url, deadline, error);
  }
}

async function read(settings: RequestSettings, body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw new UserError("limit", `${settings.called} sent more than ${limit} bytes at once`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failure(settings: RequestSettings, url: URL, deadline: AbortSignal, error: unknown): Error {
  if (error instanceof UserError) return error;
  const { called } = settings;
  const fields = { host: settings.host };
  if (error instanceof AddressRefused) {
    const where = url.host === settings.host ? called : `${called} leads to ${url.hostname}, which`;
    return new UserError("refused", `${where} is at a private address`, {
      fix: settings.privateFix,
      fields,
    });
  }
  if (deadline.aborted) {
    return new Fault("timeout", `${called} did not answer in ${settings.deadlineMs / 1000} s`, {
      peer: settings.host,
      fields,
    });
  }
  return new Fault("unavailable", `${called} could not be reached: ${codeOf(error)}`, {
    peer: settings.host,
    fields,
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
