import type { Agent } from "undici";
import { type Answer, exchange, type HttpRequest } from "../http/exchange.ts";
import { type FollowSettings, follow } from "../http/redirects.ts";
import { Fault, type UserError } from "../model/errors.ts";
import type { Clock, Logger } from "../model/observe.ts";
import { withSignal } from "../model/with-signal.ts";
import type { Endpoint } from "./endpoint.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { refusal } from "./responses.ts";
import { Authorizer } from "./tokens.ts";

/** A request about a repository of the registry. */
export interface RepositoryRequest {
  readonly method: "GET" | "HEAD";
  readonly repository: string;
  /** Behind `/v2/<repository>/`. */
  readonly path: string;
  readonly search?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly limit: number;
}

/** What every connection has. */
export interface ConnectionOptions {
  readonly agent: Agent;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly deadlineMs: number;
  readonly maxWaitMs: number;
  /** Called for each request that was sent. */
  readonly observe: (call: RegistryCall) => void;
}

/** One request that a registry or its token service answered. */
export interface RegistryCall {
  readonly host: string;
  readonly kind: "token" | "tags" | "manifests" | "blobs";
  readonly method: "GET" | "HEAD" | "POST";
  readonly status: number;
}

/** As many failures in a row make a registry one that is down. */
const failuresInRow = 3;

/** Speaks to one registry: with its credentials, at its pace. */
export class Connection {
  readonly endpoint: Endpoint;
  readonly #options: ConnectionOptions;
  readonly #settings: FollowSettings;
  readonly #limiter: RateLimiter;
  readonly #authorizer: Authorizer;
  /** Requests in a row that failed. */
  #failures = 0;

  constructor(endpoint: Endpoint, options: ConnectionOptions) {
    const { host, insecure, requestsPerSecond, concurrency } = endpoint;
    const { agent, clock, deadlineMs, maxWaitMs } = options;
    this.endpoint = endpoint;
    this.#options = options;
    this.#settings = {
      host,
      called: `The registry ${host}`,
      privateFix: "If that is meant, set private: true for this registry in the server's settings.",
      dispatcher: agent,
      deadlineMs,
      insecure,
    };
    this.#limiter = new RateLimiter({ host, requestsPerSecond, concurrency, clock, maxWaitMs });
    this.#authorizer = new Authorizer({
      endpoint,
      clock,
      send: (request) => this.#sendForToken(request),
      refusal: (answer, what) => this.refusal(answer, what),
    });
  }

  /**
   * The answer to a request, whatever its status but 401, of which there is one only when the credentials do not do.
   */
  async send(request: RepositoryRequest, signal: AbortSignal): Promise<Answer> {
    const { origin, prefix } = this.endpoint;
    const url = new URL(`/v2/${prefix}${request.repository}/${request.path}${request.search ?? ""}`, origin);
    // One round for a token that no longer holds, one for a scope that was not asked for.
    for (let round = 0; ; round += 1) {
      const authorization = await withSignal(signal, () => this.#authorizer.header(request.repository));
      const headers = authorization === undefined ? request.headers : { ...request.headers, authorization };
      const answer = await this.#exchange(
        { method: request.method, url, headers, limit: request.limit },
        kindOf(request.path),
        signal,
      );
      const ours = answer.url.origin === origin.origin;
      if (answer.status !== 401 || !ours || round === 2) return answer;
      const challenged = () => this.#authorizer.challenged(request.repository, answer, authorization);
      if (!(await withSignal(signal, challenged))) return answer;
    }
  }

  /** What an answer that is no success means; leaves the registry alone for as long as it asks. */
  refusal(answer: Answer, what: string): UserError | Fault {
    const problem = refusal(
      { host: this.endpoint.host, limiter: this.#limiter, clock: this.#options.clock },
      answer,
      what,
    );
    if (problem instanceof Fault)
      this.#options.log.warn({ ...problem.fields, waitMs: problem.retryAfterMs }, problem.message);
    return problem;
  }

  #exchange(request: HttpRequest, kind: RegistryCall["kind"], signal: AbortSignal): Promise<Answer> {
    return this.#watched(kind, request, signal, () => follow(this.#settings, request, signal));
  }

  /** Not aborted with the caller, since others may wait for the same token; the deadline ends it. */
  #sendForToken(request: HttpRequest): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#options.deadlineMs + this.#options.maxWaitMs);
    return this.#watched("token", request, signal, () => exchange(this.#settings, request, signal));
  }

  #watched(
    kind: RegistryCall["kind"],
    request: HttpRequest,
    signal: AbortSignal,
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    return this.#limiter.run(signal, async () => {
      try {
        const answer = await send();
        this.#options.observe({ host: this.endpoint.host, kind, method: request.method, status: answer.status });
        this.#note(answer.status >= 500);
        return answer;
      } catch (error) {
        if (error instanceof Fault) this.#note(true);
        throw error;
      }
    });
  }

  /**
   * Leaves a registry alone that fails again and again, for one second at first and thirty at most; half of it by
   * chance.
   */
  #note(failed: boolean): void {
    this.#failures = failed ? this.#failures + 1 : 0;
    if (this.#failures < failuresInRow) return;
    const wait = Math.min(30_000, 1000 * 2 ** (this.#failures - failuresInRow)) * (0.5 + this.#options.random() / 2);
    this.#limiter.pause("unavailable", wait);
    const fields = { registry: this.endpoint.host, failures: this.#failures, waitMs: Math.round(wait) };
    this.#options.log.warn(fields, "registry fails");
  }
}

function kindOf(path: string): RegistryCall["kind"] {
  if (path.startsWith("tags/")) return "tags";
  return path.startsWith("blobs/") ? "blobs" : "manifests";
}
