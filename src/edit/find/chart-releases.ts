import { UserError } from "../../model/errors.ts";
import { parseImage } from "../image-name.ts";
import type { MapNode, Node, ScalarNode } from "../splice/index.ts";
import { imageItem } from "./kustomization.ts";
import { child, childAt, itemsOf, scalarOf, textOf } from "./nodes.ts";
import { type Bounds, type Document, documentsOf } from "./read-files.ts";
import { partOf, type VersionSetting, withParts } from "./setting.ts";
import { valueSettings } from "./values.ts";

/**
 * The settings of an object that has a chart or a kustomization rendered in the cluster: the chart's version, and
 * images in its values, parameters and overrides. `undefined` for other objects.
 */
export function releaseSettings(
  document: Document,
  resource: MapNode,
  files: Bounds,
): readonly VersionSetting[] | undefined {
  const group = textOf(resource.get("apiVersion")).replace(/\/.*/s, "");
  const kind = textOf(resource.get("kind"));
  const name = `${kind}/${textOf(childAt(resource, "metadata", "name"))}`;
  const settings = readers[`${group} ${kind}`]?.(document, resource.get("spec"), files);
  return settings?.map((setting) => ({ ...setting, resource: name }));
}

type Reader = (document: Document, spec: Node | undefined, files: Bounds) => readonly VersionSetting[];

const readers: Readonly<Record<string, Reader>> = {
  "helm.toolkit.fluxcd.io HelmRelease": fluxRelease,
  "kustomize.toolkit.fluxcd.io Kustomization": (document, spec) => overrides(document, child(spec, "images")),
  "argoproj.io Application": application,
  "argoproj.io ApplicationSet": (document, spec, files) =>
    application(document, childAt(spec, "template", "spec"), files),
};

function fluxRelease(document: Document, spec: Node | undefined, files: Bounds): readonly VersionSetting[] {
  const chart = childAt(spec, "chart", "spec");
  const repository = textOf(childAt(chart, "sourceRef", "name"));
  const renderers = itemsOf(child(spec, "postRenderers"));
  return [
    ...renderers.flatMap((renderer) => overrides(document, childAt(renderer, "kustomize", "images"))),
    ...valuesIn(document, child(spec, "values"), files),
    ...chartVersion(document, chart, { repository, key: "version" }),
  ];
}

function application(document: Document, spec: Node | undefined, files: Bounds): readonly VersionSetting[] {
  return [child(spec, "source"), ...itemsOf(child(spec, "sources"))].flatMap((source) => [
    ...argoImages(document, childAt(source, "kustomize", "images")),
    ...parameters(document, childAt(source, "helm", "parameters"), files),
    ...valuesIn(document, childAt(source, "helm", "valuesObject"), files),
    ...textValues(document, childAt(source, "helm", "values"), files),
    ...chartVersion(document, source, { repository: textOf(child(source, "repoURL")), key: "targetRevision" }),
  ]);
}

/** Items of `images` as a kustomization has them, in an object. */
function overrides(document: Document, list: Node | undefined): readonly VersionSetting[] {
  return itemsOf(list).flatMap((item) =>
    imageItem(document, item).map((setting): VersionSetting => ({ ...setting, form: "object-image" })),
  );
}

/** Argo CD's overrides for kustomize: `[NAME=]IMAGE[:TAG][@DIGEST]`. */
function argoImages({ file, document }: Document, list: Node | undefined): readonly VersionSetting[] {
  return itemsOf(list).flatMap((item): VersionSetting[] => {
    if (item.kind !== "scalar") return [];
    const before = item.value.slice(0, item.value.indexOf("=") + 1);
    const image = parseImage(item.value.slice(before.length));
    if (image === undefined) return [];
    const about = { subject: { kind: "image", name: image.name }, form: "object-image", file, document } as const;
    const whole = partOf(item);
    return [{ ...about, matches: before.slice(0, -1) || image.name, at: item.path, whole, before }];
  });
}

/** Values in an object count as a manifest's: nothing outside the object overrides them. */
function valuesIn(
  { file, document }: Document,
  start: Node | undefined,
  files: Bounds,
  what: "value" | "parameter" = "value",
): readonly VersionSetting[] {
  if (start?.kind !== "map") return [];
  const found = valueSettings([{ file, document, start, prefix: [], role: "given" }], files);
  return found.map((setting) => ({ ...setting, form: "manifest", called: `${what} ${setting.values?.version ?? ""}` }));
}

/** Words without which a text names no image. */
const valueWords = /mage|[tT]ag|repo/;

/** Values in a text that holds them as YAML. A text that is none has no settings. */
function textValues(document: Document, node: Node | undefined, files: Bounds): readonly VersionSetting[] {
  if (node?.kind !== "scalar" || !valueWords.test(node.value)) return [];
  const { blocked } = partOf(node);
  const [held] = heldDocument(document.file, node.value);
  return valuesIn(document, held, files).map((setting) => ({
    ...withParts(setting, (part) => ({
      ...part,
      line: node.line + (node.style === "block" ? part.line : 0),
      ...(blocked !== undefined && blocked !== "text block" && { blocked }),
    })),
    heldIn: node.path,
  }));
}

function heldDocument(file: string, text: string): readonly Node[] {
  try {
    return documentsOf(file, Buffer.from(text)).map(({ root }) => root);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Helm's parameters, `image.tag` and its value, are values that are written as a list. */
function parameters(document: Document, list: Node | undefined, files: Bounds): readonly VersionSetting[] {
  return valuesIn(document, tree(itemsOf(list), list?.path ?? []), files, "parameter");
}

interface Branch {
  readonly values: Map<string, Branch | ScalarNode>;
}

/** The parameters as one map. The nodes keep their places in the list, which is where they are edited. */
function tree(items: readonly Node[], path: Node["path"]): MapNode {
  const root: Branch = { values: new Map() };
  for (const item of items) {
    const value = scalarOf(child(item, "value"));
    const keys = textOf(child(item, "name")).split(".");
    if (value !== undefined && keys.every((key) => key !== "")) plant(root, keys, value);
  }
  return mapOf(root, path);
}

function plant(branch: Branch, [key = "", ...rest]: readonly string[], value: ScalarNode): void {
  if (rest.length === 0) return void branch.values.set(key, value);
  const there = branch.values.get(key);
  const next: Branch = there !== undefined && "values" in there ? there : { values: new Map() };
  branch.values.set(key, next);
  plant(next, rest, value);
}

function mapOf({ values }: Branch, path: Node["path"]): MapNode {
  const entries = [...values].map(([key, one]) => {
    return { key, node: "values" in one ? mapOf(one, [...path, key]) : one };
  });
  return { kind: "map", path, line: 0, entries, get: (key) => entries.find((entry) => entry.key === key)?.node };
}

function chartVersion(
  { file, document }: Document,
  node: Node | undefined,
  { repository, key }: { readonly repository: string; readonly key: string },
): readonly VersionSetting[] {
  const name = textOf(child(node, "chart"));
  const version = child(node, key);
  if (name === "" || version?.kind !== "scalar") return [];
  const subject = { kind: "chart", name, repository: repository || undefined } as const;
  const about = { subject, matches: name, form: "helm-charts", file, document } as const;
  return [{ ...about, at: version.path.slice(0, -1), version: partOf(version) }];
}
