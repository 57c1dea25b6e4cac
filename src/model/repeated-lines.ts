import type { Clock, Logger } from "./observe.ts";

/** Writes a line that unverified senders, or a full disk, can cause at any rate. */
export type RepeatedLine = (
  level: "warn" | "error",
  fields: Readonly<Record<string, unknown>>,
  message: string,
) => void;

const everyMs = 60_000;
const maxKinds = 200;

/**
 * Lines that repeat: the first of a kind is written at once, then at most one in a minute, which says in `before` how
 * many were left out. The kind is the message's beginning up to a colon.
 */
export function repeatedLines(log: Pick<Logger, "warn" | "error">, clock: Clock): RepeatedLine {
  const kinds = new Map<string, { at: number; left: number }>();
  return (level, fields, message) => {
    const kind = `${level} ${message.split(":")[0]}`;
    const known = kinds.get(kind);
    if (known !== undefined && clock() - known.at < everyMs) {
      known.left += 1;
      return;
    }
    if (known === undefined && kinds.size >= maxKinds) kinds.clear();
    kinds.set(kind, { at: clock(), left: 0 });
    log[level](known === undefined || known.left === 0 ? fields : { ...fields, before: known.left }, message);
  };
}
