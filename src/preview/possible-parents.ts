import type { Declaration } from "../model/declaration.ts";
import { mapLimit } from "../model/map-limit.ts";
import { isAtOrBelow } from "../model/paths.ts";
import type { Render, RenderSource } from "../model/render.ts";
import type { ChangedPath } from "../model/tree.ts";
import type { Affected, ComparedTarget } from "./affected.ts";
import { smallText } from "./small-text.ts";

/** Changed files that are looked into, and how many at once. */
const [maxFiles, atOnce] = [500, 16];

/** Whether a side lacks something, be it all of it, that the other side has. */
export function isUnseen(side: Render | undefined, other: Render | undefined): boolean {
  if (side?.ok !== false) return false;
  if (side.partial === undefined) return true;
  const had = new Set(other?.unpinned.map(({ reference }) => reference));
  return side.unpinned.some(({ reference, kind }) => kind !== "value" && !had.has(reference));
}

/**
 * For an object that nothing has any more: the target that is not rendered at the head, where one of its changed files
 * has such an object. It may be there that the object went.
 */
export async function possibleParents(
  compared: readonly ComparedTarget[],
  changed: readonly ChangedPath[],
  { tree }: Pick<RenderSource, "tree">,
): Promise<(declaration: Declaration) => Affected | undefined> {
  const unseen = compared.filter((one): one is Affected => one.affected && isUnseen(one.head, one.base));
  const files = changed.flatMap(({ path }) => {
    const parent = unseen.find((one) => mayRead(one, path));
    return parent === undefined ? [] : [{ path, parent }];
  });
  const texts = await mapLimit(files.slice(0, maxFiles), atOnce, async ({ path, parent }) => {
    return { parent, text: (await smallText(tree, path)) ?? "" };
  });
  return ({ kind, name }) =>
    texts.find(({ text }) => hasField(text, "kind", kind) && hasField(text, "name", name))?.parent;
}

function mayRead({ target: { render }, head }: Affected, path: string): boolean {
  return isAtOrBelow(path, render.path) || head?.trace.some(([read]) => read === path) === true;
}

function hasField(text: string, field: string, value: string): boolean {
  return new RegExp(`\\b${field}["']?:[ \\t]*["']?${RegExp.escape(value)}["']?[ \\t]*(?:[,}#]|$)`, "m").test(text);
}
