import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { Fault, messageOf, UserError } from "../model/errors.ts";
import { CatFileParser, type FoundObject } from "./cat-file-parser.ts";

/** A request for one object. */
export interface ObjectRequest {
  /** Its id, or another name for it without line breaks. */
  readonly object: string;
  readonly maxBytes: number;
  /** What messages call the object. */
  readonly name: string;
  readonly resolve: (object: FoundObject | undefined) => void;
  readonly reject: (error: unknown) => void;
  /** How many processes were asked. */
  attempts: number;
}

/** Who hears how a session goes. */
export interface SessionListener {
  /** Some requests were answered. */
  progressed(): void;
  /** The process is gone; `open` were not answered. `cause` when it could not be started. */
  ended(open: readonly ObjectRequest[], reason: string, cause: unknown): void;
}

/** How the helper process is started. */
export interface HelperCommand {
  readonly gitPath: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Told what the process says on standard error. */
  readonly onComplaint?: (text: string) => void;
}

/**
 * One `git cat-file --batch-command` process and the requests it has not answered yet, which it answers in order. It
 * writes once for many small objects.
 */
export class CatFileSession {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #listener: SessionListener;
  #requests: ObjectRequest[] = [];
  #answered = 0;
  #reason = "";
  #over = false;
  #lastByteAt = Date.now();
  readonly #closed: Promise<void>;

  constructor({ gitPath, cwd, env, onComplaint }: HelperCommand, listener: SessionListener) {
    this.#listener = listener;
    this.#child = spawn(gitPath, ["cat-file", "--batch-command", "--buffer"], {
      cwd,
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const parser = new CatFileParser({
      limit: () => this.#next().maxBytes,
      object: (object) => this.#take().resolve(object),
      tooLarge: (bytes) => {
        const request = this.#take();
        request.reject(tooLarge(request, bytes));
      },
    });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#read(parser, chunk));
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#reason = (this.#reason + chunk.toString("utf8")).slice(-2000);
      onComplaint?.(this.#reason);
    });
    // A broken pipe shows as the end of the process too, and that is acted on.
    this.#child.stdin.on("error", () => undefined);
    this.#closed = new Promise((resolve) => {
      const over = (cause: unknown): void => {
        resolve();
        this.#end(cause);
      };
      this.#child.once("error", over);
      this.#child.once("close", () => over(undefined));
    });
  }

  /** How many requests are not answered yet. */
  get open(): number {
    return this.#requests.length - this.#answered;
  }

  /** Milliseconds since the last sign of life or request. */
  get silentMs(): number {
    return Date.now() - this.#lastByteAt;
  }

  /** Sends requests in one write. */
  send(batch: readonly ObjectRequest[]): void {
    if (this.open === 0) {
      this.#lastByteAt = Date.now();
      this.#keepHostAlive(true);
    }
    for (const request of batch) {
      request.attempts += 1;
      this.#requests.push(request);
    }
    this.#child.stdin.write(`${batch.map(({ object }) => `contents ${object}\n`).join("")}flush\n`);
  }

  /** Ends the process once it has answered; kills it when that takes over a second. */
  async finish(): Promise<void> {
    this.#keepHostAlive(true);
    this.#child.stdin.end();
    const kill = setTimeout(() => this.kill("did not end"), 1000);
    await this.#closed;
    clearTimeout(kill);
  }

  /** Kills the process; `ended` gets the reason. */
  kill(reason: string): void {
    this.#reason = reason;
    this.#child.kill("SIGKILL");
  }

  #read(parser: CatFileParser, chunk: Buffer): void {
    this.#lastByteAt = Date.now();
    try {
      parser.push(chunk);
    } catch (error) {
      this.kill(messageOf(error));
      return;
    }
    if (this.open === 0) {
      this.#requests = [];
      this.#answered = 0;
      this.#keepHostAlive(false);
    }
    this.#listener.progressed();
  }

  #next(): ObjectRequest {
    const request = this.#requests[this.#answered];
    if (request === undefined) throw new Fault("bug", "git cat-file answered without a request");
    return request;
  }

  #take(): ObjectRequest {
    const request = this.#next();
    this.#answered += 1;
    return request;
  }

  #end(cause: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.ended(this.#requests.slice(this.#answered), this.#reason, cause);
  }

  #keepHostAlive(alive: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    const sockets = [stdin, stdout, stderr].filter((stream) => stream instanceof Socket);
    for (const part of [this.#child, ...sockets]) {
      if (alive) part.ref();
      else part.unref();
    }
  }
}

function tooLarge({ name, maxBytes }: ObjectRequest, bytes: number): UserError {
  return new UserError("limit", `${name} has ${bytes} bytes, more than the ${maxBytes} that are read`);
}
