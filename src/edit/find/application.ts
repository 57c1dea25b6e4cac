import { posix } from "node:path";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import { isMounted } from "../../model/mount.ts";
import { lastName } from "../../model/paths.ts";
import type { RenderSpec } from "../../model/target.ts";
import { readSemver } from "../../model/versions.ts";
import type { Node } from "../splice/index.ts";
import { argoImages, chartVersion } from "./chart-releases.ts";
import { chartDefaults, dependencySettings } from "./charts.ts";
import type { WrittenObject } from "./declared.ts";
import { givenLayers } from "./helm.ts";
import { kustomizeSettings } from "./kustomize.ts";
import { child, childAt, inFolder, itemsOf, resolvePath, textOf } from "./nodes.ts";
import { parameterLayer, textLayer, valuesLayer } from "./object-values.ts";
import { plainSettings } from "./plain-manifests.ts";
import type { Document, ReadFiles } from "./read-files.ts";
import { type Found, partOf, type VersionSetting } from "./setting.ts";
import type { Layer } from "./value-layers.ts";
import { valueSettings } from "./values.ts";

type ApplicationSpec = Extract<RenderSpec, { readonly kind: "argocd" }>;

/** One source with the texts that set it: that of the Application, then the overrides in the app's folder. */
interface SourceFiles {
  readonly root: string;
  readonly path: string;
  readonly ofChart: boolean;
  readonly texts: readonly SourceText[];
}

interface SourceText {
  readonly document: Document;
  readonly node: Node;
}

/** The settings of an Application: of the object, of `.argocd-source` files, and of what this repository has of it. */
export async function applicationSettings(
  target: ApplicationSpec,
  files: ReadFiles,
  written: WrittenObject | undefined,
): Promise<Found> {
  const { spec, roots } = target.options;
  const several = Array.isArray(spec.sources) && spec.sources.length > 0;
  const sources = several ? objectsOf(spec.sources) : objectsOf([spec.source]);
  const nodes = written === undefined ? [] : sourceNodes(written, several);
  const refs = new Map(sources.map((source, index) => [`$${textAt(source, "ref")}`, roots[index] ?? ""] as const));
  const found: Found[] = [];
  for (const [index, source] of sources.entries()) {
    const own = { root: roots[index] ?? "", path: textAt(source, "path"), ofChart: textAt(source, "chart") !== "" };
    const texts = [...(nodes[index] ?? []), ...(await overrideTexts(files, own, target.options.appName))];
    found.push(await sourceSettings(files, { ...own, texts }, refs));
    if (written !== undefined) found.push({ settings: (nodes[index] ?? []).flatMap((text) => revisionSettings(text)) });
  }
  return {
    settings: found.flatMap(({ settings }) => settings),
    kustomizations: found.flatMap(({ kustomizations = [] }) => kustomizations),
    valueFiles: found.flatMap(({ valueFiles = [] }) => valueFiles),
  };
}

function sourceNodes({ document, object }: WrittenObject, several: boolean): readonly (readonly SourceText[])[] {
  const spec = child(object, "spec");
  const one = childAt(spec, "sourceHydrator", "drySource") ?? child(spec, "source");
  const nodes = several ? itemsOf(child(spec, "sources")) : one === undefined ? [] : [one];
  return nodes.map((node) => [{ document, node }]);
}

/** What Argo CD's image updater writes, and other overrides of a source, which win over the Application. */
async function overrideTexts(
  files: ReadFiles,
  { root, path, ofChart }: Omit<SourceFiles, "texts">,
  appName: string,
): Promise<readonly SourceText[]> {
  if (isMounted(root) || ofChart) return [];
  const folder = folderOf(path);
  const texts: SourceText[] = [];
  for (const name of [".argocd-source.yaml", `.argocd-source-${appName}.yaml`]) {
    const [document] = await files.documents(inFolder(folder, name));
    if (document !== undefined) texts.push({ document, node: document.root });
  }
  return texts;
}

async function sourceSettings(
  files: ReadFiles,
  source: SourceFiles,
  refs: ReadonlyMap<string, string>,
): Promise<Found> {
  const { root, ofChart, texts } = source;
  const folder = folderOf(source.path);
  const items = lastList(texts, "kustomize", "images").flatMap(({ document, node }) => argoImages(document, node));
  const outer = items.map((item): VersionSetting => ({ ...item, form: "kustomize-image" }));
  const isOwn = !ofChart && !isMounted(root);
  const kustomized = isOwn ? await kustomizeSettings(files, folder, outer) : undefined;
  if (kustomized !== undefined) return kustomized;
  const isChart = isOwn && (await files.exists(inFolder(folder, "Chart.yaml")));
  const given = await valueFilesOf(files, source, refs);
  const defaults = isChart ? await chartDefaults(files, folder) : [];
  const layers = [...defaults, ...(await givenLayers(files, given)), ...objectLayers(texts)];
  const values = valueSettings(layers, files);
  if (isChart) {
    const own = inFolder(folder, "values.yaml");
    const valueFiles = [...new Set([...given.toReversed(), ...((await files.exists(own)) ? [own] : [])])];
    return { settings: [...outer, ...values, ...(await dependencySettings(files, folder))], valueFiles };
  }
  const plain = isOwn && source.path !== "" ? await plainSettings(files, plainFolder(folder)) : [];
  return { settings: [...outer, ...values, ...plain], valueFiles: given.toReversed() };
}

/** What of the folder is a manifest is what the render read of it. */
function plainFolder(path: string) {
  return { path, options: { recurse: true } };
}

/** `valuesObject` wins over `values`, whole; parameters win over both. */
function objectLayers(texts: readonly SourceText[]): readonly Layer[] {
  const objects = texts.flatMap(({ document, node }) => valuesLayer(document, childAt(node, "helm", "valuesObject")));
  const held = texts.flatMap(({ document, node }) => textLayer(document, childAt(node, "helm", "values")));
  const parameters = lastList(texts, "helm", "parameters").flatMap(({ document, node }) =>
    parameterLayer(document, node),
  );
  return [...(objects.length > 0 ? objects : held.slice(-1)), ...parameters];
}

/** Lists of overrides replace those of the Application. */
function lastList(texts: readonly SourceText[], ...keys: readonly string[]): readonly SourceText[] {
  const lists = texts.flatMap(({ document, node }) => {
    const list = childAt(node, ...keys);
    return list?.kind === "list" ? [{ document, node: list }] : [];
  });
  return lists.slice(-1);
}

/** The value files of a source that are in this repository, in their order. */
async function valueFilesOf(
  files: ReadFiles,
  { root, path, ofChart, texts }: SourceFiles,
  refs: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const names = lastList(texts, "helm", "valueFiles").flatMap(({ node }) => itemsOf(node).map(textOf));
  const all = await files.all();
  const found = names.flatMap((name): readonly string[] => {
    const [first = "", ...rest] = name.split("/");
    const referred = refs.get(first);
    const base = referred ?? (ofChart ? undefined : root);
    if (base === undefined || isMounted(base)) return [];
    const file = referred === undefined ? resolved(folderOf(path), name) : resolvePath("", rest.join("/"));
    if (file === undefined) return [];
    return /[*?[]/.test(file) ? all.filter((one) => posix.matchesGlob(one, file)) : [file];
  });
  const there = await Promise.all(found.map((file) => files.exists(file)));
  return [...new Set(found.filter((_, index) => there[index] === true))];
}

/** A leading slash is the root of the repository. */
function resolved(folder: string, name: string): string | undefined {
  return name.startsWith("/") ? resolvePath("", name.replace(/^\/+/, "")) : resolvePath(folder, name);
}

function folderOf(path: string): string {
  return resolvePath("", path.replace(/^\/+/, "")) ?? path;
}

/** The version of a chart, or the tag of another repository. */
function revisionSettings({ document, node }: SourceText): readonly VersionSetting[] {
  const repository = textOf(child(node, "repoURL"));
  const charts = chartVersion(document, node, { repository, key: "targetRevision" });
  const revision = child(node, "targetRevision");
  if (charts.length > 0 || revision?.kind !== "scalar" || readSemver(revision.value) === undefined) return charts;
  const name = lastName(repository.replace(/\/+$/, "").replace(/\.git$/, ""));
  const subject = { kind: "chart", name, repository } as const;
  const about = { subject, matches: name, form: "helm-charts", called: `repository ${name}` } as const;
  const place = { file: document.file, document: document.document };
  return [{ ...about, ...place, at: revision.path.slice(0, -1), version: partOf(revision) }];
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map((item) => (isJsonObject(item) ? item : {})) : [];
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}
