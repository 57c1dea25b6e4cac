import { code } from "../../model/text/markdown.ts";

/** What links are made of; without the repository's address there are none. */
export interface LinkBase {
  readonly repositoryUrl?: string | undefined;
  /** The full id of the commit whose files are linked. */
  readonly head: string;
}

/** A file of the head, and its line, as a link. */
export function fileLink(file: string, line: number | undefined, { repositoryUrl, head }: LinkBase): string {
  const text = line === undefined ? file : `${file}:${line}`;
  if (repositoryUrl === undefined) return code(text);
  const path = file.split("/").map(encodeURIComponent).join("/");
  const label = /^[\w./-]+(?::\d+)?$/.test(text) && !text.includes("_") ? text : code(text);
  return `[${label}](${repositoryUrl}/blob/${head}/${path}${line === undefined ? "" : `#L${line}`})`;
}

/** A commit by its first seven digits, as a link. */
export function commitLink(sha: string, repositoryUrl: string | undefined): string {
  const id = code(sha.slice(0, 7));
  return repositoryUrl === undefined ? id : `[${id}](${repositoryUrl}/commit/${sha})`;
}
