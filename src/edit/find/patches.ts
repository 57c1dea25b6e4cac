import { UserError } from "../../model/errors.ts";
import { parseImage } from "../image-name.ts";
import type { Node, ScalarNode } from "../splice/index.ts";
import { imagesIn, manifestSettings, manifestWords } from "./manifests.ts";
import { child, itemsOf, resolvePath, textOf } from "./nodes.ts";
import { type Document, documentsOf, type ReadFiles } from "./read-files.ts";
import { partOf, type VersionSetting, withParts } from "./setting.ts";

/** An image that a patch sets, and where. */
export interface PatchSetting {
  readonly setting: VersionSetting;
  /** The patch's target in the kustomization, apart from what the patch itself names. */
  readonly target: { readonly kind: string; readonly name: string } | undefined;
  /** For a patch by JSON pointers: the pointer. */
  readonly pointer?: string;
}

/** The images that a kustomization's patches set, in the order in which they are applied. */
export async function patchSettings(
  files: ReadFiles,
  folder: string,
  kustomization: Document,
): Promise<readonly PatchSetting[]> {
  const { root } = kustomization;
  const merges = itemsOf(child(root, "patchesStrategicMerge")).map((node) => ({ node, entry: undefined }));
  const others = ["patches", "patchesJson6902"].flatMap((key) =>
    itemsOf(child(root, key)).map((entry) => ({ node: child(entry, "path") ?? child(entry, "patch"), entry })),
  );
  const found: PatchSetting[] = [];
  for (const { node, entry } of [...merges, ...others]) {
    if (node?.kind !== "scalar") continue;
    const inline = entry === undefined ? node.value.includes("\n") : child(entry, "path") === undefined;
    const documents = inline
      ? inlineDocuments(kustomization, node, files)
      : await files.documents(resolvePath(folder, node.value) ?? "", manifestWords);
    const settings = documents.flatMap((document) => imagesOfPatch(document, files));
    const mark = inline ? (one: VersionSetting) => inText(one, kustomization, node) : (one: VersionSetting) => one;
    found.push(...settings.map((one) => ({ ...one, setting: mark(one.setting), target: targetOf(entry) })));
  }
  return found;
}

function targetOf(entry: Node | undefined): PatchSetting["target"] {
  const target = child(entry, "target");
  return target === undefined
    ? undefined
    : { kind: textOf(child(target, "kind")), name: textOf(child(target, "name")) };
}

function inlineDocuments({ file }: Document, node: ScalarNode, files: ReadFiles): readonly Document[] {
  if (!manifestWords.some((word) => node.value.includes(word))) return [];
  try {
    return documentsOf(file, Buffer.from(node.value));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    files.report(file, `The inline patch cannot be read: ${error.message}`, node.line);
    return [];
  }
}

/** Settings in the text of a patch are found, but the text is one scalar: parts of it cannot be changed. */
function inText(setting: VersionSetting, { document }: Document, node: ScalarNode): VersionSetting {
  const { path, line, style } = node;
  const placed = withParts(setting, (part) => {
    return { value: part.value, path, line: style === "block" ? line + part.line : line, blocked: "inline patch" };
  });
  return { ...placed, document, at: path.slice(0, -1) };
}

function imagesOfPatch(document: Document, files: ReadFiles): readonly Omit<PatchSetting, "target">[] {
  if (document.root.kind !== "list") return manifestSettings(document, files).map((setting) => ({ setting }));
  return document.root.items.flatMap((operation) => {
    const pointer = textOf(child(operation, "path"));
    const value = child(operation, "value");
    if (value === undefined || !["add", "replace"].includes(textOf(child(operation, "op")))) return [];
    if (value.kind !== "scalar") return imagesIn(document, value, files, {}).map((setting) => ({ setting, pointer }));
    const name = parseImage(value.value)?.name;
    if (!pointer.endsWith("/image") || name === undefined) return [];
    const { file, document: index } = document;
    const about = { subject: { kind: "image", name }, matches: name, form: "manifest", file, document: index } as const;
    const setting = { ...about, at: value.path.slice(0, -1), whole: partOf(value), ...containerAt(pointer) };
    return [{ setting, pointer }];
  });
}

/** The container that a JSON pointer names, by its index in the list. */
function containerAt(pointer: string): { readonly container?: string } {
  const container = /\/(?:containers|initContainers)\/(\d+|-)\/image$/.exec(pointer)?.[1];
  return container === undefined ? {} : { container };
}

/** Whether a patch sets the image of the same container. */
export function replaces({ setting: by, target, pointer }: PatchSetting, setting: VersionSetting): boolean {
  if (setting.resource === undefined) return false;
  const [kind = "", name = ""] = setting.resource.split("/");
  const [byKind = "", byName = ""] = by.resource?.split("/") ?? [];
  const sameResource =
    target === undefined
      ? kind === byKind && name === byName
      : (target.kind === "" || target.kind === kind) && (target.name === "" || target.name === name);
  if (!sameResource) return false;
  if (pointer !== undefined) return `/${[...setting.at, "image"].join("/")}` === pointer;
  return setting.container !== undefined && setting.container === by.container;
}
