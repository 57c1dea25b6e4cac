import type { Agent } from "undici";
import { Fault, type UserError } from "../model/errors.ts";
import type { Clock, Logger } from "../model/observe.ts";
import { withSignal } from "./abortable.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Answer, type Ask, exchange, type Line } from "./exchange.ts";
import { Gate } from "./rate-limiter.ts";
import { follow } from "./redirects.ts";
import { refusal } from "./responses.ts";
import { Authorizer } from "./tokens.ts";

/** A request about a repository of the registry. */
export interface RepositoryAsk {
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
  readonly patienceMs: number;
  /** Told of each request that was sent. */
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
  readonly #line: Line;
  readonly #gate: Gate;
  readonly #authorizer: Authorizer;
  /** Requests in a row that failed. */
  #failures = 0;

  constructor(endpoint: Endpoint, options: ConnectionOptions) {
    const { host, requestsPerSecond, concurrency } = endpoint;
    const { agent, clock, deadlineMs, patienceMs } = options;
    this.endpoint = endpoint;
    this.#options = options;
    this.#line = { host, dispatcher: agent, deadlineMs };
    this.#gate = new Gate({ host, requestsPerSecond, concurrency, clock, patienceMs });
    this.#authorizer = new Authorizer({
      endpoint,
      clock,
      ask: (ask) => this.#askForToken(ask),
      refusal: (answer, what) => this.refusal(answer, what),
    });
  }

  /** The answer to a request, whatever its status but 401, of which there is one only when the credentials do not do. */
  async ask(ask: RepositoryAsk, signal: AbortSignal): Promise<Answer> {
    const { origin, prefix } = this.endpoint;
    const url = new URL(`/v2/${prefix}${ask.repository}/${ask.path}${ask.search ?? ""}`, origin);
    // One round for a token that no longer holds, one for a scope that was not asked for.
    for (let round = 0; ; round += 1) {
      const authorization = await withSignal(signal, () => this.#authorizer.header(ask.repository));
      const headers = authorization === undefined ? ask.headers : { ...ask.headers, authorization };
      const answer = await this.#send({ method: ask.method, url, headers, limit: ask.limit }, kindOf(ask.path), signal);
      const ours = answer.url.origin === origin.origin;
      if (answer.status !== 401 || !ours || round === 2) return answer;
      const challenged = () => this.#authorizer.challenged(ask.repository, answer, authorization);
      if (!(await withSignal(signal, challenged))) return answer;
    }
  }

  /** What an answer that is no success means; leaves the registry alone for as long as it asks. */
  refusal(answer: Answer, what: string): UserError | Fault {
    const problem = refusal({ host: this.endpoint.host, gate: this.#gate, clock: this.#options.clock }, answer, what);
    if (problem instanceof Fault)
      this.#options.log.warn({ ...problem.fields, waitMs: problem.retryAfterMs }, problem.message);
    return problem;
  }

  #send(ask: Ask, kind: RegistryCall["kind"], signal: AbortSignal): Promise<Answer> {
    return this.#watched(kind, ask, signal, () => follow(this.endpoint, this.#line, ask, signal));
  }

  /** Not aborted with the caller, since others may wait for the same token; the deadline ends it. */
  #askForToken(ask: Ask): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#options.deadlineMs + this.#options.patienceMs);
    return this.#watched("token", ask, signal, () => exchange(this.#line, ask, signal));
  }

  #watched(kind: RegistryCall["kind"], ask: Ask, signal: AbortSignal, send: () => Promise<Answer>): Promise<Answer> {
    return this.#gate.pass(signal, async () => {
      try {
        const answer = await send();
        this.#options.observe({ host: this.endpoint.host, kind, method: ask.method, status: answer.status });
        this.#note(answer.status >= 500);
        return answer;
      } catch (error) {
        if (error instanceof Fault) this.#note(true);
        throw error;
      }
    });
  }

  /** Leaves a registry alone that fails again and again, for one second at first and thirty at most; half of it by chance. */
  #note(failed: boolean): void {
    this.#failures = failed ? this.#failures + 1 : 0;
    if (this.#failures < failuresInRow) return;
    const wait = Math.min(30_000, 1000 * 2 ** (this.#failures - failuresInRow)) * (0.5 + this.#options.random() / 2);
    this.#gate.close("unavailable", wait);
    const fields = { registry: this.endpoint.host, failures: this.#failures, waitMs: Math.round(wait) };
    this.#options.log.warn(fields, "registry fails");
  }
}

function kindOf(path: string): RegistryCall["kind"] {
  if (path.startsWith("tags/")) return "tags";
  return path.startsWith("blobs/") ? "blobs" : "manifests";
}
