import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type FileEdit, type FoundSettings, findSettings } from "../../../../src/edit/find/index.ts";
import { applyEdits } from "../../../../src/edit/splice/index.ts";
import { stageChanges } from "../../../../src/edit/staged-tree.ts";
import type { Json } from "../../../../src/model/json.ts";
import type { Renderer, RenderSource } from "../../../../src/model/render.ts";
import type { RenderSpec } from "../../../../src/model/target.ts";
import { sharedRenderer } from "../../../render/support/engines.ts";
import { type RenderRepository, renderRepository } from "../../../render/support/repositories.ts";
import { filesBelow, fixtures } from "./repository.ts";

/** A target's files, what the real engine makes of them, and what sets versions there. */
export interface TestTarget {
  readonly found: FoundSettings;
  /** Every text under `image` and `reference` in what is rendered, sorted. */
  readonly images: readonly string[];
  /** Of a file, as text. */
  text(file: string): Promise<string>;
  bytes(file: string): Promise<Uint8Array>;
  /** The same target after edits. */
  edited(edits: readonly FileEdit[]): Promise<TestTarget>;
}

/** Makes targets in one test file; all of them share an engine and an empty repository. */
export interface Targets {
  /** The folder of that name below the fixtures, as the root of a repository. */
  fixture(name: string, spec: RenderSpec): Promise<TestTarget>;
  target(files: Readonly<Record<string, string>>, spec: RenderSpec): Promise<TestTarget>;
}

/** To be called once at the top of a test file. */
export function targetsOf(): Targets {
  let repository: RenderRepository | undefined;
  beforeAll(() => {
    repository = renderRepository();
    repository.temp.commit({});
  });
  afterAll(() => repository?.remove());
  const target: Targets["target"] = async (files, spec) => {
    if (repository === undefined) throw new Error("there is no repository yet");
    const writes = Object.entries(files).map(([path, text]) => write(path, Buffer.from(text)));
    return targetOf(await stageChanges(await repository.source(), writes), spec, sharedRenderer());
  };
  return { target, fixture: (name, spec) => target(filesBelow(join(fixtures, name)), spec) };
}

/** A kustomize target. */
export function kustomize(path: string): RenderSpec {
  return { kind: "kustomize", path, options: {} };
}

/** A Helm target. */
export function helm(path: string, ...valueFiles: readonly string[]): RenderSpec {
  return { kind: "helm", path, options: { releaseName: "it", valueFiles } };
}

/** A folder of manifests. */
export function plain(path: string): RenderSpec {
  return { kind: "plain", path, options: {} };
}

function write(path: string, bytes: Uint8Array) {
  return { kind: "write", path, bytes, executable: false } as const;
}

async function targetOf(source: RenderSource, spec: RenderSpec, renderer: Renderer): Promise<TestTarget> {
  const render = await renderer.render(spec, source, AbortSignal.timeout(600_000));
  if (!render.ok) throw new Error(`${render.failure.file ?? ""}: ${render.failure.message}`);
  const images: string[] = [];
  for (const { object } of render.resources()) collect(object, images);
  const bytes = async (file: string): Promise<Uint8Array> => {
    const read = await source.tree.read(file);
    if (read === undefined) throw new Error(`there is no ${file}`);
    return read;
  };
  return {
    found: await findSettings(spec, render.trace, source.tree),
    images: images.sort(),
    bytes,
    text: async (file) => new TextDecoder().decode(await bytes(file)),
    async edited(edits) {
      const byFile = Map.groupBy(edits, ({ file }) => file);
      const writes = [...byFile].map(async ([file, own]) => {
        const { bytes: after } = applyEdits(
          file,
          await bytes(file),
          own.map(({ edit }) => edit),
        );
        return write(file, after);
      });
      return targetOf(await stageChanges(source, await Promise.all(writes)), spec, renderer);
    },
  };
}

function collect(value: Json, images: string[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, images);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if ((key === "image" || key === "reference") && typeof item === "string") images.push(item);
      else collect(item, images);
    }
  }
}
