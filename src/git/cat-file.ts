import { Fault } from "../model/errors.ts";
import type { FoundObject } from "./cat-file-parser.ts";
import { CatFileSession, type HelperCommand, type ObjectRequest } from "./cat-file-session.ts";
import { withoutCredentials } from "./failure.ts";

/** How the helper process is started and when it is given up. */
export interface CatFileOptions extends HelperCommand {
  /** With requests under way and no byte for this long, the process counts as hung. */
  readonly silenceMs: number;
  /** The process ends after this long without a request. */
  readonly idleMs: number;
}

const defaultMaxBytes = 64 * 1024 * 1024;
const inFlightLimit = 512;
/** What git says when it ends over an object that a partial clone left with its server, and may not fetch it. */
const promised = /could not fetch [0-9a-f]+ from promisor remote/;
/** What its helper says then. Git may end by a broken pipe before it says more. */
const refused = /transport '[^']*' not allowed/;

/**
 * Reads objects through one long-lived `git cat-file --batch`, many in flight. The process is started on first use,
 * ended when idle or hung, and started again when it died (each request is tried twice). It does not keep the host
 * alive while nothing is asked.
 */
export class CatFile {
  readonly #options: CatFileOptions;
  #session: CatFileSession | undefined;
  #waiting: ObjectRequest[] = [];
  #scheduled = false;
  /** Whether requests go out one by one, to find the one over which git ends. */
  #alone = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CatFileOptions) {
    this.#options = options;
  }

  /**
   * The object with this id or other name, which has no line breaks; `undefined` when it is missing; a `limit`
   * UserError when it is larger than `maxBytes`.
   */
  read(object: string, maxBytes = defaultMaxBytes, name = `the object ${object}`): Promise<FoundObject | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ object, maxBytes, name, resolve, reject, attempts: 0 });
      this.#schedule();
    });
  }

  /** Ends the process once the requests under way are answered. */
  async close(): Promise<void> {
    await this.#retire()?.finish();
  }

  /** Requests of one turn of the event loop go out in one write. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const session = this.#session ?? this.#start();
    const room = (this.#alone ? 1 : inFlightLimit) - session.open;
    if (room <= 0) return;
    const batch = this.#waiting.slice(0, room);
    this.#waiting = this.#waiting.slice(batch.length);
    if (this.#waiting.length === 0) this.#alone = false;
    session.send(batch);
  }

  #start(): CatFileSession {
    const session: CatFileSession = new CatFileSession(this.#options, {
      progressed: () => {
        if (this.#waiting.length > 0) this.#schedule();
      },
      ended: (open, reason, cause) => {
        if (this.#session === session) this.#retire();
        this.#recover(open, reason, cause);
      },
    });
    this.#session = session;
    this.#timer = setInterval(() => this.#watch(session), Math.min(1000, this.#options.idleMs)).unref();
    return session;
  }

  #retire(): CatFileSession | undefined {
    const session = this.#session;
    this.#session = undefined;
    clearInterval(this.#timer);
    return session;
  }

  #watch(session: CatFileSession): void {
    const { open, silentMs } = session;
    if (open > 0 && silentMs > this.#options.silenceMs) session.kill(`no answer for ${silentMs} ms`);
    if (open > 0 || silentMs <= this.#options.idleMs) return;
    this.#retire();
    // Nothing waits for an idle process to end.
    void session.finish();
  }

  #recover(left: readonly ObjectRequest[], reason: string, cause: unknown): void {
    const open = this.#withoutMissing(left, reason);
    const again = (request: ObjectRequest): boolean => request.attempts < 2 && cause === undefined;
    const message = `git cat-file ended before it answered: ${withoutCredentials(reason)}`;
    for (const request of open) if (!again(request)) request.reject(new Fault("unavailable", message, { cause }));
    this.#waiting = [...open.filter(again), ...this.#waiting];
    if (this.#waiting.length > 0) this.#schedule();
  }

  /**
   * Where git says over which object it ends, that is the first one: what it read before was written. A broken pipe
   * takes what was read with it, so each is asked for alone.
   */
  #withoutMissing(left: readonly ObjectRequest[], reason: string): readonly ObjectRequest[] {
    const isRefused = refused.test(reason);
    if (promised.test(reason) || (isRefused && left.length === 1)) return withoutFirst(left);
    if (!isRefused) return left;
    this.#alone = true;
    return unasked(left);
  }
}

/** Nothing came of them: they are asked for as if for the first time. */
function unasked(requests: readonly ObjectRequest[]): readonly ObjectRequest[] {
  for (const request of requests) request.attempts -= 1;
  return requests;
}

/** The first one is not here; the others were not read. */
function withoutFirst([missing, ...rest]: readonly ObjectRequest[]): readonly ObjectRequest[] {
  missing?.resolve(undefined);
  return unasked(rest);
}
