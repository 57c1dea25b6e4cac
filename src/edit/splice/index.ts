export { applyEdits } from "./apply.ts";
export { type Comment, commentsWith } from "./comments.ts";
export { documentAt, nodeAt, scalarAt } from "./nodes.ts";
export { parseYaml } from "./parse.ts";
export type {
  EditedText,
  KeyPath,
  MapNode,
  Node,
  ScalarNode,
  ScalarValue,
  YamlEdit,
  YamlText,
} from "./types.ts";
