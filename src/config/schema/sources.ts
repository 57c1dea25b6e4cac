import type { KeyPath } from "../../model/problem.ts";
import type { Environment, Override } from "./config.ts";
import type { TargetSource } from "./renderers.ts";

/** How folders become resources: options of an environment, a place or an override. */
export type RendererOptions = Pick<TargetSource, "renderer" | "helm" | "kustomize" | "plain">;

/** A place of targets, with the environment's options merged in, and its key path within the environment. */
export interface LocatedSource {
  readonly source: TargetSource;
  readonly path: KeyPath;
}

/**
 * Every place of an environment's targets: its own `path`, or each entry of `targets` with the environment's options as
 * defaults.
 */
export function sourcesOf(environment: Environment): readonly LocatedSource[] {
  const { path, app, exclude = [], targets = [] } = environment;
  const options = mergeOptions({}, environment);
  const own = path === undefined ? [] : [{ source: { ...options, path, exclude, ...(app && { app }) }, path: [] }];
  const listed = targets.map((entry, index) => ({
    source: { ...entry, ...mergeOptions(options, entry), exclude: [...exclude, ...(entry.exclude ?? [])] },
    path: ["targets", index],
  }));
  return [...own, ...listed];
}

/** Merges options of two levels key by key; `over` wins. */
export function mergeOptions(under: RendererOptions, over: RendererOptions | Override): RendererOptions {
  const renderer = over.renderer ?? under.renderer;
  return {
    ...(renderer && { renderer }),
    ...((under.helm ?? over.helm) && { helm: { ...under.helm, ...over.helm } }),
    ...((under.kustomize ?? over.kustomize) && { kustomize: { ...under.kustomize, ...over.kustomize } }),
    ...((under.plain ?? over.plain) && { plain: { ...under.plain, ...over.plain } }),
  };
}
