import { Fault } from "../model/errors.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import type { Resource } from "../model/render.ts";

/** Reads the body of a result. Throws a `bug` Fault when it is not a list of resources. */
export function parseResources(body: Uint8Array): readonly Resource[] {
  const parsed: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  if (!isResourceList(parsed)) throw new Fault("bug", "the engine gave a result that is no list of resources");
  return parsed;
}

function isResourceList(value: unknown): value is readonly Resource[] {
  return Array.isArray(value) && value.every(isResource);
}

/** Only what the engine itself builds is checked: below `object`, whatever JSON can say is fine. */
function isResource(value: Json | undefined): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.object)) return false;
  const { file, numbers } = value;
  return (file === undefined || typeof file === "string") && (numbers === undefined || isJsonObject(numbers));
}
