import { isMap, isScalar, type YAMLMap } from "yaml";
import type { Slot } from "./locate.ts";
import type { Surroundings } from "./scalar-text.ts";
import type { YamlText } from "./types.ts";

const jsonFiles = new WeakMap<YamlText, boolean>();

/**
 * How to write at the end of a path: as JSON where the innermost braces have keys in double quotes, or the file is
 * JSON.
 */
export function surroundings(yaml: YamlText, slots: readonly Slot[]): Surroundings {
  const around = slots.flatMap(({ container, index }) => (container?.flow === true ? [{ container, index }] : []));
  const flow = around.length > 0 || isFlow(slots.at(-1)?.node ?? null);
  if (!flow) return { flow: false, json: false };
  const map = around.findLast(({ container }) => isMap(container));
  return { flow, json: isJsonFile(yaml) || (map !== undefined && isMap(map.container) && quoted(map.container)) };
}

/** Whether the braces' keys are in double quotes. */
export function quoted(map: YAMLMap.Parsed): boolean {
  const key = map.items[0]?.key;
  return isScalar(key) && key.type === "QUOTE_DOUBLE";
}

function isFlow(node: Slot["node"]): boolean {
  return node !== null && "flow" in node && node.flow === true;
}

/** Whether the whole file is JSON. */
export function isJsonFile(yaml: YamlText): boolean {
  const known = jsonFiles.get(yaml);
  if (known !== undefined) return known;
  const found = /^\s*[[{]/.test(yaml.text) && parsesAsJson(yaml.text);
  jsonFiles.set(yaml, found);
  return found;
}

/** Whether the text is JSON. */
export function parsesAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
