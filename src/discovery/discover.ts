import { UserError } from "../model/errors.ts";
import { byText } from "../model/paths.ts";
import { nowhere, wrong } from "../model/problem.ts";
import type { RenderSpec } from "../model/target.ts";
import { type Target, targetId } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Tree } from "../model/tree.ts";
import { discoverCharts } from "./charts.ts";
import { compareEnvironments, defaultEnvironment } from "./environment-names.ts";
import { listFolders } from "./folders.ts";
import { discoverKustomizations } from "./kustomizations.ts";
import { appNames, layoutOf, ownName, safeName } from "./layout.ts";
import { discoverPlain } from "./plain-manifests.ts";
import type { ScanMemo } from "./scan.ts";
import type { Discovery, Unit } from "./unit.ts";

/**
 * The probable targets of a tree without a configuration: the usual layouts, then every kustomization that nothing
 * references, every chart and every folder of plain manifests. `memo` keeps what discovery learns about files between
 * calls. The same tree always gives the same plan.
 */
export async function discoverTargets(tree: Tree, memo: ScanMemo = new Map()): Promise<TargetPlan> {
  try {
    return await discover({ tree, memo, folders: await listFolders(tree) });
  } catch (error) {
    if (!(error instanceof UserError) || error.kind !== "limit") throw error;
    const problem = nowhere(".sluice.yaml")(wrong([], error.message, error.fix ?? "Add a `.sluice.yaml`."));
    return { targets: [], environments: [], source: "discovered", problems: [problem], notes: [] };
  }
}

async function discover(discovery: Discovery): Promise<TargetPlan> {
  const kustomizations = await discoverKustomizations(discovery);
  const charts = await discoverCharts(discovery, kustomizations.references);
  const plain = await discoverPlain(discovery, kustomizations.references);
  const targets = nameUnits([...kustomizations.units, ...charts.units, ...plain]);
  const environments = [...new Set(targets.map((target) => target.environment))];
  const none =
    targets.length === 0 ? ["Nothing in the repository renders: no kustomization, no chart, no manifest."] : [];
  return {
    targets,
    environments,
    source: "discovered",
    problems: [],
    notes: [...none, ...kustomizations.notes, ...charts.notes],
  };
}

function nameUnits(units: readonly Unit[]): readonly Target[] {
  const laid = units.map((unit) => {
    const layout = layoutOf(unit.render.path);
    const environment = unit.environment ?? layout.environment ?? defaultEnvironment;
    // If the environment comes from a values file, the stem is the folder's whole path.
    return { unit, environment, stem: layout.stem.join("/") };
  });
  const apps = appNames(laid.map(({ stem }) => stem));
  const sorted = laid
    .map(({ unit, environment, stem }) => ({ unit, environment, app: apps.get(stem) ?? "app" }))
    .sort(
      (a, b) =>
        compareEnvironments(a.environment, b.environment) ||
        byText(a.app, b.app) ||
        byText(a.unit.render.path, b.unit.render.path),
    );
  const used = new Set<string>();
  return sorted
    .map(({ unit, environment, app }) => named(unit, environment, freeName(app, environment, unit.render.path, used)))
    .sort((a, b) => compareEnvironments(a.environment, b.environment) || byText(a.app, b.app));
}

/** The app's name, or the whole path if another folder has that name in this environment. */
function freeName(app: string, environment: string, path: string, used: Set<string>): string {
  const whole = safeName(path.replaceAll("/", "-"));
  const isFree = (name: string): boolean => !used.has(targetId(name, environment));
  let free = [app, whole].find(isFree);
  for (let number = 2; free === undefined; number += 1) {
    if (isFree(`${whole}-${number}`)) free = `${whole}-${number}`;
  }
  used.add(targetId(free, environment));
  return free;
}

function named(unit: Unit, environment: string, app: string): Target {
  const { render } = unit;
  const spec: RenderSpec =
    render.kind === "helm" ? { ...render, options: { ...render.options, releaseName: ownName(render.path) } } : render;
  const assumed = unit.assumed === undefined ? {} : { assumed: unit.assumed };
  return { id: targetId(app, environment), app, environment, render: spec, ...assumed };
}
