import type { Document, ReadFiles } from "./files.ts";
import { Flow, type Flowing } from "./flow.ts";
import { chartSettings, type InflatedChart } from "./inflated-chart.ts";
import { imageItem, imageItems, kustomizationNames } from "./kustomization.ts";
import { manifestSettings, manifestWords } from "./manifests.ts";
import { child, childAt, inFolder, itemsOf, resolvePath, textOf } from "./nodes.ts";
import { patchSettings } from "./patches.ts";
import { tellReplacements } from "./replacements.ts";
import { type FoundSettings, partsOf, type VersionSetting } from "./setting.ts";

type Settings = readonly Flowing[];

/** Walks from a target's kustomization through what it includes, and follows each image from the manifest out: an outer `images` wins over an inner one, over patches and manifests. */
export async function kustomizeSettings(
  files: ReadFiles,
  root: string,
): Promise<Pick<FoundSettings, "settings" | "kustomizations" | "valueFiles">> {
  const walk = new Walk(files);
  const settings = await walk.enter(root, []);
  return {
    settings: distinct(settings.map(({ setting }) => setting)),
    kustomizations: [...walk.kustomizations],
    valueFiles: [...walk.valueFiles],
  };
}

/** A base that is included on several ways says the same on each. */
function distinct(settings: readonly VersionSetting[]): readonly VersionSetting[] {
  const seen = new Set<string>();
  return settings.filter((setting) => {
    const { file, document, at } = setting;
    const key = JSON.stringify([file, document, at, partsOf(setting)]);
    return !seen.has(key) && seen.add(key);
  });
}

/** More inclusions than a target reasonably has; bases may include each other in ever more ways. */
const mostEntered = 2_000;
/** Settings times what is laid over them: about a second. */
const mostLaid = 20_000_000;

class Walk {
  readonly kustomizations = new Set<string>();
  readonly valueFiles = new Set<string>();
  readonly #files: ReadFiles;
  readonly #flow = new Flow();
  readonly #within = new Set<string>();
  #entered = 0;
  #laid = 0;

  constructor(files: ReadFiles) {
    this.#files = files;
  }

  /** What comes out of a folder with a kustomization or of a file of manifests, most deciding first. `before`: what a component is given. */
  async enter(path: string, before: Settings): Promise<Settings> {
    this.#entered += 1;
    if (this.#within.has(path)) return before;
    if (this.#entered > mostEntered) {
      this.#files.tell(path, `More than ${mostEntered} inclusions are not followed`);
      return before;
    }
    for (const name of kustomizationNames) {
      const [document] = await this.#files.documents(inFolder(path, name));
      if (document === undefined) continue;
      this.kustomizations.add(document.file);
      this.#within.add(path);
      const settings = await this.#kustomization(path, document, before);
      this.#within.delete(path);
      return settings;
    }
    const documents = await this.#files.documents(path, manifestWords);
    const found = documents.flatMap((document) => manifestSettings(document, this.#files));
    return [...this.#flow.begin(found), ...before];
  }

  /** As kustomize does it: resources, charts, components over them, patches, `images`, transformers. */
  async #kustomization(folder: string, document: Document, before: Settings): Promise<Settings> {
    let settings = before;
    for (const path of pathsIn(folder, document, ["resources", "bases"])) {
      settings = [...(await this.enter(path, [])), ...settings];
    }
    const transformers: VersionSetting[] = [];
    for (const chart of await this.#charts(folder, document, transformers)) {
      const found = await chartSettings(this.#files, chart);
      settings = [...this.#flow.begin(found.settings), ...settings];
      for (const file of found.valueFiles) this.valueFiles.add(file);
    }
    for (const path of pathsIn(folder, document, ["components"])) settings = await this.enter(path, settings);
    for (const patch of await patchSettings(this.#files, folder, document)) {
      if (this.#mayLay(document, settings)) settings = this.#flow.patch(settings, patch);
    }
    for (const item of [...imageItems(document), ...transformers]) {
      if (this.#mayLay(document, settings)) settings = this.#flow.image(settings, item);
    }
    await tellReplacements(this.#files, folder, document);
    return settings;
  }

  #mayLay({ file }: Document, settings: Settings): boolean {
    this.#laid += settings.length;
    if (this.#laid > mostLaid) this.#files.tell(file, "There are more patches and images than are followed");
    return this.#laid <= mostLaid;
  }

  /** The charts of a kustomization. Files of generators and transformers may hold charts, and `images` items, of their own. */
  async #charts(folder: string, document: Document, transformers: VersionSetting[]): Promise<readonly InflatedChart[]> {
    const home = textOf(childAt(document.root, "helmGlobals", "chartHome")) || "charts";
    const charts = itemsOf(child(document.root, "helmCharts")).map((node) => ({
      kustomization: document,
      folder,
      node,
      home,
    }));
    for (const path of pathsIn(folder, document, ["generators", "transformers"])) {
      for (const plugin of await this.#files.documents(path)) {
        const kind = textOf(child(plugin.root, "kind"));
        const own = textOf(child(plugin.root, "chartHome")) || "charts";
        if (kind === "ImageTagTransformer") transformers.push(...imageItem(plugin, child(plugin.root, "imageTag")));
        if (kind === "HelmChartInflationGenerator") {
          charts.push({ kustomization: plugin, folder, node: plugin.root, home: own });
        }
      }
    }
    return charts;
  }
}

function pathsIn(folder: string, { root }: Document, keys: readonly string[]): readonly string[] {
  const texts = keys.flatMap((key) => itemsOf(child(root, key)).map(textOf));
  return texts.flatMap((text) => (text === "" || text.includes("\n") ? [] : (resolvePath(folder, text) ?? [])));
}
