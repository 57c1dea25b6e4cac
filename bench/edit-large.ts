import { performance } from "node:perf_hooks";
import { parseAllDocuments } from "yaml";
import {
  applyEdits,
  findMarkers,
  findSettings,
  type VersionSetting,
  versionEdits,
  type WantedVersion,
} from "../src/edit/index.ts";
import type { Trace } from "../src/model/render.ts";
import type { RenderSpec } from "../src/model/target.ts";
import { memoryTree } from "../test/support/memory-tree.ts";
import { median } from "./floor.ts";
import type { Ratio } from "./preview.ts";

const wanted: WantedVersion = { tag: "1.10", digest: "" };
const limit = 3;
const turns = 3;

/**
 * Bumping one image in a file of 5 MB: read, found, spliced, proven and written, against the time that the `yaml`
 * package takes to parse the same text once with its defaults. Values of 100,000 lines, 20,000 documents in one file,
 * and values of which each tag has a marker.
 */
export async function benchEditLarge(): Promise<readonly Ratio[]> {
  const [some, documents] = [values(), manifests()];
  return [
    await ratio("bump in values", some, helm, inSettings),
    await ratio("bump in 20,000 documents", documents, plain, inSettings),
    await ratio("bump by a marker in values", some, helm, inMarkers),
    await ratio("bump by a marker in documents", documents, plain, inMarkers),
  ];
}

const helm: RenderSpec = { kind: "helm", path: "app", options: { releaseName: "bench" } };
const plain: RenderSpec = { kind: "plain", path: "app", options: {} };

/** One after the other in turns, so that what else the machine does slows both. */
async function ratio(name: string, text: string, spec: RenderSpec, find: Find): Promise<Ratio> {
  const [times, floors]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    floors.push(parsing(text));
    times.push(await bumping(text, spec, find));
  }
  const megabytes = (Buffer.byteLength(text) / 1e6).toFixed(1);
  const lines = text.split("\n").length - 1;
  const note = `${megabytes} MB, ${lines} lines; floor: parsed once by \`yaml\``;
  return { name, ours: median(times), floor: median(floors), limit, note };
}

/** Twenty apps to a group: the package compares each key of a map with each other. */
function values(): string {
  const app = (index: number): string =>
    `${index % 20 === 0 ? `group${index / 20}:\n` : ""}  app${index}:\n    image:\n      repository: ghcr.io/acme/app-${index}   # built from github.com/acme/app-${index}, owned by the team of it and nobody else in the house\n      tag: 1.4.${index % 10} # {"$imagepolicy": "flux-system:app-${index}:tag"}\n    replicas: ${index % 7}\n`;
  return Array.from({ length: 20_000 }, (_, index) => app(index)).join("");
}

function manifests(): string {
  const deployment = (index: number): string =>
    `---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${index}\n  labels: { app: app-${index} }\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: ghcr.io/acme/app-${index}:1.4.0 # {"$imagepolicy": "flux-system:app-${index}"}\n`;
  return Array.from({ length: 20_000 }, (_, index) => deployment(index)).join("");
}

function parsing(text: string): number {
  const started = performance.now();
  if (parseAllDocuments(text).length === 0) throw new Error("nothing was parsed");
  return performance.now() - started;
}

type Find = (
  spec: RenderSpec,
  trace: Trace,
  tree: ReturnType<typeof memoryTree>,
) => Promise<VersionSetting | undefined>;

const inSettings: Find = async (spec, trace, tree) => {
  const { settings } = await findSettings(spec, trace, tree);
  return settings.find(({ subject }) => subject.name === "ghcr.io/acme/app-15000");
};

const inMarkers: Find = async (spec, trace, tree) => {
  const { markers } = await findMarkers(spec, trace, tree, { wanted: ({ name }) => name === "app-15000" });
  return markers[0];
};

async function bumping(text: string, spec: RenderSpec, find: Find): Promise<number> {
  const file = "app/values.yaml";
  const bytes = Buffer.from(text);
  const tree = memoryTree({ [file]: bytes });
  const started = performance.now();
  const setting = await find(spec, [["app", "tree", "0"]], tree);
  const edits = setting === undefined ? [] : versionEdits(setting, wanted);
  if ("refused" in edits) throw new Error(edits.refused);
  const { lines } = applyEdits(file, bytes, edits);
  if (lines.length !== 1) throw new Error(`expected one changed line, got ${lines.length}`);
  return performance.now() - started;
}
