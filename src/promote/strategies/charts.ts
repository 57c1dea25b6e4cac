import { editAlone } from "../../change/edit-reach.ts";
import { bareEntry } from "../../change/entries.ts";
import { fieldKey } from "../../change/proof/prove.ts";
import { type Replacement, versionForms } from "../../change/proof/text.ts";
import { type SettingVersion, settingVersions } from "../../change/setting-versions.ts";
import type { StagedFiles } from "../../change/staged-files.ts";
import { type FoundSettings, settingVersion, type VersionSetting, versionEdits } from "../../edit/find/index.ts";
import { documentAt, type Node, parseYaml } from "../../edit/splice/index.ts";
import { UserError } from "../../model/errors.ts";
import { joinPath, parentPath } from "../../model/paths.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { Tree, TreeChange } from "../../model/tree.ts";
import type { StrategyInput } from "./strategy.ts";

/**
 * Versions of charts and of their values that were carried. Edits of existing files go into `StagedFiles`; `changes`
 * are whole charts and lock files.
 */
export interface CarriedCharts {
  readonly versions: readonly VersionChange[];
  readonly changes: readonly TreeChange[];
  readonly notes: readonly string[];
  /** Whether the version of a chart is another one, which may change anything. */
  readonly charts: boolean;
  /** What may follow the values in the render. */
  readonly texts: readonly Replacement[];
  /** The fields that were edited where they stand in manifests, as in `Expectation`. */
  readonly edited: readonly string[];
}

/**
 * Carries the versions of charts by name: of kustomize's `helmCharts`, of a chart's dependencies, and of objects that
 * have a chart rendered in the cluster, with those of their values that have a version of an image without its name. A
 * chart that the source keeps in its own folder is carried with it, and so is `Chart.lock`. What both targets name in
 * the same file is not promoted.
 */
export async function carryCharts(
  input: StrategyInput,
  found: FoundSettings,
  source: FoundSettings,
  staged: StagedFiles,
): Promise<CarriedCharts> {
  const { pair } = input;
  const theirs = new Map(settingVersions(source, pair.source.environment).map((one) => [one.key, one]));
  const moves = settingVersions(found, pair.target.environment).flatMap((here): Move[] => {
    const there = theirs.get(here.key);
    const shared = there?.setting.file === here.setting.file && pair.source.id !== pair.target.id;
    return there === undefined || shared || there.version === here.version ? [] : [{ here, there }];
  });
  const files: (readonly TreeChange[])[] = [];
  for (const move of moves) files.push(await carry(input, move, staged));
  const locks = await carryLocks(input, found, source, staged);
  const values = moves.filter(({ here }) => here.setting.subject.kind === "image");
  return {
    versions: moves.map(({ here, there }) => ({ image: here.name, from: here.version, to: there.version })),
    changes: [...files.flat(), ...locks],
    notes: files
      .flat()
      .filter(({ kind }) => kind === "entry")
      .map(({ path }) => `The chart itself is carried to \`${path}\`.`),
    charts: values.length < moves.length,
    texts: values.flatMap(({ here, there }) => versionForms(here.version, there.version)),
    edited: moves.flatMap(({ here }) => editedFields(here.setting)),
  };
}

/** One version here and there. */
interface Move {
  readonly here: SettingVersion;
  readonly there: SettingVersion;
}

/** Sets the version; gives what comes with a chart. */
async function carry(
  input: StrategyInput,
  { here: { setting, version: from }, there: { setting: twin, version: to } }: Move,
  staged: StagedFiles,
): Promise<readonly TreeChange[]> {
  const { subject } = setting;
  const edits = versionEdits(setting, subject.kind === "chart" ? { version: to } : settingVersion(twin));
  if ("refused" in edits) throw new UserError("refused", edits.refused, { fix: "Make that change by hand." });
  await editAlone(setting.file, edits, { ...input, staged });
  if (subject.kind !== "chart") return [];
  const carryFiles = setting.form === "helm-charts" ? vendoredCharts : vendoredDependencies;
  return carryFiles(input, { name: subject.name, from, to, source: twin.file, target: setting.file });
}

function editedFields({ file, heldIn, version, tag, digest, whole }: VersionSetting): readonly string[] {
  if (heldIn !== undefined) return [fieldKey(file, heldIn)];
  return [version, tag, digest, whole].flatMap((part) => (part === undefined ? [] : [fieldKey(file, part.path)]));
}

interface ChartMove {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The files that name the chart. */
  readonly source: string;
  readonly target: string;
}

/**
 * Where kustomize looks for a chart of a repository: `charts/NAME-VERSION/NAME` below the kustomization. The old one is
 * left to who may still use it.
 */
async function vendoredCharts({ source, target }: StrategyInput, move: ChartMove): Promise<readonly TreeChange[]> {
  const folder = `${move.name}-${move.to}`;
  const [from, to] = await Promise.all([
    chartHome(source.at.tree, move.source),
    chartHome(target.at.tree, move.target),
  ]);
  if (from === undefined || to === undefined) return [];
  return copyOf(source.at.tree, joinPath(from, folder), target.at.tree, joinPath(to, folder));
}

async function chartHome(tree: Tree, file: string): Promise<string | undefined> {
  const bytes = await tree.read(file);
  const root = bytes && documentAt(parseYaml(file, bytes), 0);
  const globals = childOf(root, "helmGlobals");
  const named = childOf(globals, "chartHome");
  const home = named?.kind === "scalar" ? named.value : "charts";
  return normalised(joinPath(parentPath(file), home));
}

/** Without `.` and `..`; `undefined` when it leads out of the repository. */
function normalised(path: string): string | undefined {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.join("/");
}

/**
 * Where Helm looks for dependencies: an archive or a folder in `charts` beside `Chart.yaml`. The archive of the old
 * version goes.
 */
async function vendoredDependencies(
  { source, target }: StrategyInput,
  move: ChartMove,
): Promise<readonly TreeChange[]> {
  const [from, to] = [joinPath(parentPath(move.source), "charts"), joinPath(parentPath(move.target), "charts")];
  const old = joinPath(to, `${move.name}-${move.from}.tgz`);
  const names = [`${move.name}-${move.to}.tgz`, move.name];
  const copies = await Promise.all(
    names.map((name) => copyOf(source.at.tree, joinPath(from, name), target.at.tree, joinPath(to, name))),
  );
  const gone = (await target.at.tree.at(old)) === undefined ? [] : [{ kind: "delete", path: old } as const];
  return [...copies.flat(), ...gone];
}

async function copyOf(source: Tree, from: string, target: Tree, to: string): Promise<readonly TreeChange[]> {
  const [there, here] = await Promise.all([source.at(from), target.at(to)]);
  if (there === undefined || there.kind === "module" || there.oid === here?.oid) return [];
  return [{ kind: "entry", path: to, entry: bareEntry(there) }];
}

/** `Chart.lock` says which versions were resolved: it fits when the dependencies are the same as the source's. */
async function carryLocks(
  { source, target }: StrategyInput,
  found: FoundSettings,
  sourceSettings: FoundSettings,
  staged: StagedFiles,
): Promise<readonly TreeChange[]> {
  const changed = new Set(staged.changes().map(({ path }) => path));
  const files = new Set(found.settings.filter(({ form }) => form === "chart-dependency").map(({ file }) => file));
  const changes: TreeChange[] = [];
  for (const file of files) {
    const lock = file.replace(/\.yaml$/, ".lock");
    if (!changed.has(file) || (await target.at.tree.at(lock)) === undefined) continue;
    const twin = sourceSettings.settings.find(
      ({ form, file: other }) => form === "chart-dependency" && sameName(file, other),
    );
    const from = twin && (await fittingLock(file, await staged.bytes(file), twin.file, source.at.tree));
    if (from === undefined) throw staleLock(lock);
    changes.push(...(await copyOf(source.at.tree, from, target.at.tree, lock)));
  }
  return changes;
}

/** The source's lock, where it has one and its chart has the same dependencies as `file` by now. */
async function fittingLock(file: string, bytes: Uint8Array, twin: string, source: Tree): Promise<string | undefined> {
  const lock = twin.replace(/\.yaml$/, ".lock");
  const theirs = await source.read(twin);
  if (theirs === undefined || (await source.at(lock)) === undefined) return undefined;
  return dependenciesOf(file, bytes) === dependenciesOf(twin, theirs) ? lock : undefined;
}

function sameName(file: string, other: string): boolean {
  return file.slice(file.lastIndexOf("/") + 1) === other.slice(other.lastIndexOf("/") + 1);
}

function staleLock(lock: string): UserError {
  return new UserError(
    "refused",
    `\`${lock}\` would no longer fit the chart's dependencies, and the source's does not either`,
    {
      fix: "Run helm dependency update in the target's chart, in a pull request of its own.",
    },
  );
}

/** The dependencies of a chart as text that is equal when they are. */
function dependenciesOf(file: string, bytes: Uint8Array): string {
  return JSON.stringify(plain(childOf(documentAt(parseYaml(file, bytes), 0), "dependencies")));
}

function childOf(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.get(key) : undefined;
}

function plain(node: Node | undefined): unknown {
  if (node?.kind === "map") return node.entries.map(({ key, node: value }) => [key, plain(value)]).sort();
  if (node?.kind === "list") return node.items.map(plain);
  return node?.value ?? null;
}
