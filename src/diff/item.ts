import type { ResourceId } from "../model/preview.ts";
import type { Resource } from "../model/render.ts";
import { at, isList, isObject, objectAt, textAt, type ValueObject, withKey, withNumberTexts } from "./value.ts";

/** One Kubernetes object of a render, ready to be matched. */
export interface Item {
  readonly id: ResourceId;
  /** Group, kind, namespace and name: what makes two objects of two renders the same one. */
  readonly key: string;
  readonly object: ValueObject;
  readonly file: string | undefined;
}

/** The API group of an `apiVersion`; `""` for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** How findings and reports name a resource: `Kind/name` or `Kind/namespace/name`. */
export function resourceLabel(id: Pick<ResourceId, "kind" | "namespace" | "name">): string {
  return id.namespace === "" ? `${id.kind}/${id.name}` : `${id.kind}/${id.namespace}/${id.name}`;
}

/** The objects of a render, lists (`kind: List`, `ConfigMapList`, …) taken apart, in the render's order. */
export function toItems(resources: readonly Resource[]): readonly Item[] {
  const items: Item[] = [];
  for (const resource of resources) collect(withNumberTexts(resource), resource.file, items, 0);
  return items;
}

/** The item with another object, and what that one is called. */
export function withObject({ file }: Item, object: ValueObject): Item {
  return toItem(object, file);
}

function collect(object: ValueObject, file: string | undefined, items: Item[], depth: number): void {
  const parts = depth < 8 ? listItems(object) : undefined;
  if (parts === undefined) items.push(toItem(object, file));
  else for (const part of parts) collect(part, file, items, depth + 1);
}

function listItems(object: ValueObject): readonly ValueObject[] | undefined {
  const kind = textAt(object, "kind");
  const list = at(object, "items");
  // A list has no name of its own; a custom resource that merely ends in "List" does.
  if (!kind.endsWith("List") || !isList(list) || textAt(object, "metadata", "name") !== "") return undefined;
  if (!list.every(isObject)) return undefined;
  const itemKind = kind === "List" ? undefined : kind.slice(0, -"List".length);
  return list.filter(isObject).map((item) => {
    if (itemKind === undefined || textAt(item, "kind") !== "") return item;
    const apiVersion = at(item, "apiVersion") ?? at(object, "apiVersion");
    return withKey(withKey(item, "kind", itemKind), "apiVersion", apiVersion);
  });
}

/** One object, ready to be matched. */
export function toItem(object: ValueObject, file?: string): Item {
  const metadata = objectAt(object, "metadata");
  const id = {
    apiVersion: textAt(object, "apiVersion"),
    kind: textAt(object, "kind"),
    namespace: textAt(metadata, "namespace"),
    name: textAt(metadata, "name") || textAt(metadata, "generateName"),
  };
  return { id, key: [groupOf(id.apiVersion), id.kind, id.namespace, id.name].join("\n"), object, file };
}
