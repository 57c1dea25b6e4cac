import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  applyEdits,
  findMarkers,
  findSettings,
  type VersionSetting,
  versionEdits,
  type WantedVersion,
} from "../../../src/edit/index.ts";
import type { Trace } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { digestOf } from "./support/repository.ts";

const kustomize: RenderSpec = { kind: "kustomize", path: "app", options: {} };
const helm: RenderSpec = { kind: "helm", path: "app", options: { releaseName: "r" } };
const plain: RenderSpec = { kind: "plain", path: "app", options: {} };
const image = "ghcr.io/acme/webapp";
const tag = { tag: "1.10", digest: "" };
const both = { tag: "1.10", digest: digestOf("2") };

interface Bump {
  readonly fixture: string;
  readonly spec: RenderSpec;
  /** Where the fixture stands in the target. */
  readonly file: string;
  readonly wanted: WantedVersion;
  readonly about?: string;
  /** The lines of settings that are refused. */
  readonly refused?: readonly number[];
}

const bumps: readonly Bump[] = [
  { fixture: "kustomize-images", spec: kustomize, file: "app/kustomization.yaml", wanted: tag },
  { fixture: "kustomize-flow", spec: kustomize, file: "app/kustomization.yaml", wanted: both },
  { fixture: "values", spec: helm, file: "app/values.yaml", wanted: tag, refused: [23, 23, 28] },
  { fixture: "manifests", spec: plain, file: "app/all.yaml", wanted: both },
  {
    fixture: "helm-charts",
    spec: kustomize,
    file: "app/kustomization.yaml",
    wanted: { version: "1.10" },
    about: "webapp",
  },
  { fixture: "markers", spec: plain, file: "app/release.yaml", wanted: { ...both, name: "ghcr.io/acme/web" } },
];

const read = (name: string): Buffer => readFileSync(new URL(`../../fixtures/edit/bump/${name}.yaml`, import.meta.url));

async function settingsIn(bump: Bump, bytes: Uint8Array): Promise<readonly VersionSetting[]> {
  const { fixture, spec, file, about = image } = bump;
  const tree = memoryTree({ [file]: bytes });
  const trace: Trace = spec.kind === "kustomize" ? [[file, "file", "0"]] : [["app", "tree", "0"]];
  if (fixture === "markers") {
    return (await findMarkers(spec, trace, tree, { wanted: ({ name }) => name === "webapp" })).markers;
  }
  return (await findSettings(spec, trace, tree)).settings.filter(({ subject }) => subject.name === about);
}

describe("a bump of every place of an image", () => {
  it.each(bumps)("changes its scalars and no other byte: $fixture", async (bump) => {
    const before = read(bump.fixture);
    const refused: number[] = [];
    const edits = (await settingsIn(bump, before)).flatMap((setting) => {
      const made = versionEdits(setting, bump.wanted);
      if (!("refused" in made)) return made;
      refused.push(Number(/:(\d+): /.exec(made.refused)?.[1]));
      return [];
    });
    const { bytes, lines } = applyEdits(bump.file, before, edits);
    expect(Buffer.from(bytes).toString()).toBe(read(`${bump.fixture}.after`).toString());
    expect(Buffer.from(bytes).equals(read(`${bump.fixture}.after`))).toBe(true);
    expect(refused.toSorted((a, b) => a - b)).toEqual(bump.refused ?? []);
    const now = Buffer.from(bytes).toString().split(/\r?\n/);
    for (const { line, after } of lines) if (after !== "") expect(now[line - 1]?.replace("\uFEFF", "")).toBe(after);
  });

  it.each(bumps)("is done when it was made: $fixture", async (bump) => {
    for (const setting of await settingsIn(bump, read(`${bump.fixture}.after`))) {
      const made = versionEdits(setting, bump.wanted);
      expect("refused" in made ? [] : made).toEqual([]);
    }
  });
});
