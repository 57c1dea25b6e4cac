import type { Node, ScalarNode } from "../splice/index.ts";
import { child, type Document, itemsOf, type ReadFiles, resolvePath, textOf } from "./files.ts";
import { manifestSettings } from "./manifests.ts";
import { partOf, type VersionSetting } from "./setting.ts";
import { noValues, valueSettings } from "./values.ts";

/** The names under which kustomize looks for a kustomization, in its order. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** What the kustomizations of a target set, what wins first. */
export interface KustomizeFound {
  readonly settings: readonly VersionSetting[];
  readonly kustomizations: readonly string[];
  readonly valueFiles: readonly string[];
}

/** Walks from a target's kustomization through what it includes: an outer one's `images` win over an inner one's, and both over the manifests. */
export async function kustomizeSettings(files: ReadFiles, root: string): Promise<KustomizeFound> {
  const walk = new Walk(files);
  await walk.enter(root);
  const { images, charts, values, manifests, kustomizations, valueFiles } = walk;
  return { settings: [...images, ...charts, ...values, ...manifests], kustomizations, valueFiles };
}

class Walk {
  readonly images: VersionSetting[] = [];
  readonly charts: VersionSetting[] = [];
  readonly values: VersionSetting[] = [];
  readonly manifests: VersionSetting[] = [];
  readonly kustomizations: string[] = [];
  readonly valueFiles: string[] = [];
  readonly #files: ReadFiles;
  readonly #seen = new Set<string>();

  constructor(files: ReadFiles) {
    this.#files = files;
  }

  /** A folder with a kustomization, or a file of manifests. */
  async enter(path: string): Promise<void> {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    for (const name of kustomizationNames) {
      const file = path === "" ? name : `${path}/${name}`;
      const [document] = await this.#files.documents(file);
      if (document !== undefined) return this.#kustomization(path, document);
    }
    for (const document of await this.#files.documents(path)) this.manifests.push(...manifestSettings(document));
  }

  async #kustomization(folder: string, document: Document): Promise<void> {
    const { root, file } = document;
    this.kustomizations.push(file);
    this.images.push(...itemsOf(child(root, "images")).flatMap((item) => imageEntry(document, item)));
    for (const chart of itemsOf(child(root, "helmCharts"))) await this.#helmChart(folder, document, chart);
    const patches = itemsOf(child(root, "patches")).map((patch) => textOf(child(patch, "path")));
    const merges = itemsOf(child(root, "patchesStrategicMerge")).map(textOf);
    const included = ["components", "resources", "bases"].flatMap((key) => itemsOf(child(root, key)).map(textOf));
    // Patches win over what they patch, and the last over the first.
    for (const relative of [...[...merges, ...patches].reverse(), ...included]) {
      const path = relative === "" ? undefined : resolvePath(folder, relative);
      if (path !== undefined) await this.enter(path);
    }
  }

  async #helmChart(folder: string, document: Document, chart: Node): Promise<void> {
    const { file, document: index } = document;
    const version = child(chart, "version");
    const name = textOf(child(chart, "name"));
    if (version?.kind === "scalar" && name !== "") {
      const repository = textOf(child(chart, "repo")) || undefined;
      this.charts.push({
        subject: { kind: "chart", name, repository },
        matches: name,
        form: "helm-charts",
        file,
        document: index,
        at: chart.path,
        version: partOf(version),
      });
    }
    const known = noValues();
    const found: VersionSetting[] = [];
    const relative = [
      textOf(child(chart, "valuesFile")),
      ...itemsOf(child(chart, "additionalValuesFiles")).map(textOf),
    ];
    for (const one of relative.filter((text) => text !== "")) {
      const path = resolvePath(folder, one);
      if (path === undefined) continue;
      this.valueFiles.unshift(path);
      for (const values of await this.#files.documents(path)) found.unshift(...valueSettings(values, known));
    }
    const inline = child(chart, "valuesInline");
    if (inline !== undefined) found.unshift(...valueSettings(document, known, inline));
    this.values.push(...found);
  }
}

/** One item of `images`: `name` is what it matches, `newName` what comes out. An item that changes the name alone sets no version. */
function imageEntry({ file, document }: Document, item: Node): readonly VersionSetting[] {
  const matches = textOf(child(item, "name"));
  if (matches === "") return [];
  const [name, tag, digest] = ["newName", "newTag", "digest"].map((key) => scalarChild(item, key));
  return [
    {
      subject: { kind: "image", name: name?.value ?? matches },
      matches,
      form: "kustomize-image",
      file,
      document,
      at: item.kind === "null" ? [] : item.path,
      ...(name === undefined ? {} : { name: partOf(name) }),
      ...(tag === undefined ? {} : { tag: partOf(tag) }),
      ...(digest === undefined ? {} : { digest: partOf(digest) }),
    },
  ];
}

function scalarChild(item: Node, key: string): ScalarNode | undefined {
  const node = child(item, key);
  return node?.kind === "scalar" ? node : undefined;
}
