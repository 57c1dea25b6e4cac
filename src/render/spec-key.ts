import { canonicalJson, type Json } from "../model/json.ts";
import type { RenderSpec } from "../model/target.ts";
import { sha256 } from "./cached-render.ts";
import type { RenderLimits } from "./limits.ts";

const keys = new WeakMap<RenderSpec, Map<string, string>>();

/**
 * The key under which renders of one spec are kept: a hash (32 hex digits) of the engine's build, the limits that
 * decide results, and the spec.
 */
export function specKey(build: string, limits: RenderLimits, spec: RenderSpec): string {
  const { wallMs: _time, memoryBytes: _memory, ...deciding } = limits;
  const context = `${build}\n${canonicalJson(deciding)}`;
  const known = keys.get(spec) ?? new Map<string, string>();
  keys.set(spec, known);
  const key = known.get(context) ?? sha256(`${context}\n${canonicalJson(plain(spec))}`).slice(0, 32);
  known.set(context, key);
  return key;
}

/** The spec as JSON has it: without fields that are `undefined`. */
function plain(spec: RenderSpec): Json {
  return JSON.parse(JSON.stringify(spec));
}
