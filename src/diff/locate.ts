import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { ResourceId } from "../model/preview.ts";
import { pointerSteps } from "./value.ts";

const maxText = 512 * 1024;

type Named = Pick<ResourceId, "kind" | "namespace" | "name">;

/**
 * The line (from 1) of a YAML file where a resource's document begins, or, where the field at the JSON pointer stands
 * in the file too, of that field (of its nearest ancestor there). A file that is not YAML (a template) is searched for
 * the line of its kind. `undefined` when the resource is not found, or the file is larger than 512 KiB.
 */
export function locate(text: string, id: Named, pointer?: string): number | undefined {
  if (text.length > maxText) return undefined;
  const counter = new LineCounter();
  const documents = parse(text, counter);
  const document = documents === undefined ? undefined : bestDocument(documents, id);
  if (document === undefined) return documents === undefined ? lineOfKind(text, id) : undefined;
  const offset = offsetOf(document, pointerSteps(pointer ?? ""));
  return offset === undefined ? undefined : counter.linePos(offset).line;
}

function parse(text: string, lineCounter: LineCounter): readonly Document[] | undefined {
  try {
    const documents = parseAllDocuments(text, { lineCounter, uniqueKeys: false, logLevel: "silent" });
    const list: readonly Document[] = Array.isArray(documents) ? documents : [];
    return list.some((document) => document.errors.length > 0) ? undefined : list;
  } catch {
    // The parser gives up on some texts that are no YAML; they are searched as templates.
    return undefined;
  }
}

/**
 * The document of the resource. Its name may lack a prefix or suffix, and its namespace may be missing: renderers set
 * them.
 */
function bestDocument(documents: readonly Document[], id: Named): Document | undefined {
  let best: { document: Document; score: number } | undefined;
  for (const document of documents) {
    const score = scoreOf(document, id);
    if (score > (best?.score ?? 0)) best = { document, score };
  }
  return best?.document;
}

function scoreOf(document: Document, id: Named): number {
  const name = textIn(document, "metadata", "name");
  const namespace = textIn(document, "metadata", "namespace");
  if (textIn(document, "kind") !== id.kind || name === "") return 0;
  const place = namespace === id.namespace ? 2 : namespace === "" ? 1 : 0;
  if (name === id.name) return 10 + place;
  return id.name.includes(name) ? 5 + name.length / 1000 + place / 10 : 0;
}

function textIn(document: Document, ...path: readonly string[]): string {
  if (!isMap(document.contents)) return "";
  const value: unknown = document.getIn(path);
  return typeof value === "string" ? value : "";
}

function offsetOf(document: Document, steps: readonly string[]): number | undefined {
  let here: Node | null = document.contents;
  let offset = here?.range?.[0];
  for (const step of steps) {
    const next = child(here, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    here = next.value;
  }
  return offset;
}

interface Child {
  readonly offset: number | undefined;
  readonly value: Node | null;
}

function child(node: Node | null, step: string): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
    if (pair === undefined || !isNode(pair.key)) return undefined;
    return { offset: pair.key.range?.[0], value: isNode(pair.value) ? pair.value : null };
  }
  if (!isSeq(node) || !/^\d+$/.test(step)) return undefined;
  const item: unknown = node.items[Number(step)];
  return isNode(item) ? { offset: item.range?.[0], value: item } : undefined;
}

/**
 * In a template: the line `kind: X` of the document that also names the resource, else of the only document of that
 * kind.
 */
function lineOfKind(text: string, id: Named): number | undefined {
  const found: { line: number; named: boolean }[] = [];
  let start = 1;
  for (const part of text.split(/^---.*$/m)) {
    const lines = part.split("\n");
    const index = lines.findIndex((line) => line.trimEnd() === `kind: ${id.kind}`);
    if (index >= 0) found.push({ line: start + index, named: id.name !== "" && part.includes(id.name) });
    start += lines.length - 1;
  }
  const named = found.find((one) => one.named);
  return named?.line ?? (found.length === 1 ? found[0]?.line : undefined);
}
