import type { LineCounter } from "yaml";
import type { Json } from "../../model/json.ts";
import type { LineEdit } from "../../model/promotion.ts";
import type { ParsedDocument } from "./parsed-document.ts";

/** Where something is in a document: keys of maps (as they are written) and indexes of lists, from the root. */
export type KeyPath = readonly (string | number)[];

/** A parsed file. Callers use `path` and `documents` only; the rest is for the functions of this folder. */
export interface YamlText {
  /** The file's path, for messages. */
  readonly path: string;
  /** How many documents it holds; an empty file has one empty document. */
  readonly documents: number;
  /** The text without the byte order mark; all offsets count its UTF-16 units. */
  readonly text: string;
  /** Whether a byte order mark comes first. */
  readonly marked: boolean;
  /** The lines of the text. */
  readonly lines: LineCounter;
  /** Whether SOPS encrypted the file: no value may be changed. */
  readonly encrypted: boolean;
  readonly parsed: readonly ParsedDocument[];
}

/** How a node depends on others: what must be known before it is changed. */
export interface Shared {
  /** The name of the alias (`*alias`) when the node, or something around it, is one. */
  readonly alias?: string;
  /** The node, or something around it, has an `&anchor` that is used elsewhere. */
  readonly anchored?: boolean;
  /** It comes through a merge key (`<<`). */
  readonly merged?: boolean;
}

/** A scalar as it is written. */
export interface ScalarAt extends Shared {
  /** `null` for an empty value, `~` and `null`. */
  readonly kind: "scalar" | "null";
  /**
   * The string that the author means: without quotes and escapes; numbers and dates as they are written (`1.10`,
   * `0x1F`). Empty for null.
   */
  readonly value: string;
  /** Counts from 1. Of an alias: the line of the alias. */
  readonly line: number;
  readonly style: "plain" | "single" | "double" | "block";
  /** The value is SOPS' `ENC[…]`, or the file is encrypted by SOPS. */
  readonly encrypted?: boolean;
}

/** A scalar with its place; `json` is its value in YAML 1.2. */
export interface ScalarNode extends ScalarAt {
  readonly path: KeyPath;
  readonly json: string | number | boolean | null;
}

/** One key of a map. */
export interface MapEntry {
  readonly key: string;
  readonly node: Node;
}

/** A map: its own keys, then those that come through merge keys. Of a duplicate key, the last. */
export interface MapNode extends Shared {
  readonly kind: "map";
  readonly path: KeyPath;
  readonly line: number;
  readonly entries: readonly MapEntry[];
  /** The child at a key. */
  get(key: string): Node | undefined;
}

/** A list. */
export interface ListNode extends Shared {
  readonly kind: "list";
  readonly path: KeyPath;
  readonly line: number;
  readonly items: readonly Node[];
}

/** A node of a document with aliases followed and merge keys resolved. Children are created on demand. */
export type Node = MapNode | ListNode | ScalarNode;

/**
 * What a scalar becomes. A string stays a string for every YAML reader (`1.10` is quoted); numbers, booleans and null
 * are written as such.
 */
export type ScalarValue = string | number | boolean | null;

/** One change of a document (counted from 0). All paths of one call are those before any of its edits. */
export type YamlEdit = PlainEdit | HeldEdit;

/** Edits of a document that a text at `path` holds, such as Helm's values in an object (`values: |`). */
export interface HeldEdit {
  readonly kind: "held";
  readonly document: number;
  readonly path: KeyPath;
  readonly edits: readonly YamlEdit[];
}

/** A change of what stands in the document itself. */
export type PlainEdit =
  /** Replaces a scalar that is there, or null. */
  | { readonly kind: "set"; readonly document: number; readonly path: KeyPath; readonly value: ScalarValue }
  /**
   * Adds a missing key, with missing maps around it; or, when the path ends in a list's length or `-`, an item at its
   * end. Fills a null.
   */
  | { readonly kind: "insert"; readonly document: number; readonly path: KeyPath; readonly value: Json }
  /** Removes a key or an item; the last of its collection leaves `{}` or `[]`. */
  | { readonly kind: "remove"; readonly document: number; readonly path: KeyPath };

/** A file after edits, with the lines that they changed, in order. */
export interface EditedText {
  readonly bytes: Uint8Array;
  readonly lines: readonly LineEdit[];
}
