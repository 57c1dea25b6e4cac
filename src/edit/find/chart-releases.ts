import type { MapNode, Node } from "../splice/index.ts";
import { child, childAt, itemsOf, textOf } from "./nodes.ts";
import type { Document, ReadFiles } from "./read-files.ts";
import { partOf, type VersionSetting } from "./setting.ts";
import { valueSettings } from "./values.ts";

/**
 * The settings of an object that installs a chart: the chart's version, and images in its values. `undefined` for other
 * objects.
 */
export function releaseSettings(
  document: Document,
  resource: MapNode,
  files: ReadFiles,
): readonly VersionSetting[] | undefined {
  const group = textOf(resource.get("apiVersion")).split("/")[0];
  const kind = textOf(resource.get("kind"));
  const spec = resource.get("spec");
  const name = `${kind}/${textOf(childAt(resource, "metadata", "name"))}`;
  const settings =
    group === "helm.toolkit.fluxcd.io" && kind === "HelmRelease"
      ? fluxRelease(document, spec, files)
      : group === "argoproj.io" && kind === "Application"
        ? application(document, spec, files)
        : undefined;
  return settings?.map((setting) => ({ ...setting, resource: name }));
}

function fluxRelease(document: Document, spec: Node | undefined, files: ReadFiles): readonly VersionSetting[] {
  const chart = childAt(spec, "chart", "spec");
  const repository = textOf(childAt(chart, "sourceRef", "name"));
  return [
    ...valuesIn(document, child(spec, "values"), files),
    ...chartVersion(document, chart, { repository, key: "version" }),
  ];
}

function application(document: Document, spec: Node | undefined, files: ReadFiles): readonly VersionSetting[] {
  return [child(spec, "source"), ...itemsOf(child(spec, "sources"))].flatMap((source) => [
    ...valuesIn(document, childAt(source, "helm", "valuesObject"), files),
    ...chartVersion(document, source, { repository: textOf(child(source, "repoURL")), key: "targetRevision" }),
  ]);
}

/** Values in an object count as a manifest's: nothing outside the object overrides them. */
function valuesIn({ file, document }: Document, start: Node | undefined, files: ReadFiles): readonly VersionSetting[] {
  if (start?.kind !== "map") return [];
  const found = valueSettings([{ file, document, start, prefix: [], role: "given" }], files);
  return found.map((setting) => ({ ...setting, form: "manifest" }));
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
