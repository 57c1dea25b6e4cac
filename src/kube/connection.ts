import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { Fault } from "../model/errors.ts";
import type { Clock } from "../model/observe.ts";
import { retryAfterMs } from "../model/retry-after.ts";
import { clockOffset } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Answer, type ExchangeSettings, exchange, type HttpRequest } from "./exchange.ts";
import { mayAnswerOtherwise } from "./refusals.ts";

/** What a connection is made of, beside where it leads. */
export interface ConnectionOptions {
  readonly clock: Clock;
  /** From 0 to 1; spreads out when a failing server is asked again. */
  readonly random: () => number;
  /** For one attempt, in milliseconds. */
  readonly deadlineMs: number;
  /** The longest wait before another attempt, in milliseconds: who asks for more is asked by a later job. */
  readonly maxWaitMs: number;
  /** The longest answer that is read, in bytes. */
  readonly maxBytes: number;
  /** Waits so many milliseconds. */
  readonly pause?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
  /** Aborts after so many milliseconds. */
  readonly deadline?: ((ms: number) => AbortSignal) | undefined;
}

/** One call of the API. */
export interface KubeRequest extends Partial<Pick<HttpRequest, "headers">> {
  readonly method: HttpRequest["method"];
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Default: JSON. */
  readonly accept?: string;
  /** How often it is tried in all; default 4. */
  readonly attempts?: number;
  /** Whether an answer that is no failure of the server is worth another attempt. */
  readonly retries?: (answer: Answer) => boolean;
}

/** Requests at once; more of them wait for a connection. */
const connections = 16;
const connectMs = 10_000;
/** How long a connection is kept that nobody uses: load balancers end it after a minute. */
const idleMs = 50_000;

/** One pool of connections to one API server. */
export class Connection {
  readonly #endpoint: Endpoint;
  readonly #options: ConnectionOptions;
  readonly #settings: ExchangeSettings;
  #clockOffset = 0;

  constructor(endpoint: Endpoint, options: ConnectionOptions) {
    const { name, server } = endpoint;
    this.#endpoint = endpoint;
    this.#options = options;
    const { deadlineMs, maxBytes, deadline } = options;
    this.#settings = { name, server, dispatcher: poolOf(endpoint), deadlineMs, deadline, maxBytes };
  }

  /**
   * The answer to a request that does no harm when it is sent again: the first that no other attempt would better, or
   * the last one. Throws `timeout` and `unavailable` Faults when there is none.
   */
  async send(request: KubeRequest, signal: AbortSignal): Promise<Answer> {
    const { attempts = 4, retries = () => false } = request;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#authorized(request, signal).catch((error: unknown) => {
        if (error instanceof Fault && attempt < attempts) return undefined;
        throw error;
      });
      const isLast = (one: Answer): boolean => attempt === attempts || !(mayAnswerOtherwise(one) || retries(one));
      if (answer !== undefined && isLast(answer)) return answer;
      const wait = this.#waitMs(answer, attempt);
      if (answer !== undefined && wait > this.#options.maxWaitMs) return answer;
      await (this.#options.pause ?? pause)(wait, signal);
    }
  }

  /** By how much the server's clock is ahead of this process's, as far as its answers say; see `clockOffset`. */
  get clockOffset(): number {
    return this.#clockOffset;
  }

  close(): Promise<void> {
    return this.#settings.dispatcher.close();
  }

  /** Credentials may have expired since they were asked for. */
  async #authorized(request: KubeRequest, signal: AbortSignal): Promise<Answer> {
    const { method, path, body, contentType, accept = "application/json" } = request;
    const send = async (refused: boolean): Promise<Answer> => {
      const headers = {
        ...request.headers,
        ...(await this.#endpoint.headers({ refused })),
        accept,
        ...(contentType !== undefined && { "content-type": contentType }),
      };
      const { clock } = this.#options;
      const sent = clock();
      const answer = await exchange(this.#settings, { method, path, body, headers }, signal);
      this.#clockOffset = clockOffset(this.#clockOffset, answer.date, { sent, received: clock() });
      return answer;
    };
    const answer = await send(false);
    return answer.status === 401 ? send(true) : answer;
  }

  /** What the server asks for, else a quarter of a second, doubled with each attempt; half of it by chance. */
  #waitMs(answer: Answer | undefined, attempt: number): number {
    const asked = retryAfterMs(answer?.retryAfter, this.#options.clock());
    return asked ?? 250 * 2 ** (attempt - 1) * (0.5 + this.#options.random() / 2);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Over HTTP/2 the library sends a header of many values as one: many groups would be one that nobody has. */
function poolOf({ tls, proxy }: Endpoint): Dispatcher {
  const options = { connections, keepAliveTimeout: idleMs, allowH2: false };
  if (proxy !== undefined) return new ProxyAgent({ ...options, uri: proxy, requestTls: tls });
  return new Agent({ ...options, connect: { ...tls, timeout: connectMs } });
}
