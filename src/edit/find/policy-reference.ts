import { isJsonObject, type Json } from "../../model/json.ts";
import type { Marker, PolicyReference } from "./setting.ts";

/** The key of a marker: every file with one contains this text. */
export const markerKey = "$imagepolicy";

/** Names of Kubernetes objects and namespaces. */
const nameShape = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const parts = ["name", "tag", "digest"] as const;

/** The reference as text. */
export function printPolicy({ namespace, name }: PolicyReference): string {
  return `${namespace}:${name}`;
}

/** Reads `namespace:name`, `namespace:name:tag`, `…:name` or `…:digest`; `undefined` for other text. */
function parseMarker(text: string): Marker | undefined {
  const [, namespace = "", name = "", suffix] = /^([^:]*):([^:]*)(?::([^:]*))?$/.exec(text) ?? [];
  const part = suffix === undefined ? "whole" : parts.find((one) => one === suffix);
  if (part === undefined || !nameShape.test(namespace) || !nameShape.test(name)) return undefined;
  return { policy: { namespace, name }, part };
}

/** The marker as text. */
export function printMarker({ policy, part }: Marker): string {
  return part === "whole" ? printPolicy(policy) : `${printPolicy(policy)}:${part}`;
}

/** A marker that cannot be used, and why. */
interface Malformed {
  readonly malformed: string;
}

/**
 * Reads what follows the `#` of a comment, as Flux does: the whole of it is a JSON object whose values are texts.
 * `undefined` for comments for people.
 */
export function readMarker(comment: string): Marker | Malformed | undefined {
  const text = comment.replace(/^#+/, "").trim();
  const json = jsonOf(text);
  if (json === undefined) {
    return /\{.*\$imagepolicy/.test(text) ? { malformed: "the whole comment has to be a JSON object" } : undefined;
  }
  if (!isJsonObject(json) || !Object.hasOwn(json, markerKey)) return undefined;
  const value = json[markerKey];
  if (typeof value !== "string" || Object.values(json).some((one) => typeof one !== "string")) {
    return { malformed: "the values of its object have to be texts" };
  }
  return (
    parseMarker(value) ?? {
      malformed: `\`${value.slice(0, 100)}\` is not \`namespace:name\`, alone or followed by \`:name\`, \`:tag\` or \`:digest\``,
    }
  );
}

function jsonOf(text: string): Json | undefined {
  try {
    const json: Json = JSON.parse(text);
    return json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
