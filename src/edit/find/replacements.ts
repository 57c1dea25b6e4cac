import type { Node } from "../splice/index.ts";
import { child, itemsOf, resolvePath, textOf } from "./nodes.ts";
import type { Document, ReadFiles } from "./read-files.ts";

const message = "`replacements` write an image from another field: the version is set there";
const imagePath = /(?:^|[./\]])image$/;

/**
 * Reports a kustomization's replacements that write an image, in the kustomization or in other files: they win over
 * `images`, and what they copy may be anywhere.
 */
export async function reportReplacements(files: ReadFiles, folder: string, { file, root }: Document): Promise<void> {
  for (const entry of itemsOf(child(root, "replacements"))) {
    const path = textOf(child(entry, "path"));
    if (path === "") report(files, file, entry);
    else for (const own of await files.documents(resolvePath(folder, path) ?? "")) reportAll(files, own);
  }
}

function reportAll(files: ReadFiles, { file, root }: Document): void {
  for (const one of root.kind === "list" ? root.items : [root]) report(files, file, one);
}

function report(files: ReadFiles, file: string, replacement: Node): void {
  const fields = itemsOf(child(replacement, "targets")).flatMap((target) => itemsOf(child(target, "fieldPaths")));
  if (fields.some((field) => imagePath.test(textOf(field)))) files.report(file, message, replacement.line);
}
