import { UserError } from "../model/errors.ts";
import type { ResourceMapping } from "../model/kube.ts";

/** The path under which an API server has a group and version: `/api/v1`, `/apis/apps/v1`. */
export function groupPath(apiVersion: string): string {
  const [group = "", version] = apiVersion.split("/");
  return version === undefined ? `/api/${segment(group)}` : `/apis/${segment(group)}/${segment(version)}`;
}

/** The path under which an API server says which versions a group has. */
export function versionsPath(group: string): string {
  return group === "" ? "/api" : `/apis/${segment(group)}`;
}

/** The path of all objects of a kind, in one namespace where it is named. */
export function collectionPath(apiVersion: string, { plural }: ResourceMapping, namespace: string | undefined): string {
  const where = namespace === undefined ? "" : `/namespaces/${segment(namespace)}`;
  return `${groupPath(apiVersion)}${where}/${segment(plural)}`;
}

/** The path of one object. */
export function objectPath(collection: string, name: string): string {
  return `${collection}/${segment(name)}`;
}

/** A query, in the order given; what is `undefined` is left out. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/**
 * One part of a path. Upper case stays, as in the names of roles. Throws an `input` UserError for what would lead
 * elsewhere.
 */
function segment(text: string): string {
  if (text === "" || text === "." || text === ".." || /[/%]/.test(text) || !text.isWellFormed())
    throw new UserError("input", `${JSON.stringify(text)} cannot be a name in Kubernetes`);
  return encodeURIComponent(text);
}
