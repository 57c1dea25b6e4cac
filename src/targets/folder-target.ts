import { type Config, type Environment, overrideOf } from "../config/schema/config.ts";
import type { TargetSource } from "../config/schema/renderers.ts";
import { mergeOptions, type RendererOptions } from "../config/schema/sources.ts";
import { fillTemplate } from "../config/values/templates.ts";
import { detectRenderer, isLibraryChart } from "../discovery/index.ts";
import { joinPath } from "../model/paths.ts";
import { type HelmOptions, type RendererKind, type RenderSpec, type Target, targetId } from "../model/target.ts";
import type { Tree } from "../model/tree.ts";
import type { PatternMatch } from "./patterns.ts";

/** The target in a folder, or a note why there is none; `undefined` if the folder just does not render. */
export async function folderTarget(
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
    return `\`${match.path}\` is a library chart, so it is no target.`;
  }
  const names = { app, environment: environment.name };
  const render = await renderSpec(kind, match.path, options, names, tree);
  if (typeof render === "string") return render;
  return { id: targetId(app, environment.name), app, environment: environment.name, render };
}

/** A folder that is named without wildcards is a target even before it has files that say how it renders. */
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
  return chart !== undefined && isLibraryChart(new TextDecoder().decode(chart));
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
