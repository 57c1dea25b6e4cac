import { type Node, type Place, textOf } from "../syntax.ts";

/** One way to break a file: the node `host` is replaced by `code`. */
export interface Change {
  readonly host: Node;
  /** An expression; an empty text for a block that is emptied. */
  readonly code: string;
  /** Where to look: the offset of what differs. */
  readonly at: number;
  /** What differs, for people. */
  readonly original: string;
  readonly mutated: string;
}

/** Finds the changes that one node allows. */
export type Mutator = (node: Node, place: Place) => readonly Change[];

/** The change that puts `code` in the place of a whole node. */
export function replace(node: Node, code: string, place: Place): Change {
  return { host: node, code, at: node.start, original: textOf(node, place), mutated: code };
}

/** The change inside `host` that puts `code` in the place of the text from `start` to `end`. */
export function splice(host: Node, [start, end]: readonly [number, number], code: string, { source }: Place): Change {
  const whole = source.slice(host.start, start) + code + source.slice(end, host.end);
  return { host, code: whole, at: start, original: source.slice(start, end), mutated: code };
}
