import { parseImage } from "../image-name.ts";
import type { KeyPath, Node } from "../splice/index.ts";
import { releaseSettings } from "./chart-releases.ts";
import { child, childAt, textOf } from "./nodes.ts";
import { type Bounds, type Document, resourcesIn } from "./read-files.ts";
import type { VersionSetting } from "./setting.ts";
import { type Known, type Search, type Shape, shapesIn } from "./shapes.ts";
import { boundsIn, shapeParts } from "./values.ts";

/** Files without one of these set no version. */
export const manifestWords = ["mage", "repository", "HelmRelease", "Application"];

/** Kinds that contain text, schemas or build instructions, never an image that runs. */
const imageless = new Set([
  "ConfigMap",
  "Secret",
  "CustomResourceDefinition",
  "SealedSecret",
  "HelmChartInflationGenerator",
  "ImageTagTransformer",
]);

/**
 * Images in one document of Kubernetes manifests: every `image` of a container, of whatever kind, and of custom
 * resources that name one. Items of `List` objects count as documents.
 */
export function manifestSettings(document: Document, files: Bounds): readonly VersionSetting[] {
  return resourcesIn(document.root).flatMap((resource) => resourceSettings(document, resource, files));
}

function resourceSettings(document: Document, resource: Node, files: Bounds): readonly VersionSetting[] {
  const kind = textOf(child(resource, "kind"));
  if (resource.kind !== "map" || imageless.has(kind) || isKustomization(resource)) return [];
  const release = releaseSettings(document, resource, files);
  if (release !== undefined) return release;
  const name = `${kind}/${textOf(childAt(resource, "metadata", "name"))}`;
  const skip = (key: string, depth: number) =>
    (depth === 0 && (key === "metadata" || key === "status")) || key === "annotations" || key === "labels";
  return imagesIn(document, resource, files, { skip }).map((setting) => ({ ...setting, resource: name }));
}

/** What kustomize reads itself. Flux's Kustomization is another thing. */
function isKustomization(resource: Node): boolean {
  const [group = ""] = textOf(child(resource, "apiVersion")).split("/");
  const isNamed = ["Kustomization", "Component"].includes(textOf(child(resource, "kind")));
  return isNamed && (group === "" || group === "kustomize.config.k8s.io");
}

/** Images in a part of a document whose values all stand in it. */
export function imagesIn(
  document: Document,
  start: Node,
  files: Bounds,
  { skip }: Pick<Search, "skip">,
): readonly VersionSetting[] {
  const known: Known = (map, key) => textOf(map.get(key)) || undefined;
  return shapesIn(start, { ...boundsIn(files, document.file), ...(skip && { skip }), known }).map((shape) =>
    settingOf(document, shape),
  );
}

function settingOf({ file, document, root }: Document, shape: Shape): VersionSetting {
  const name = nameOf(shape);
  const container = containerOf(shape, root);
  return {
    subject: { kind: "image", name },
    matches: name,
    form: "manifest",
    file,
    document,
    at: shape.map.path,
    ...shapeParts(shape),
    ...(shape.digest && { digestKey: shape.keys.digest }),
    ...(container !== undefined && { container }),
  };
}

function nameOf({ name, registry, whole }: Shape): string | undefined {
  const text = parseImage((whole ?? name)?.value ?? "")?.name;
  const before = registry?.value ?? "";
  return text === undefined || before === "" ? text : `${before}/${text}`;
}

/**
 * The name of the container that the map is; of one without a name, its place in the list. Of a volume with an image
 * `volume NAME`: kustomize's `images` changes both.
 */
function containerOf({ map, whole }: Shape, root: Node): string | undefined {
  if (whole === undefined) return undefined;
  if (isContainer(map.path)) return textOf(map.get("name")) || String(map.path.at(-1));
  if (!isImageVolume(whole.path)) return undefined;
  const volume = map.path.slice(0, -1).reduce<Node | undefined>(stepInto, root);
  return `volume ${textOf(child(volume, "name")) || String(map.path.at(-2))}`;
}

function stepInto(node: Node | undefined, step: string | number): Node | undefined {
  return node?.kind === "list" && typeof step === "number" ? node.items[step] : child(node, String(step));
}

/** Whether a path is that of the image of a pod's volume. */
function isImageVolume(path: KeyPath): boolean {
  const [list, index, image, key] = path.slice(-4);
  return list === "volumes" && typeof index === "number" && image === "image" && key === "reference";
}

/** Whether a path is that of a container, as kustomize finds them. */
function isContainer(path: KeyPath): boolean {
  return typeof path.at(-1) === "number" && /^(?:initC|ephemeralC|c)ontainers$/.test(String(path.at(-2)));
}
