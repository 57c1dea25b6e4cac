import { type Document, parseAllDocuments } from "yaml";

const maxAliasCount = 100;

/**
 * The values of the documents in a text of others, `undefined` for one that is no YAML, or whose aliases name nothing
 * or come to too much. A text that is nested too deeply has none.
 */
export function yamlValues(text: string): readonly unknown[] {
  return unlessUnusable(() => [...parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false })], []).map(valueIn);
}

function valueIn(document: Document.Parsed): unknown {
  return document.errors.length > 0
    ? undefined
    : unlessUnusable((): unknown => document.toJS({ maxAliasCount }), undefined);
}

/** The library throws a ReferenceError for aliases, and what the stack does not hold is a RangeError. */
function unlessUnusable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return otherwise;
    throw error;
  }
}
