import { parseImage } from "../image-name.ts";
import type { MapNode, Node } from "../splice/index.ts";
import { imageItem } from "./kustomization.ts";
import { child, childAt, itemsOf, textOf } from "./nodes.ts";
import { parameterLayer, textLayer, valuesLayer } from "./object-values.ts";
import type { Bounds, Document } from "./read-files.ts";
import { partOf, type VersionSetting } from "./setting.ts";
import type { Layer } from "./value-layers.ts";
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
    ...asManifest(valuesLayer(document, child(spec, "values")), files),
    ...chartVersion(document, chart, { repository, key: "version" }),
  ];
}

function application(document: Document, spec: Node | undefined, files: Bounds): readonly VersionSetting[] {
  return [child(spec, "source"), ...itemsOf(child(spec, "sources"))].flatMap((source) => [
    ...argoImages(document, childAt(source, "kustomize", "images")),
    ...asManifest(parameterLayer(document, childAt(source, "helm", "parameters")), files, "parameter"),
    ...asManifest(valuesLayer(document, childAt(source, "helm", "valuesObject")), files),
    ...asManifest(textLayer(document, childAt(source, "helm", "values")), files),
    ...chartVersion(document, source, { repository: textOf(child(source, "repoURL")), key: "targetRevision" }),
  ]);
}

/** Items of `images` as a kustomization has them, in an object. */
export function overrides(document: Document, list: Node | undefined): readonly VersionSetting[] {
  return itemsOf(list).flatMap((item) =>
    imageItem(document, item).map((setting): VersionSetting => ({ ...setting, form: "object-image" })),
  );
}

/** Argo CD's overrides for kustomize: `[NAME=]IMAGE[:TAG][@DIGEST]`. */
export function argoImages({ file, document }: Document, list: Node | undefined): readonly VersionSetting[] {
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
function asManifest(layers: readonly Layer[], files: Bounds, what = "value"): readonly VersionSetting[] {
  return valueSettings(layers, files).map((setting) => {
    return { ...setting, form: "manifest", called: `${what} ${setting.values?.version ?? ""}` };
  });
}

/** The version of the chart that an object names. */
export function chartVersion(
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
