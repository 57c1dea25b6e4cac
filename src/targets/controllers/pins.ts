import { labelOf } from "../../discovery/index.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { FetchPolicy, MovingSource, SourceAnswer, SourceRequest, Sources } from "../../model/sources.ts";

/** Sources that are asked for at once. */
const atOnce = 8;

/** Remote sources of one plan: each request is asked once, and its answer stays the same for the whole plan. */
export class Pins {
  readonly #sources: Sources | undefined;
  readonly #policy: FetchPolicy;
  readonly #signal: AbortSignal;
  readonly #requests = new Map<string, SourceRequest>();
  readonly #answers = new Map<string, SourceAnswer>();

  constructor(sources: Sources | undefined, policy: FetchPolicy, signal: AbortSignal) {
    this.#sources = sources;
    this.#policy = policy;
    this.#signal = signal;
  }

  /** What became of a request, `undefined` before `ask`. */
  answer(request: SourceRequest): SourceAnswer | undefined {
    return this.#answers.get(JSON.stringify(request));
  }

  /** Whether everything that was asked for is there and stays what it is. */
  isSteady(): boolean {
    return [...this.#answers.values()].every((answer) => answer.ok && !answer.source.moving);
  }

  /** Those that may be something else tomorrow, or moved although they should not. */
  moving(): readonly MovingSource[] {
    return [...this.#answers].flatMap(([key, answer]) => {
      const request = this.#requests.get(key);
      if (request === undefined || !answer.ok) return [];
      const { moving, movedFrom, revision, version } = answer.source;
      if (!moving && movedFrom === undefined) return [];
      const more = { ...(version === undefined ? {} : { version }), ...(movedFrom === undefined ? {} : { movedFrom }) };
      return [{ reference: labelOf(request), revision, ...more }];
    });
  }

  /** Asks for all that was not asked for yet. */
  async ask(requests: readonly SourceRequest[]): Promise<void> {
    const wanted = new Map(requests.map((request) => [JSON.stringify(request), request]));
    const asked = [...wanted].filter(([key]) => !this.#answers.has(key));
    await mapLimit(asked, atOnce, async ([key, request]) => {
      this.#requests.set(key, request);
      this.#answers.set(key, await this.#pin(request));
    });
  }

  async #pin(request: SourceRequest): Promise<SourceAnswer> {
    if (this.#sources !== undefined) return this.#sources.pin(request, this.#policy, this.#signal);
    const message = "nothing remote is fetched here";
    return { ok: false, failure: { kind: "not-allowed", message } };
  }
}
