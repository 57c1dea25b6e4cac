import type { KeyPath, Node, ScalarAt, YamlText } from "./types.ts";

/** The document (counted from 0) as nodes; `undefined` when there is none. An empty document is a null. */
export function documentAt(_yaml: YamlText, _document: number): Node | undefined {
  return undefined;
}

/** The scalar at a path, `undefined` when nothing or something else is there. */
export function scalarAt(_yaml: YamlText, _document: number, _path: KeyPath): ScalarAt | undefined {
  return undefined;
}
