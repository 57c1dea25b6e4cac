const schema = /^kind:[ \t]*CustomResourceDefinition[ \t]*\r?$/m;
/** Where a document may end or begin without `---`. */
const otherMark = /^(?:%|\.\.\.)/m;

/**
 * A stream of YAML without the text of its CustomResourceDefinitions: they are large, describe images and name none.
 * The result has the same documents on the same lines; those of the definitions are empty.
 */
export function withoutSchemas(bytes: Uint8Array): Uint8Array {
  // A character for each byte, so that bytes that are not UTF-8 stay as they are.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (!schema.test(text) || otherMark.test(text)) return bytes;
  return Buffer.from(
    text
      .split(/^(?=---(?:\s|$))/m)
      .map(emptied)
      .join(""),
    "latin1",
  );
}

function emptied(document: string): string {
  if (!schema.test(document)) return document;
  return (document.startsWith("---") ? "---" : "{}") + document.replaceAll(/[^\r\n]+/g, "");
}
