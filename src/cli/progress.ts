import type { Output } from "./io.ts";

/** Says how far a command is. */
export interface Progress {
  /** `done` of `total` steps of `what`; `total` 0 when not known. */
  update(what: string, done: number, total: number): void;
  /** Takes the line away; to be called before anything else is written. */
  clear(): void;
}

/** How often a line is written, in milliseconds. */
const TERMINAL_EVERY = 80;
const PLAIN_EVERY = 2_000;

/**
 * Progress on standard error: one line that rewrites itself on a terminal; a plain line every two seconds when asked
 * for elsewhere; nothing otherwise.
 */
export function progressOn(output: Output, options: { readonly plain: boolean; readonly now: () => number }): Progress {
  const terminal = output.isTTY === true && !options.plain;
  if (!terminal && !options.plain) return { update: () => undefined, clear: () => undefined };
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    update(what, done, total) {
      const now = options.now();
      if (now - last < (terminal ? TERMINAL_EVERY : PLAIN_EVERY)) return;
      last = now;
      shown = true;
      const text = total > 0 ? `${what} ${done}/${total}` : what;
      output.write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
    },
    clear() {
      if (terminal && shown) output.write("\r\u001b[K");
      shown = false;
      if (terminal) last = Number.NEGATIVE_INFINITY;
    },
  };
}
