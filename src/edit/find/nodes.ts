import type { Node, ScalarNode } from "../splice/index.ts";

/** The child of a map. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.get(key) : undefined;
}

/** The value below a list of keys. */
export function childAt(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((here, key) => child(here, key), node);
}

/** The text of a scalar; empty for other nodes. */
export function textOf(node: Node | undefined): string {
  return node?.kind === "scalar" ? node.value : "";
}

/** The items of a list; none for other nodes. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

/** The node when it is a single value or nothing. */
export function scalarOf(node: Node | undefined): ScalarNode | undefined {
  return node?.kind === "scalar" || node?.kind === "null" ? node : undefined;
}

/** The path of a file in a folder. */
export function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** A relative path from a folder, as kustomize reads it; `undefined` when it leaves the repository or is a URL. */
export function resolvePath(folder: string, relative: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/|^git@/i.test(relative)) return undefined;
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
