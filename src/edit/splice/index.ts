export { applyEdits } from "./apply.ts";
export { documentAt, scalarAt } from "./nodes.ts";
export { parseYaml } from "./parse.ts";
export type {
  EditedText,
  KeyPath,
  ListNode,
  MapEntry,
  MapNode,
  Node,
  ScalarAt,
  ScalarNode,
  ScalarValue,
  Shared,
  YamlEdit,
  YamlText,
} from "./types.ts";
