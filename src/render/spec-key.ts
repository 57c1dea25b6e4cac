import { LRUCache } from "lru-cache";
import { canonicalJson, type Json } from "../model/json.ts";
import { type RenderSpec, specText } from "../model/target.ts";
import { sha256 } from "./cached-render.ts";
import type { RenderLimits } from "./limits.ts";

/** Characters of texts of specs whose keys are kept: each plan has specs of its own, most of them with known texts. */
const maxText = 16 * 1024 * 1024;
const keys = new LRUCache<string, string>({ maxSize: maxText, sizeCalculation: (_, text) => text.length + 1 });

/**
 * The key under which renders of one spec are kept: a hash (32 hex digits) of the engine's build, the limits that
 * decide results, and the spec.
 */
export function specKey(build: string, limits: RenderLimits, spec: RenderSpec): string {
  const { wallMs: _time, memoryBytes: _memory, ...deciding } = limits;
  const context = `${build}\n${canonicalJson(deciding)}`;
  const text = `${context}\n${specText(spec)}`;
  const key = keys.get(text) ?? sha256(`${context}\n${canonicalJson(plain(spec))}`).slice(0, 32);
  keys.set(text, key);
  return key;
}

/** The spec as JSON has it: without fields that are `undefined`. */
function plain(spec: RenderSpec): Json {
  return JSON.parse(JSON.stringify(spec));
}
