import type { Identity } from "../../manifests/manifest.ts";

/** An object that Flux applied, in the version of its kind that was applied. */
export interface InventoryEntry extends Identity {
  readonly version: string;
}

/** `namespace_name_group_kind`; a colon in a name is written as two underscores. `undefined`: it is none. */
export function parseEntry(id: string, version: string): InventoryEntry | undefined {
  const first = id.indexOf("_");
  const last = id.lastIndexOf("_");
  const before = id.lastIndexOf("_", last - 1);
  if (first < 0 || before <= first) return undefined;
  const name = id.slice(first + 1, before).replaceAll("__", ":");
  const [namespace, group, kind] = [id.slice(0, first), id.slice(before + 1, last), id.slice(last + 1)];
  return name === "" || kind === "" ? undefined : { namespace, name, group, kind, version };
}

/** As manifests name it. */
export function apiVersionOf({ group, version }: Pick<InventoryEntry, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}
