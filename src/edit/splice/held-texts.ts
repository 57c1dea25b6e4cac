import { nodeAt } from "./nodes.ts";
import { parseYaml } from "./parse.ts";
import { pathText, refused } from "./refuse.ts";
import type { HeldEdit, PlainEdit, YamlEdit, YamlText } from "./types.ts";

/** Applies plain edits to bytes. */
type Apply = (path: string, bytes: Uint8Array, edits: readonly YamlEdit[]) => { readonly bytes: Uint8Array };

/**
 * The edits with each text that holds a document set as a whole, as it is after the edits of that document. What cannot
 * be edited there is a `refused` UserError.
 */
export function withHeldTexts(
  path: string,
  bytes: Uint8Array,
  edits: readonly YamlEdit[],
  apply: Apply,
): readonly PlainEdit[] {
  const plain = edits.filter((edit) => edit.kind !== "held");
  const held = edits.filter((edit) => edit.kind === "held");
  if (held.length === 0) return plain;
  const yaml = parseYaml(path, bytes);
  const texts = Map.groupBy(held, (edit) => JSON.stringify([edit.document, edit.path]));
  return [...plain, ...[...texts.values()].flatMap((same) => textAfter(yaml, same, apply))];
}

function textAfter(yaml: YamlText, edits: readonly HeldEdit[], apply: Apply): readonly PlainEdit[] {
  const [first] = edits;
  if (first === undefined) return [];
  const { document, path } = first;
  const node = nodeAt(yaml, document, path);
  if (node?.kind !== "scalar") {
    throw refused(yaml, undefined, `${pathText(path)} is no text`, "Make that change by hand.");
  }
  const inner = edits.flatMap((edit) => edit.edits);
  const { bytes } = apply(`${yaml.path} (${pathText(path)})`, Buffer.from(node.value), inner);
  return [{ kind: "set", document, path, value: Buffer.from(bytes).toString() }];
}
