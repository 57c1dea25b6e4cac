import type { Logger } from "../model/observe.ts";

const maxLogged = 100;
const maxLine = 1000;
const maxHeld = 10_000;

/** What Go's runtime says when it ends a process that has no memory or stack left. */
const exhausted = /^fatal error: (?:stack overflow|.*out of memory)|^runtime: (?:out of memory|cannot allocate memory)/;

/**
 * Takes an engine's stderr: hands its first lines, cut to a readable length, to the log, and tells what they say of the
 * process's end.
 */
export class EngineLog {
  /** The latest of the first few lines; a dying process says why first and where after that. */
  lastWords = "";
  /** The line that says that memory or stack ran out. */
  exhaustion: string | undefined;
  readonly #log: Logger | undefined;
  readonly #pid: number | undefined;
  #rest = "";
  #count = 0;

  constructor(log: Logger | undefined, pid: number | undefined) {
    this.#log = log;
    this.#pid = pid;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("utf8")).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, maxHeld);
    for (const line of lines) this.#take(line.slice(0, maxLine));
  }

  #take(line: string): void {
    this.#count += 1;
    if (this.#count > maxLogged) return;
    if (this.#count <= 3) this.lastWords = line.slice(0, 300);
    if (exhausted.test(line)) this.exhaustion ??= line;
    this.#log?.warn({ pid: this.#pid, line }, "engine");
  }
}
