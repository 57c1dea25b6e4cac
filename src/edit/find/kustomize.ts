import { isAtOrBelow, lastName, parentPath } from "../../model/paths.ts";
import { Flow, type Flowing } from "./flow.ts";
import { chartSettings, type InflatedChart } from "./inflated-chart.ts";
import { imageItem, imageItems, kustomizationNames } from "./kustomization.ts";
import { manifestSettings, manifestWords } from "./manifests.ts";
import { child, childAt, inFolder, itemsOf, resolvePath, textOf } from "./nodes.ts";
import { patchSettings } from "./patches.ts";
import type { Document, ReadFiles } from "./read-files.ts";
import { reportReplacements } from "./replacements.ts";
import { type FoundSettings, partsOf, type VersionSetting } from "./setting.ts";

type Settings = readonly Flowing[];

type Kustomized = Pick<FoundSettings, "settings" | "kustomizations" | "valueFiles">;

/**
 * Reads a target's kustomization with all that it includes, and follows each image from the manifest out: an outer
 * `images` wins over an inner one, over patches and manifests. `outer` are items of `images` that a controller adds.
 * `undefined`: the folder has no kustomization.
 */
export async function kustomizeSettings(
  files: ReadFiles,
  root: string,
  outer: readonly VersionSetting[] = [],
): Promise<Kustomized | undefined> {
  const traversal = new Traversal(files);
  const settings = await traversal.enter(root, []);
  return traversal.kustomizations.size === 0 ? undefined : resultOf(traversal, traversal.apply(settings, outer));
}

/**
 * The same for a folder without a kustomization, for which Flux makes one: every manifest below it, and every folder
 * with a kustomization.
 */
export async function generatedSettings(
  files: ReadFiles,
  root: string,
  outer: readonly VersionSetting[],
): Promise<Kustomized> {
  const traversal = new Traversal(files);
  return resultOf(traversal, traversal.apply(await traversal.below(root), outer));
}

function resultOf(traversal: Traversal, settings: Settings): Kustomized {
  return {
    settings: distinct(settings.map(({ setting }) => setting)),
    kustomizations: [...traversal.kustomizations],
    valueFiles: [...traversal.valueFiles],
  };
}

/** A base that is included several times sets the same each time. */
function distinct(settings: readonly VersionSetting[]): readonly VersionSetting[] {
  const seen = new Set<string>();
  return settings.filter((setting) => {
    const { file, document, at } = setting;
    const key = JSON.stringify([file, document, at, partsOf(setting)]);
    return !seen.has(key) && seen.add(key);
  });
}

/** More inclusions than any real target has; bases may include each other in ever more ways. */
const maxIncludes = 2_000;
/** Settings times what is applied to them: about a second. */
const maxSteps = 20_000_000;

class Traversal {
  readonly kustomizations = new Set<string>();
  readonly valueFiles = new Set<string>();
  readonly #files: ReadFiles;
  readonly #flow = new Flow();
  readonly #within = new Set<string>();
  #includes = 0;
  #steps = 0;

  constructor(files: ReadFiles) {
    this.#files = files;
  }

  /**
   * The settings of a folder with a kustomization or of a file of manifests, what wins first. `before`: the settings
   * that a component changes.
   */
  async enter(path: string, before: Settings): Promise<Settings> {
    this.#includes += 1;
    if (this.#within.has(path)) return before;
    if (this.#includes > maxIncludes) {
      this.#files.report(path, `More than ${maxIncludes} inclusions are not followed`);
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

  /** Items of `images` over everything. */
  apply(settings: Settings, items: readonly VersionSetting[]): Settings {
    return items.reduce<Settings>((before, item) => this.#flow.image(before, item), settings);
  }

  /** What is in a folder and below it: a folder with a kustomization is one resource. */
  async below(folder: string): Promise<Settings> {
    const all = await this.#files.below(folder);
    const kustomized = new Set(all.filter((file) => kustomizationNames.includes(lastName(file))).map(parentPath));
    const outermost = [...kustomized].sort((a, b) => a.length - b.length);
    const inner = (file: string): string | undefined => outermost.find((one) => isAtOrBelow(file, one));
    let settings: Settings = [];
    for (const path of new Set(all.flatMap((file) => inner(file) ?? (/\.ya?ml$/.test(file) ? file : [])))) {
      settings = [...(await this.enter(path, [])), ...settings];
    }
    return settings;
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
      if (this.#mayApply(document, settings)) settings = this.#flow.patch(settings, patch);
    }
    for (const item of [...imageItems(document), ...transformers]) {
      if (this.#mayApply(document, settings)) settings = this.#flow.image(settings, item);
    }
    await reportReplacements(this.#files, folder, document);
    return settings;
  }

  #mayApply({ file }: Document, settings: Settings): boolean {
    this.#steps += settings.length;
    if (this.#steps > maxSteps) this.#files.report(file, "There are more patches and images than are followed");
    return this.#steps <= maxSteps;
  }

  /**
   * The charts of a kustomization. Files of generators and transformers may contain charts, and `images` items, too.
   */
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
  return texts.flatMap((text) => resolvePath(folder, text) ?? []);
}
