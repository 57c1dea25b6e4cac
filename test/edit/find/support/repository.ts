import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  applyEdits,
  type FoundSettings,
  findSettings,
  stageChanges,
  type VersionSetting,
  versionOf,
  type WantedVersion,
  type YamlEdit,
} from "../../../../src/edit/index.ts";
import type { Json } from "../../../../src/model/json.ts";
import type { RenderSource, Trace } from "../../../../src/model/render.ts";
import type { RenderSpec } from "../../../../src/model/target.ts";
import { createRenderer, type EngineRenderer } from "../../../../src/render/renderer.ts";
import { memoryLog, patient, realEngine } from "../../../render/support/engines.ts";
import { type RenderRepository, renderRepository } from "../../../render/support/repositories.ts";

/** The folder with the fixtures. */
export const fixtures = join(import.meta.dirname, "../../../fixtures/edit/find");

/** A repository with files, the real engine, and what is found in it. */
export interface TestRepository {
  find(spec: RenderSpec): Promise<FoundSettings>;
  trace(spec: RenderSpec): Promise<Trace>;
  source: RenderSource;
  /** The images of the render once edits are applied to a file. */
  imagesAfter(spec: RenderSpec, file: string, edits: readonly YamlEdit[]): Promise<readonly string[]>;
  textAfter(file: string, edits: readonly YamlEdit[]): Promise<string>;
  images(spec: RenderSpec): Promise<readonly string[]>;
  bytes(file: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Every file below a folder. */
export function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path), readFileSync(path, "utf8")];
    }),
  );
}

const signal = (): AbortSignal => AbortSignal.timeout(600_000);

/** Commits the files and starts an engine. */
export async function openRepository(
  files: Readonly<Record<string, string>>,
  cacheDir: string,
): Promise<TestRepository> {
  const repo: RenderRepository = renderRepository();
  repo.temp.commit(files);
  const renderer: EngineRenderer = createRenderer({
    binary: realEngine(),
    limits: patient,
    workers: 1,
    cacheDir,
    log: memoryLog(),
  });
  const source = await repo.source();
  const bytes = async (file: string): Promise<Uint8Array> => {
    const found = await source.tree.read(file);
    if (found === undefined) throw new Error(`there is no ${file}`);
    return found;
  };
  const imagesIn = async (spec: RenderSpec, from: RenderSource): Promise<readonly string[]> => {
    const render = await renderer.render(spec, from, signal());
    if (!render.ok) throw new Error(render.failure.message);
    return render.resources().flatMap(({ object }) => imageTexts(object));
  };
  const trace = async (spec: RenderSpec): Promise<Trace> => (await renderer.render(spec, source, signal())).trace;
  return {
    source,
    trace,
    bytes,
    find: async (spec) => findSettings(spec, await trace(spec), source.tree),
    images: (spec) => imagesIn(spec, source),
    textAfter: async (file, edits) => Buffer.from(applyEdits(file, await bytes(file), edits).bytes).toString(),
    imagesAfter: async (spec, file, edits) => {
      const { bytes: fresh } = applyEdits(file, await bytes(file), edits);
      const changed = await stageChanges(source, [{ kind: "write", path: file, bytes: fresh, executable: false }]);
      return imagesIn(spec, changed);
    },
    close: async () => {
      await renderer.close();
      await repo.remove();
    },
  };
}

/** The text of every container's image, and of `spec.image`. */
function imageTexts(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imageTexts);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, Json]) =>
    key === "image" && typeof item === "string" ? [item] : key === "metadata" ? [] : imageTexts(item),
  );
}

/**
 * A setting in one line: its form, what it is about and the version it says, where it stands, and who decides in its
 * stead.
 */
export function lineOf(setting: VersionSetting): string {
  const { subject, form, file, whole, tag, digest, version, name, decidedBy } = setting;
  const parts = [whole, tag, digest, version, name].filter((part) => part !== undefined);
  const says = whole?.value ?? version?.value ?? versionOf({ tag: tag?.value ?? "", digest: digest?.value ?? "" });
  const blocked = parts.find((part) => part.blocked !== undefined)?.blocked;
  const about = `${form} ${subject.name ?? "?"} ${says.replaceAll(/([0-9a-f])\1{40,}/g, "$1…")}`;
  const marks = [blocked && ` (${blocked})`, decidedBy && ` <- ${decidedBy}`].filter((mark) => mark !== undefined);
  return `${about} | ${file}:${parts[0]?.line ?? "?"}${marks.join("")}`;
}

/** The setting of one image or chart in one file. */
export function settingOf(found: FoundSettings, name: string | undefined, file: string): VersionSetting {
  const [setting, second] = found.settings.filter((one) => one.subject.name === name && one.file === file);
  if (setting === undefined || second !== undefined) {
    throw new Error(`not one setting of ${name} in ${file}:\n${found.settings.map(lineOf).join("\n")}`);
  }
  return setting;
}

/** A version of an image. */
export function version(tag: string, digest = ""): Extract<WantedVersion, { readonly tag: string }> {
  return { tag, digest };
}

/** A digest of one hexadecimal figure. */
export function digestOf(figure: string): string {
  return `sha256:${figure.repeat(64)}`;
}
