import type { Alias, ParsedNode } from "yaml";

/** A document with what an edit must know about it. */
export interface ParsedDocument {
  /** Nothing for an empty file. */
  readonly root: ParsedNode | undefined;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, ParsedNode>;
  /** Nodes that an alias stands for. */
  readonly used: ReadonlySet<ParsedNode>;
}
