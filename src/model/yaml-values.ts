import { type Document, isScalar, parseAllDocuments, visit } from "yaml";

const maxAliasCount = 100;

/**
 * The values of the documents in a text of others, `undefined` for one that is no YAML, whose aliases name nothing or
 * come to too much, or that has maps or lists as keys. A text that is nested too deeply has none.
 */
export function yamlValues(text: string): readonly unknown[] {
  return unlessUnusable(() => [...parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false })], []).map(valueIn);
}

function valueIn(document: Document.Parsed): unknown {
  return document.errors.length > 0 || unlessUnusable(() => hasOddKeys(document), true)
    ? undefined
    : unlessUnusable((): unknown => document.toJS({ maxAliasCount }), undefined);
}

/**
 * Whether a key is no plain value. The library turns it into a text with all that is in it, once for each level: a
 * kilobyte of keys in keys takes hours.
 */
export function hasOddKeys(document: Document): boolean {
  let odd = false;
  visit(document, {
    Pair: (_, { key }) => {
      odd = key !== null && !isScalar(key);
      return odd ? visit.BREAK : undefined;
    },
  });
  return odd;
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
