import { parseImage } from "../image-name.ts";
import type { Node, ScalarNode } from "../splice/index.ts";
import { child, type Document, textOf } from "./files.ts";
import { partOf, type VersionSetting } from "./setting.ts";

/** Kinds that hold text, schemas or build instructions, never an image that runs. */
const imageless = new Set([
  "ConfigMap",
  "Secret",
  "CustomResourceDefinition",
  "SealedSecret",
  "Kustomization",
  "Component",
]);
const deepest = 40;

/** Images in one document of Kubernetes manifests: every `image` of a container, of whatever kind, and of custom resources that name one. */
export function manifestSettings(document: Document): readonly VersionSetting[] {
  if (imageless.has(textOf(child(document.root, "kind")))) return [];
  const settings: VersionSetting[] = [];
  const visit = (node: Node, depth: number): void => {
    if (depth > deepest) return;
    if (node.kind === "list") for (const item of node.items) visit(item, depth + 1);
    if (node.kind !== "map") return;
    for (const { key, node: value } of node.entries) {
      if (depth === 0 && key === "metadata") continue;
      if (key === "image" && value.kind === "scalar") settings.push(...imageSetting(document, value));
      else visit(value, depth + 1);
    }
  };
  visit(document.root, 0);
  return settings;
}

function imageSetting({ file, document }: Document, node: ScalarNode): readonly VersionSetting[] {
  const image = parseImage(node.value);
  if (image === undefined) return [];
  const about = {
    subject: { kind: "image", name: image.name },
    matches: image.name,
    form: "manifest",
    file,
    document,
  } as const;
  return [{ ...about, at: node.path.slice(0, -1), whole: partOf(node) }];
}
