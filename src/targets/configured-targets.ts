import { type Config, type Environment, overrideOf } from "../config/schema/config.ts";
import type { TargetSource } from "../config/schema/renderers.ts";
import { mergeOptions, type RendererOptions, sourcesOf } from "../config/schema/sources.ts";
import { fillTemplate } from "../config/values/templates.ts";
import { detectRenderer, libraryChart } from "../discovery/detect.ts";
import { byText, joinPath } from "../model/paths.ts";
import { doubtful, type KeyPath, type Locate, nowhere, type Remark, wrong } from "../model/problem.ts";
import type { HelmOptions, RendererKind, RenderSpec, Target } from "../model/target.ts";
import { targetId } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Tree } from "../model/tree.ts";
import { dependencyRemarks } from "./dependencies.ts";
import { matchesGlob, matchFolders, type PatternMatch } from "./patterns.ts";

interface Found {
  readonly targets: readonly Target[];
  readonly remarks: readonly Remark[];
  readonly notes: readonly string[];
}

/** The targets that a configuration names in one tree. `locate` (from `parseConfig`) gives the problems their lines. */
export async function planTargets(
  config: Config,
  tree: Tree,
  locate: Locate = nowhere(".sluice.yaml"),
): Promise<TargetPlan> {
  const found = await Promise.all(
    config.environments.map((environment, index) => environmentTargets(config, environment, index, tree)),
  );
  const targets = found.flatMap((part) => part.targets);
  const remarks = [...found.flatMap((part) => part.remarks), ...dependencyRemarks(config, targets)];
  return {
    targets,
    environments: config.environments.map((environment) => environment.name),
    source: "file",
    problems: remarks.map(locate),
    notes: found.flatMap((part) => part.notes),
  };
}

async function environmentTargets(config: Config, environment: Environment, index: number, tree: Tree): Promise<Found> {
  const path: KeyPath = ["environments", index];
  const sources = sourcesOf(environment);
  const found = await Promise.all(
    sources.map(({ source, path: inner }) => sourceTargets(config, environment, source, [...path, ...inner], tree)),
  );
  const { targets, remarks } = unique(
    found.flatMap((part) => part.targets),
    environment.name,
    path,
  );
  return {
    targets,
    remarks: [...found.flatMap((part) => part.remarks), ...remarks],
    notes: found.flatMap((part) => part.notes),
  };
}

/** Targets by app, one for each id; which folders lost is an error. */
function unique(
  targets: readonly Target[],
  environment: string,
  path: KeyPath,
): { targets: readonly Target[]; remarks: readonly Remark[] } {
  const byId = new Map<string, Target>();
  const remarks: Remark[] = [];
  for (const target of targets) {
    const first = byId.get(target.id);
    if (first === undefined) byId.set(target.id, target);
    else if (first.render.path !== target.render.path || first.render.kind !== target.render.kind) {
      const message = `Two folders are "${target.app}" in "${environment}": \`${first.render.path}\` and \`${target.render.path}\``;
      remarks.push(
        wrong(path, message, "Narrow the path, use `exclude`, or name one of them with `app`. The second is left out."),
      );
    }
  }
  return { targets: [...byId.values()].sort((a, b) => byText(a.app, b.app)), remarks };
}

async function sourceTargets(
  config: Config,
  environment: Environment,
  source: TargetSource,
  path: KeyPath,
  tree: Tree,
): Promise<Found> {
  const pattern = fillTemplate(source.path, { environment: environment.name });
  const { matches, notFollowed } = await matchFolders(pattern, tree);
  const excluded = (source.exclude ?? []).map((glob) => fillTemplate(glob, { environment: environment.name }));
  const made = await Promise.all(
    matches
      .filter(
        (match) => !excluded.some((glob) => matchesGlob(match.path, fillTemplate(glob, { app: match.app ?? "*" }))),
      )
      .map((match) => folderTarget(config, environment, source, match, tree)),
  );
  const targets = made.flatMap((result) => (typeof result === "object" ? result : []));
  const notes = made.filter((result) => typeof result === "string");
  const links = notFollowed.map((link) => `\`${link}\` is a link or a submodule and is not followed.`);
  return {
    targets,
    remarks: targets.length === 0 ? [noMatch(environment, pattern, path, matches)] : [],
    notes: [...notes, ...links],
  };
}

function noMatch(environment: Environment, pattern: string, path: KeyPath, matches: readonly PatternMatch[]): Remark {
  const why =
    matches.length === 0 ? "matches no folder" : `matches ${matches.length} folders, none of which is a target`;
  return doubtful(
    [...path, "path"],
    `\`${pattern}\` of "${environment.name}" ${why}`,
    "Mend the path, or leave it when the folders are still to come.",
  );
}

/** The target in a folder, or a sentence why there is none, or nothing to say. */
async function folderTarget(
  config: Config,
  environment: Environment,
  source: TargetSource,
  match: PatternMatch,
  tree: Tree,
): Promise<Target | string | undefined> {
  const app = match.app ?? source.app;
  if (app === undefined) return undefined;
  const override = overrideOf(config, app, environment.name);
  if (override?.skip === true) return `"${app}" is left out of "${environment.name}" by its override.`;
  const options = override === undefined ? source : mergeOptions(source, override);
  const kind = await rendererOf(options, source, match, tree);
  if (kind === undefined) return undefined;
  if (kind === "helm" && !isLiteral(source.path) && (await isLibrary(match.path, tree))) {
    return `\`${match.path}\` is a library chart and is no target.`;
  }
  const names = { app, environment: environment.name };
  const render = await renderSpec(kind, match.path, options, names, tree);
  if (typeof render === "string") return render;
  return { id: targetId(app, environment.name), app, environment: environment.name, render };
}

/** A folder that was named letter by letter is a target even before its files say how it renders. */
async function rendererOf(
  options: RendererOptions,
  source: TargetSource,
  match: PatternMatch,
  tree: Tree,
): Promise<RendererKind | undefined> {
  const detected = detectRenderer(await tree.list(match.path));
  if (options.renderer === undefined) return detected ?? (isLiteral(source.path) ? "plain" : undefined);
  const rendersThere = detected !== undefined || isLiteral(source.path);
  return rendersThere ? options.renderer : undefined;
}

async function isLibrary(path: string, tree: Tree): Promise<boolean> {
  const chart = await tree.read(joinPath(path, "Chart.yaml"));
  return chart !== undefined && libraryChart.test(new TextDecoder().decode(chart));
}

function isLiteral(pattern: string): boolean {
  return !pattern.includes("*") && !pattern.includes("{app}");
}

interface Names {
  readonly app: string;
  readonly environment: string;
}

async function renderSpec(
  kind: RendererKind,
  path: string,
  options: RendererOptions,
  names: Names,
  tree: Tree,
): Promise<RenderSpec | string> {
  switch (kind) {
    case "kustomize":
      return { kind, path, options: options.kustomize ?? {} };
    case "plain":
      return { kind, path, options: { recurse: true, ...options.plain } };
    case "helm":
      return helmSpec(path, options.helm ?? {}, names, tree);
    default:
      return kind satisfies never;
  }
}

async function helmSpec(
  path: string,
  helm: NonNullable<RendererOptions["helm"]>,
  names: Names,
  tree: Tree,
): Promise<RenderSpec | string> {
  const { missingValueFiles = "skip", valueFiles: patterns = [], releaseName = "{app}", namespace, ...rest } = helm;
  const files = patterns.map((pattern) => fillTemplate(pattern, names));
  const there = await Promise.all(files.map(async (file) => (await tree.at(file)) !== undefined));
  const missing = files.filter((_, index) => there[index] === false);
  if (missing.length > 0 && missingValueFiles === "skip") {
    return `The chart \`${path}\` is no target of "${names.environment}": it has no \`${missing.join("`, `")}\`.`;
  }
  const valueFiles = missingValueFiles === "ignore" ? files.filter((file) => !missing.includes(file)) : files;
  const options: HelmOptions = {
    releaseName: fillTemplate(releaseName, names),
    ...(namespace === undefined ? {} : { namespace: fillTemplate(namespace, names) }),
    ...(valueFiles.length === 0 ? {} : { valueFiles }),
    ...rest,
  };
  return { kind: "helm", path, options };
}
