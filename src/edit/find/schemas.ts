const schema = /^kind:[ \t]*CustomResourceDefinition[ \t]*\r?$/m;
/** Where a document may end or begin otherwise than by `---`. */
const otherMark = /^(?:%|\.\.\.)/m;

/**
 * A stream of YAML without the text of its CustomResourceDefinitions: they are large, describe images and name none. What is left has the same documents on the same lines, those of the
 * definitions empty.
 */
export function withoutSchemas(bytes: Uint8Array): Uint8Array {
  // A character for each byte, so that what is no UTF-8 stays as it is.
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
