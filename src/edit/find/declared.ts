import type { Declaration } from "../../model/declaration.ts";
import type { Node } from "../splice/index.ts";
import { child, childAt, textOf } from "./nodes.ts";
import { type Document, type ReadFiles, resourcesIn } from "./read-files.ts";

/** An object in the file that it is written in. */
export interface WrittenObject {
  readonly document: Document;
  readonly object: Node;
}

const groups: Readonly<Record<string, string>> = {
  Application: "argoproj.io",
  ApplicationSet: "argoproj.io",
  HelmRelease: "helm.toolkit.fluxcd.io",
  Kustomization: "kustomize.toolkit.fluxcd.io",
  ResourceSet: "fluxcd.controlplane.io",
};

/**
 * The object that declares a target, as its file has it; `undefined` where that is not known or something else makes
 * it. kustomize may have given it another namespace, and something before or after its name.
 */
export async function declaredObject(files: ReadFiles, by: Declaration): Promise<WrittenObject | undefined> {
  if (by.file === undefined) return undefined;
  const alike = (await objectsIn(files, by.file, [by.kind])).filter(({ object }) => isOfKind(object, by.kind));
  const named = alike.filter(({ object }) => nameOf(object) === by.name);
  const here = named.filter(({ object }) => ["", by.namespace].includes(namespaceOf(object)));
  if (named.length > 0) return here.length > 0 ? here[0] : named[0];
  const [only] = alike;
  return alike.length === 1 && only !== undefined && isAffixed(by.name, nameOf(only.object)) ? only : undefined;
}

/** An object of a kind in the folder of another one, as the two are usually written; what is in its own file first. */
export async function objectBeside(
  files: ReadFiles,
  file: string,
  { kind, name }: { readonly kind: string; readonly name: string },
): Promise<WrittenObject | undefined> {
  if (kind === "" || name === "") return undefined;
  for (const path of [file, ...(await files.beside(file))]) {
    const found = (await objectsIn(files, path, [kind])).find(
      ({ object }) =>
        textOf(child(object, "kind")) === kind &&
        nameOf(object) === name &&
        apiOf(object).endsWith("toolkit.fluxcd.io"),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `words`: a file with none of them is not parsed. */
async function objectsIn(files: ReadFiles, file: string, words: readonly string[]): Promise<readonly WrittenObject[]> {
  const documents = await files.documents(file, words);
  return documents.flatMap((document) => resourcesIn(document.root).map((object) => ({ document, object })));
}

function isOfKind(object: Node, kind: Declaration["kind"]): boolean {
  return textOf(child(object, "kind")) === kind && apiOf(object) === groups[kind];
}

function apiOf(object: Node): string {
  return textOf(child(object, "apiVersion")).replace(/\/.*/s, "");
}

function nameOf(object: Node): string {
  return textOf(childAt(object, "metadata", "name"));
}

function namespaceOf(object: Node): string {
  return textOf(childAt(object, "metadata", "namespace"));
}

function isAffixed(name: string, written: string): boolean {
  return written !== "" && (name.startsWith(written) || name.endsWith(written));
}
