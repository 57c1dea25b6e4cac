import type { KnownObject, ObjectName } from "../../discovery/follower.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { isMounted } from "../../model/mount.ts";

const readGroups: ReadonlySet<string> = new Set([
  "argoproj.io",
  "fluxcd.controlplane.io",
  "source.extensions.fluxcd.io",
]);

/** Whether a controller reads objects of this kind; everything else in a render is left where it is. */
export function isKept({ group, kind }: ObjectName): boolean {
  if (group === "") return kind === "ConfigMap" || kind === "Secret";
  return readGroups.has(group) || group.endsWith(".toolkit.fluxcd.io");
}

/** An object of a render, `undefined` where nobody could name it. */
export function knownObject(
  object: JsonObject,
  place: Pick<KnownObject, "file" | "line" | "entry">,
): KnownObject | undefined {
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !isJsonObject(metadata)) return undefined;
  const { name, namespace } = metadata;
  if (typeof name !== "string" || name === "") return undefined;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const { file, ...rest } = place;
  // What stands in a mount has no place in the repository.
  const own = file === undefined || isMounted(file) ? {} : { file };
  return { group, kind, namespace: typeof namespace === "string" ? namespace : "", name, object, ...own, ...rest };
}

/** The text by which two objects of one cluster are the same. */
export function keyOf({ group, kind, namespace, name }: ObjectName): string {
  return JSON.stringify([group, kind, namespace, name]);
}
