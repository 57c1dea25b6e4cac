import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { Fault, messageOf, UserError } from "../model/errors.ts";
import type { HealthRule } from "../model/health.ts";
import type { Mount } from "../model/mount.ts";
import type { Logger } from "../model/observe.ts";
import type { RenderSpec } from "../model/target.ts";
import type { GitObject, ObjectReader } from "../model/tree.ts";
import { EngineLog } from "./engine-log.ts";
import { encodeFrame, type Frame, FrameReader, OversizedFrame } from "./frames.ts";
import { hostGrace, type RenderLimits } from "./limits.ts";
import { type EngineHello, type EngineMessage, parseMessage } from "./messages.ts";

/** How an engine process is started. */
export interface EngineOptions {
  readonly binary: string;
  readonly limits: RenderLimits;
  readonly log: Logger | undefined;
}

/** What an engine is asked. */
export type EngineRequest = RenderRequest | HealthRequest;

/** How a target renders. */
export interface RenderRequest {
  readonly type: "render";
  readonly spec: RenderSpec;
  /** The tree with the mounts of the spec in it. */
  readonly rootTree: string;
  readonly objects: ObjectReader;
  readonly output: "json" | "yaml";
}

/** How objects are. */
export interface HealthRequest {
  readonly type: "health";
  readonly rules: readonly HealthRule[];
  /** The JSON array of the objects. */
  readonly body: Buffer;
}

type Message<T extends EngineMessage["type"]> = Extract<EngineMessage, { type: T }>;

/** How a request ended. After anything but `result` and an `error` that is not fatal, the process is gone. */
export type Outcome =
  | (Message<"result"> & { readonly body: Buffer })
  | (Message<"error"> & { readonly body: Buffer })
  | { readonly type: "killed"; readonly limit: keyof RenderLimits; readonly message: string }
  | { readonly type: "crashed"; readonly message: string };

interface Job {
  readonly id: number;
  /** Absent: the engine may not ask for any. */
  readonly objects: ObjectReader | undefined;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** For a process that hangs: a busy machine takes its time to load a hundred megabytes. */
const helloDeadlineMs = 60_000;
const pageBytes = 4096;
/** A few bytes in Git can be many gigabytes of files; the host never holds more of them than these for one engine. */
const objectsAtOnce = 8;

/**
 * One engine process. It is given one request at a time, nothing of the host's environment and no descriptor but its
 * three pipes.
 */
export class Engine {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #options: EngineOptions;
  readonly #hello = Promise.withResolvers<EngineHello>();
  readonly #words: EngineLog;
  #job: Job | undefined;
  #lastId = 0;
  #gone = false;
  #verdict: Outcome | undefined;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#child = spawn(options.binary, [], { env: {}, stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    const frames = new FrameReader(options.limits.outputBytes + 1024 * 1024);
    this.#child.stdout.on("data", (chunk: Buffer) => this.#read(frames, chunk));
    this.#words = new EngineLog(options.log, this.#child.pid);
    this.#child.stderr.on("data", (chunk: Buffer) => this.#words.push(chunk));
    // A broken pipe shows as the end of the process too, and that is acted on.
    this.#child.stdin.on("error", () => undefined);
    this.#child.once("error", (cause) => this.#ended(`it cannot be started: ${cause.message}`));
    this.#child.once("close", (code, signal) => this.#ended(signal ?? `exit code ${code}`));
  }

  /**
   * Starts a process and waits for its hello. An `unavailable` Fault when it does not come or speaks another protocol.
   */
  static async start(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const late = setTimeout(() => engine.#hello.reject(new Error("it did not say hello in time")), helloDeadlineMs);
    try {
      await engine.hello;
      return engine;
    } catch (cause) {
      engine.kill();
      throw new Fault("unavailable", `the render engine does not start: ${messageOf(cause)}`, { cause });
    } finally {
      clearTimeout(late);
    }
  }

  /** What the process said of itself. */
  get hello(): Promise<EngineHello> {
    return this.#hello.promise;
  }

  /** The id of the process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether the process can be given a request. */
  get usable(): boolean {
    return !this.#gone && this.#verdict === undefined;
  }

  /**
   * Carries out one request. Rejects with the signal's reason (the process is killed then), or when the objects cannot
   * be read.
   */
  async run(request: EngineRequest, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    if (!this.usable) return { type: "crashed", message: "the engine had ended" };
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#lastId += 1;
    const id = this.#lastId;
    const objects = request.type === "render" ? request.objects : undefined;
    this.#job = { id, objects, resolve, reject };
    const abort = (): void => this.#fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const { wallMs } = this.#options.limits;
    const timer = setTimeout(
      () => this.strike("wallMs", `it takes longer than ${wallMs} ms`),
      wallMs + hostGrace.wallMs,
    );
    this.#child.stdin.write(this.#frame(id, request));
    try {
      return await promise;
    } finally {
      this.#job = undefined;
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  /** The resident size of the process in bytes, 0 where the system does not tell. */
  async residentBytes(): Promise<number> {
    const statm = await readFile(`/proc/${this.pid}/statm`, "latin1").catch(() => "");
    return Number(statm.split(" ")[1] ?? 0) * pageBytes;
  }

  /** Kills the process because of a limit, which becomes the outcome of the request under way. */
  strike(limit: keyof RenderLimits, message: string): void {
    this.#verdict ??= { type: "killed", limit, message };
    this.kill();
  }

  /** Kills the process. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Lets the process end by itself, and kills it when it does not. */
  async close(): Promise<void> {
    if (this.#gone) return;
    const timer = setTimeout(() => this.kill(), 500);
    const closed = once(this.#child, "close");
    this.#child.stdin.end();
    await closed;
    clearTimeout(timer);
  }

  #frame(id: number, request: EngineRequest): Buffer {
    const { limits } = this.#options;
    switch (request.type) {
      case "render": {
        const { rootTree: tree, output, spec } = request;
        const { kind, path, options } = spec;
        const mounted = mountFields(spec.mounts ?? []);
        return encodeFrame({ type: "render", id, tree, path, kind, options, ...mounted, overlay: {}, limits, output });
      }
      case "health":
        return encodeFrame({ type: "health", id, rules: request.rules, limits }, request.body);
      default:
        return request satisfies never;
    }
  }

  #read(frames: FrameReader, chunk: Buffer): void {
    if (!this.usable) return;
    try {
      for (const frame of frames.push(chunk)) this.#take(frame);
    } catch (error) {
      if (error instanceof OversizedFrame) this.strike("outputBytes", `the render gives too much: ${error.message}`);
      else this.#crash(messageOf(error));
    }
  }

  #take({ header, body }: Frame): void {
    const message = parseMessage(header);
    switch (message.type) {
      case "hello":
        this.#hello.resolve(message);
        break;
      case "need":
        // A failure ends the request, so nobody waits for this.
        void this.#serve(message.oids).catch((error: unknown) => this.#fail(error));
        break;
      case "result":
        this.#answer(message.id, { ...message, body });
        break;
      case "error":
        // After a panic the libraries' own state is not to be trusted.
        if (message.fatal || message.kind === "internal") this.#verdict = { ...message, body };
        this.#answer(message.id, { ...message, body });
        break;
      default:
        message satisfies never;
    }
  }

  #answer(id: number, outcome: Outcome): void {
    if (this.#job?.id !== id) throw new Fault("bug", "the engine answered what was not asked");
    this.#job.resolve(outcome);
  }

  async #serve(oids: readonly string[]): Promise<void> {
    const objects = this.#job?.objects;
    if (objects === undefined) throw new Fault("bug", "the engine wants objects without a request");
    for (let next = 0; next < oids.length && this.usable; next += objectsAtOnce) {
      const some = oids.slice(next, next + objectsAtOnce);
      const frames = await Promise.all(some.map(async (oid) => objectFrame(oid, await objects.read(oid))));
      await this.#send(Buffer.concat(frames));
    }
  }

  /** Resolves when the process took the bytes, or is gone: then its end is what is acted on. */
  #send(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => void this.#child.stdin.write(bytes, () => resolve()));
  }

  /** Ends the request under way with an error, and the process with it: it waits for what will not come. */
  #fail(error: unknown): void {
    if (error instanceof UserError && error.kind === "limit") {
      this.strike("fileBytes", error.message);
      return;
    }
    this.#job?.reject(error);
    this.#crash(messageOf(error));
  }

  #crash(message: string): void {
    this.#verdict ??= { type: "crashed", message };
    this.kill();
  }

  #ended(how: string): void {
    if (this.#gone) return;
    this.#gone = true;
    const { lastWords, exhaustion } = this.#words;
    const ending = lastWords === "" ? how : `${how} (${lastWords})`;
    if (exhaustion !== undefined)
      this.strike("memoryBytes", `the render needs more memory than there is: ${exhaustion}`);
    this.#hello.reject(new Error(`it ended: ${ending}`));
    // Nobody may be waiting for the hello any more.
    this.#hello.promise.catch(() => undefined);
    this.#job?.resolve(this.#verdict ?? { type: "crashed", message: `the engine ended: ${ending}` });
  }
}

/** The fields of a request for mounts. */
function mountFields(mounts: readonly Mount[]) {
  if (mounts.length === 0) return {};
  const named = mounts.flatMap(({ at, reference }) => (reference === undefined ? [] : [[reference, at] as const]));
  return { mounts: mounts.map(({ at }) => at), remotes: Object.fromEntries(named) };
}

function objectFrame(oid: string, object: GitObject | undefined): Buffer {
  const isWanted = object?.kind === "tree" || object?.kind === "blob";
  const header = { type: "object", oid, kind: isWanted ? object.kind : "missing" };
  return encodeFrame(header, isWanted ? object.bytes : undefined);
}
