import { isMap, isNode, isScalar, LineCounter, parseDocument, stringify } from "yaml";
import type { z } from "zod";
import { messageOf, UserError } from "../model/errors.ts";
import { STATE_BRANCH } from "./paths.ts";

const heading = "# Written by Sluice, one commit for each decision; README.md says more.\n";
const keyOrder = [
  ...["environment", "app", "id", "kind", "pullRequest", "apps", "at", "by", "reason", "since", "until", "cause"],
  ...["commit", "mergeCommit", "head", "gate", "finding", "versions", "image", "from", "to"],
];

/**
 * The data as YAML: the same data gives the same bytes. Keys of a map come in a fixed order, those that are not known
 * after them, long lists last.
 */
export function writeYaml(data: Readonly<Record<string, unknown>>): Buffer {
  const text = stringify(ordered(data), { lineWidth: 0, aliasDuplicateObjects: false });
  return Buffer.from(heading + text);
}

/**
 * Reads a file of the state branch. What a person broke is a `config` UserError that names the branch, the file and the
 * line.
 */
export function readYaml<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const at = (offset: number) => lines.linePos(offset);
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
    const [problem] = document.errors;
    if (problem !== undefined) throw broken(file, problem.message, at(problem.pos[0]));
    const twice = secondKey(document.contents);
    if (twice !== undefined) throw broken(file, "a key stands there twice", at(twice));
    const parsed = schema.safeParse(document.toJS() ?? {});
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map((part) => (typeof part === "symbol" ? String(part) : part));
    const message = `${path.join(".") || "the file"}: ${issue?.message ?? "cannot be read"}`;
    throw broken(file, message, at(offsetOf(document, path)));
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Nested without end, or an alias that leads nowhere.
    if (error instanceof RangeError || error instanceof ReferenceError) throw broken(file, messageOf(error), undefined);
    throw error;
  }
}

/** The file cannot be used as it stands. */
export function broken(
  file: string,
  message: string,
  at: { readonly line: number; readonly col: number } | undefined,
): UserError {
  const line = Math.max(at?.line ?? 1, 1);
  const where = `\`${file}\` on the branch \`${STATE_BRANCH}\`, line ${line}`;
  return new UserError("config", `${where}, cannot be read: ${message.slice(0, 300)}`, {
    place: { file, line, column: Math.max(at?.col ?? 1, 1) },
    fix: `fix the file on the branch \`${STATE_BRANCH}\`, or revert the commit that broke it`,
  });
}

/** Where the top has a key a second time: two people's edits that were merged by hand. */
function secondKey(contents: unknown): number | undefined {
  if (!isMap(contents)) return undefined;
  const seen = new Set<unknown>();
  for (const { key } of contents.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) return key.range?.[0] ?? 0;
    seen.add(key.value);
  }
  return undefined;
}

/** The place of the value, else of the nearest thing around it. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range?.[0] ?? 0;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const rank = (key: string): number => {
    if (key === "waiting") return keyOrder.length + 1;
    if (key === "history") return keyOrder.length + 2;
    const known = keyOrder.indexOf(key);
    return known < 0 ? keyOrder.length : known;
  };
  const sorted = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, part]) => [key, ordered(part)]));
}
