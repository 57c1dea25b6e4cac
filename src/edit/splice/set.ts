import { isScalar, type Scalar } from "yaml";
import { hasColon, isEmpty, slotEnd } from "./extent.ts";
import { isNull, sourceOf } from "./keys.ts";
import { type Located, notACollection, type Slot } from "./locate.ts";
import { pathText, refused } from "./refuse.ts";
import { doubleQuoted, fitsSingle, isTyped, type Surroundings, scalarText, singleQuoted } from "./scalar-text.ts";
import { setBlock } from "./set-block.ts";
import { onTheLine, type Splice } from "./splice.ts";
import { surroundings } from "./surroundings.ts";
import type { KeyPath, ScalarValue, YamlText } from "./types.ts";

const stringTags = new Set([undefined, "!", "tag:yaml.org,2002:str"]);

/** The splices that replace a scalar; none when it is that value already. Quotes are kept. */
export function setSplices(
  yaml: YamlText,
  { slot, slots }: Located,
  path: KeyPath,
  value: ScalarValue,
): readonly Splice[] {
  const { node } = slot;
  const where = surroundings(yaml, slots);
  if (node === null || isNull(node)) return fillScalar(yaml, slot, path, scalarText(value, where));
  if (!isScalar(node)) throw notACollection(yaml, node, path);
  refuseUnfit(yaml, node, path);
  if (isScalarOf(node, value)) return [];
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") return [setBlock(yaml, node, path, value)];
  return fillScalar(yaml, slot, path, scalarAs(node.type, value, where));
}

/** Whether every YAML reader reads the scalar as the value. */
export function isScalarOf(node: Scalar, value: ScalarValue): boolean {
  return node.value === value && !(typeof value === "string" && node.type === "PLAIN" && isTyped(value));
}

function refuseUnfit(yaml: YamlText, node: Scalar.Parsed, path: KeyPath): void {
  const text = sourceOf(node);
  if (text.startsWith("ENC[")) {
    throw refused(yaml, node, `${pathText(path)} is encrypted`, "Change it with `sops`.");
  }
  if (text.includes("{{")) throw notACollection(yaml, node, path);
  if (stringTags.has(node.tag)) return;
  throw refused(yaml, node, `${pathText(path)} has the tag ${node.tag}`, "Remove the tag.");
}

function scalarAs(type: Scalar.Type | undefined, value: ScalarValue, where: Surroundings): string {
  if (typeof value !== "string") return scalarText(value, where);
  if (type === "QUOTE_DOUBLE") return doubleQuoted(value);
  if (type === "QUOTE_SINGLE") return fitsSingle(value) ? singleQuoted(value) : doubleQuoted(value);
  return scalarText(value, where);
}

/** The splices that write a text in place of an item's scalar, or where it has nothing yet. */
export function fillScalar(yaml: YamlText, slot: Slot, path: KeyPath, text: string): readonly Splice[] {
  const { container, index, node } = slot;
  if (node !== null && !isEmpty(node)) {
    const [start, end] = node.range;
    return [{ start, end, text, depth: onTheLine }];
  }
  if (container === undefined || !hasColon(container, index)) {
    throw refused(yaml, node ?? undefined, `${pathText(path)} has no place for a value`, "Write `key: value` there.");
  }
  const start = slotEnd(container, index);
  const usable = yaml.text[start] === " " && yaml.text[start + 1] !== "#";
  const offset = usable ? start + 1 : start;
  return [{ start: offset, end: offset, text: usable ? text : ` ${text}`, depth: onTheLine }];
}
