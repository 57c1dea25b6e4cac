/** The last part of a small print: a page of the documents; nothing where nobody said where they are. */
export function helpLink(docsUrl: string | undefined, page: string): readonly string[] {
  return docsUrl === undefined ? [] : [`[help](${docsUrl}/${page})`];
}
