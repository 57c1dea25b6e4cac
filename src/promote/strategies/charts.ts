import { editAlone } from "../../change/edit-reach.ts";
import { bareEntry } from "../../change/entries.ts";
import type { StagedFiles } from "../../change/staged-files.ts";
import { type FoundSettings, type VersionSetting, versionEdits } from "../../edit/find/index.ts";
import { documentAt, type Node, parseYaml } from "../../edit/splice/index.ts";
import { UserError } from "../../model/errors.ts";
import { joinPath, parentPath } from "../../model/paths.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { Tree, TreeChange } from "../../model/tree.ts";
import type { StrategyInput } from "./strategy.ts";

/**
 * Chart versions that were carried. Edits of existing files go into `StagedFiles`; `changes` are whole charts and lock
 * files.
 */
export interface CarriedCharts {
  readonly versions: readonly VersionChange[];
  readonly changes: readonly TreeChange[];
  readonly notes: readonly string[];
}

/**
 * Carries the versions of charts: of kustomize's `helmCharts` and of a chart's dependencies, by name. A chart that the
 * source keeps in its own folder is carried with it, and so is `Chart.lock`. Charts that both targets name in the same
 * file are not promoted.
 */
export async function carryCharts(
  input: StrategyInput,
  found: FoundSettings,
  source: FoundSettings,
  staged: StagedFiles,
): Promise<CarriedCharts> {
  const theirs = new Map(chartsOf(source).map((chart) => [keyOf(chart), chart]));
  const carried: CarriedCharts[] = [];
  for (const chart of chartsOf(found)) {
    const twin = theirs.get(keyOf(chart));
    const shared = twin?.setting.file === chart.setting.file && input.pair.source.id !== input.pair.target.id;
    if (twin === undefined || shared || twin.version === chart.version) continue;
    carried.push(await carryChart(input, chart, twin, staged));
  }
  const locks = await carryLocks(input, found, source, staged);
  return {
    versions: carried.flatMap(({ versions }) => versions),
    changes: [...carried.flatMap(({ changes }) => changes), ...locks],
    notes: carried.flatMap(({ notes }) => notes),
  };
}

/** A chart's version with the place that sets it. */
interface ChartVersion {
  readonly setting: VersionSetting;
  readonly name: string;
  readonly version: string;
}

function chartsOf({ settings }: FoundSettings): readonly ChartVersion[] {
  return settings.flatMap((setting) => {
    const { subject, version } = setting;
    return subject.kind === "chart" && version !== undefined
      ? [{ setting, name: subject.name, version: version.value }]
      : [];
  });
}

/** A chart is the same one by its name in the same kind of list. */
function keyOf({ setting, name }: ChartVersion): string {
  return `${setting.form} ${name}`;
}

async function carryChart(
  input: StrategyInput,
  { setting, name, version: from }: ChartVersion,
  { setting: twin, version: to }: ChartVersion,
  staged: StagedFiles,
): Promise<CarriedCharts> {
  const edits = versionEdits(setting, { version: to });
  if ("refused" in edits) throw new UserError("refused", edits.refused, { fix: "Make that change by hand." });
  await editAlone(setting.file, edits, { ...input, staged });
  const carryFiles = setting.form === "helm-charts" ? vendoredCharts : vendoredDependencies;
  const changes = await carryFiles(input, { name, from, to, source: twin.file, target: setting.file });
  const notes = changes
    .filter(({ kind }) => kind === "entry")
    .map(({ path }) => `The chart itself is carried to \`${path}\`.`);
  return { versions: [{ image: `chart ${name}`, from, to }], changes, notes };
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
