import type { Node } from "../splice/index.ts";
import type { Document, ReadFiles } from "./files.ts";
import { child, itemsOf, resolvePath, textOf } from "./nodes.ts";

const message = "`replacements` write an image from another field: the version is set there";
const imagePath = /(?:^|[./\]])image$/;

/** Tells of a kustomization's replacements that write an image, in the kustomization or in files of their own: they win over `images`, and what they copy may stand anywhere. */
export async function tellReplacements(files: ReadFiles, folder: string, { file, root }: Document): Promise<void> {
  for (const entry of itemsOf(child(root, "replacements"))) {
    const path = textOf(child(entry, "path"));
    if (path === "") tell(files, file, entry);
    else for (const own of await files.documents(resolvePath(folder, path) ?? "")) tellAll(files, own);
  }
}

function tellAll(files: ReadFiles, { file, root }: Document): void {
  for (const one of root.kind === "list" ? root.items : [root]) tell(files, file, one);
}

function tell(files: ReadFiles, file: string, replacement: Node): void {
  const fields = itemsOf(child(replacement, "targets")).flatMap((target) => itemsOf(child(target, "fieldPaths")));
  if (fields.some((field) => imagePath.test(textOf(field)))) files.tell(file, message, replacement.line);
}
