import { type Alias, isAlias, isMap, isSeq, type LineCounter, type ParsedNode } from "yaml";
import { UserError } from "../../model/errors.ts";
import type { ParsedDocument } from "./parsed-document.ts";

const maxDepth = 200;
const maxThroughAliases = 1_000_000;

type Found = Omit<ParsedDocument, "root">;

/**
 * What each alias of a document stands for. Aliases without an anchor, inside their own anchor or standing for too
 * much, and nesting too deep are `input` UserErrors.
 */
export function survey(root: ParsedNode | undefined, path: string, lines: LineCounter): Found {
  const surveyor = new Surveyor(path, lines);
  if (root !== undefined) surveyor.visit(root, 0);
  return surveyor;
}

class Surveyor implements Found {
  readonly targets = new Map<Alias, ParsedNode>();
  readonly used = new Set<ParsedNode>();
  readonly #path: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, ParsedNode>();
  /** How many nodes are in an anchored node, aliases followed; `undefined` while it is being visited. */
  readonly #sizes = new Map<ParsedNode, number | undefined>();
  #throughAliases = 0;

  constructor(path: string, lines: LineCounter) {
    this.#path = path;
    this.#lines = lines;
  }

  /** Returns how many nodes are in `node`, aliases followed. */
  visit(node: ParsedNode, depth: number): number {
    if (depth > maxDepth) throw this.#error(node, `it is nested more than ${maxDepth} levels deep`);
    if (isAlias(node)) return this.#follow(node);
    if (node.anchor !== undefined) {
      this.#anchors.set(node.anchor, node);
      this.#sizes.set(node, undefined);
    }
    const size = this.#children(node, depth + 1);
    if (node.anchor !== undefined) this.#sizes.set(node, size);
    return size;
  }

  #children(node: ParsedNode, depth: number): number {
    let size = 1;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (key !== null) size += this.visit(key, depth);
        if (value !== null) size += this.visit(value, depth);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) size += this.visit(item, depth);
    }
    return size;
  }

  #follow(alias: Alias.Parsed): number {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) throw this.#error(alias, `the alias *${alias.source} has no anchor`);
    const size = this.#sizes.get(target);
    if (size === undefined) throw this.#error(alias, `the alias *${alias.source} contains itself`);
    this.targets.set(alias, target);
    this.used.add(target);
    this.#throughAliases += size;
    if (this.#throughAliases > maxThroughAliases) throw this.#error(alias, "its aliases stand for too much");
    return size;
  }

  #error(node: ParsedNode, reason: string): UserError {
    const { line, col } = this.#lines.linePos(node.range[0]);
    const place = { file: this.#path, line, column: col };
    return new UserError("input", `${this.#path} cannot be read: ${reason}`, { place, fix: "Write the parts out." });
  }
}
