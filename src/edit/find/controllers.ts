import type { Declaration } from "../../model/declaration.ts";
import { isMounted } from "../../model/mount.ts";
import { lastName } from "../../model/paths.ts";
import type { RenderSpec } from "../../model/target.ts";
import { applicationSettings } from "./application.ts";
import { chartVersion, overrides } from "./chart-releases.ts";
import { chartDefaults } from "./charts.ts";
import { declaredObject, objectBeside, type WrittenObject } from "./declared.ts";
import { givenLayers } from "./helm.ts";
import { generatedSettings, kustomizeSettings } from "./kustomize.ts";
import { child, childAt, inFolder, itemsOf, resolvePath, textOf } from "./nodes.ts";
import { valuesLayer } from "./object-values.ts";
import type { Document, ReadFiles } from "./read-files.ts";
import { type Found, partOf, partsOf, type VersionSetting } from "./setting.ts";
import { valueSettings } from "./values.ts";

type ControllerTarget = Extract<RenderSpec, { readonly kind: "flux" | "helmrelease" | "argocd" }>;

/**
 * What sets versions in a target that a controller deploys: the object that declares it, where a file of the repository
 * has its text, and what the repository has of its sources.
 */
export async function controllerSettings(
  target: ControllerTarget,
  files: ReadFiles,
  declaration: Declaration | undefined,
): Promise<Found> {
  const written = declaration && (await declaredObject(files, declaration));
  const found = await ofKind(target, files, written);
  return { ...found, settings: found.settings.filter((one) => isWritten(one) && !isOther(one)) };
}

function ofKind(target: ControllerTarget, files: ReadFiles, written: WrittenObject | undefined): Promise<Found> {
  switch (target.kind) {
    case "flux":
      return fluxSettings(target, files, written);
    case "helmrelease":
      return releaseSettings(target, files, written);
    case "argocd":
      return applicationSettings(target, files, written);
    default:
      return target satisfies never;
  }
}

/** What an object in the render deploys is a target of its own. */
function isOther({ resource = "" }: VersionSetting): boolean {
  return /^(?:HelmRelease|Kustomization|Application|ApplicationSet|ResourceSet)\//.test(resource);
}

/** Flux's variables are put in before the object is read: a value with one is set elsewhere. */
function isWritten(setting: VersionSetting): boolean {
  return partsOf(setting).every(({ value }) => !value.includes("${"));
}

async function fluxSettings(
  { path, options }: Extract<ControllerTarget, { readonly kind: "flux" }>,
  files: ReadFiles,
  written: WrittenObject | undefined,
): Promise<Found> {
  const spec = written && child(written.object, "spec");
  const outer = written === undefined ? [] : asItems(overrides(written.document, child(spec, "images")));
  const source = await sourceSettings(files, written, child(spec, "sourceRef"));
  if (isMounted(options.root)) return { settings: [...outer, ...source] };
  const found = (await kustomizeSettings(files, path, outer)) ?? (await generatedSettings(files, path, outer));
  return { ...found, settings: [...found.settings, ...source] };
}

/** The items of a target's own object are its outermost `images`. */
function asItems(settings: readonly VersionSetting[]): readonly VersionSetting[] {
  return settings.map((setting) => ({ ...setting, form: "kustomize-image" }));
}

async function releaseSettings(
  { path, options }: Extract<ControllerTarget, { readonly kind: "helmrelease" }>,
  files: ReadFiles,
  written: WrittenObject | undefined,
): Promise<Found> {
  const isOwn = !isMounted(options.root);
  const given = isOwn ? await ownValueFiles(files, path, written) : [];
  const defaults = isOwn && given.length === 0 ? await chartDefaults(files, path) : [];
  const layers = [...defaults, ...(await givenLayers(files, given))];
  if (written === undefined) return { settings: valueSettings(layers, files), valueFiles: given.toReversed() };
  const { document, object } = written;
  const spec = child(object, "spec");
  const chart = childAt(spec, "chart", "spec");
  const renderers = itemsOf(child(spec, "postRenderers"));
  const items = renderers.flatMap((one) => overrides(document, childAt(one, "kustomize", "images")));
  const values = valueSettings([...layers, ...valuesLayer(document, child(spec, "values"))], files);
  const repository = textOf(childAt(chart, "sourceRef", "name"));
  const ofGit = ["GitRepository", "Bucket"].includes(textOf(childAt(chart, "sourceRef", "kind")));
  return {
    settings: [
      ...asItems(items),
      ...values,
      ...(ofGit ? [] : chartVersion(document, chart, { repository, key: "version" })),
      ...(await sourceSettings(files, written, child(spec, "chartRef") ?? child(chart, "sourceRef"))),
    ],
    valueFiles: given.toReversed(),
  };
}

/** `valuesFiles` of a chart in this repository are named from its root. */
async function ownValueFiles(
  files: ReadFiles,
  path: string,
  written: WrittenObject | undefined,
): Promise<readonly string[]> {
  const names = itemsOf(childAt(written?.object, "spec", "chart", "spec", "valuesFiles")).map(textOf);
  const paths = names.flatMap((name) => resolvePath("", name.replace(/^\.?\/+/, "")) ?? []);
  const there = await Promise.all(paths.map((file) => files.exists(file)));
  const own = inFolder(path, "values.yaml");
  return paths.filter((file, index) => there[index] === true && file !== own);
}

/** The version that the source of an object has, where that source stands beside the object. */
async function sourceSettings(
  files: ReadFiles,
  written: WrittenObject | undefined,
  reference: Node | undefined,
): Promise<readonly VersionSetting[]> {
  if (written === undefined) return [];
  const named = { kind: textOf(child(reference, "kind")), name: textOf(child(reference, "name")) };
  const found = await objectBeside(files, written.document.file, named);
  if (found === undefined) return [];
  const { document, object } = found;
  const spec = child(object, "spec");
  switch (named.kind) {
    case "OCIRepository":
      return referenceSettings(document, spec, "chart", ["digest", "semver", "tag"]);
    case "GitRepository":
      return referenceSettings(document, spec, "repository", ["commit", "tag", "semver"]);
    case "HelmChart":
      return chartVersion(document, spec, { repository: textOf(childAt(spec, "sourceRef", "name")), key: "version" });
    default:
      return [];
  }
}

type Node = Parameters<typeof child>[0];

/** What `ref` says: all of it moves together, so that what wins never contradicts what loses. */
function referenceSettings(
  { file, document }: Document,
  spec: Node,
  what: "chart" | "repository",
  keys: readonly string[],
): readonly VersionSetting[] {
  const url = textOf(child(spec, "url"));
  const name = lastName(url.replace(/\/+$/, "").replace(/\.git$/, ""));
  const ref = child(spec, "ref");
  return keys.flatMap((key, index): VersionSetting[] => {
    const node = child(ref, key);
    if (node?.kind !== "scalar" || name === "") return [];
    const first = keys.findIndex((one) => child(ref, one) !== undefined) === index;
    const called = first ? `${what} ${name}` : `${key} of ${what} ${name}`;
    const subject = { kind: "chart", name, repository: url } as const;
    const about = { subject, matches: name, form: "helm-charts", file, document, called } as const;
    return [{ ...about, at: node.path.slice(0, -1), version: partOf(node) }];
  });
}
