export { applyEdits } from "./apply.ts";
export { documentAt, scalarAt } from "./nodes.ts";
export { parseYaml } from "./parse.ts";
export type {
  EditedText,
  KeyPath,
  MapNode,
  Node,
  ScalarNode,
  ScalarValue,
  YamlEdit,
} from "./types.ts";
