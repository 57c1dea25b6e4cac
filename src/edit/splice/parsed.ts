import type { Alias, Document, LineCounter, ParsedNode } from "yaml";

/** A document with what an edit must know of it. */
export interface ParsedDocument {
  readonly document: Document.Parsed<ParsedNode, true> | undefined;
  readonly lines: LineCounter;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, ParsedNode>;
  /** Nodes that an alias stands for. */
  readonly used: ReadonlySet<ParsedNode>;
  /** SOPS keeps its facts in it: no value may be changed. */
  readonly encrypted: boolean;
}
