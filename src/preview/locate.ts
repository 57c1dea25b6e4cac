import { locate, type TargetFinding } from "../diff/index.ts";
import type { Finding } from "../model/preview.ts";
import type { Tree } from "../model/tree.ts";

/** Files larger than this are not searched for lines: the finding then names the file alone. */
const maxBytes = 512 * 1024;

/** Gives findings that know their file the line at which the field, else the resource, stands in the head. */
export async function locateFindings(findings: readonly TargetFinding[], head: Tree): Promise<readonly Finding[]> {
  const texts = new Map<string, Promise<string | undefined>>();
  const textOf = (path: string): Promise<string | undefined> => {
    const text = texts.get(path) ?? readSmall(head, path);
    texts.set(path, text);
    return text;
  };
  return Promise.all(
    findings.map(async ({ pointer, target, ...finding }) => {
      if (finding.file === undefined || finding.line !== undefined || target === undefined) return finding;
      const text = await textOf(finding.file);
      const line = text === undefined ? undefined : locate(text, target, pointer);
      return line === undefined ? finding : { ...finding, line };
    }),
  );
}

async function readSmall(tree: Tree, path: string): Promise<string | undefined> {
  const entry = await tree.at(path);
  if (entry?.kind !== "file") return undefined;
  const bytes = await tree.read(path);
  return bytes === undefined || bytes.length > maxBytes ? undefined : new TextDecoder().decode(bytes);
}
