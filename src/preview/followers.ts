import { z } from "zod";
import { mapLimit } from "../model/map-limit.ts";
import { resolvePath } from "../model/paths.ts";
import type { TargetPreview } from "../model/preview.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import { yamlValues } from "../model/yaml-values.ts";
import type { ComparedTrees } from "./affected.ts";
import { smallText } from "./small-text.ts";

/** Changed files that are looked into. */
const maxFiles = 200;
const atOnce = 16;

const metadata = z.object({ name: z.string() });
const deploying = z.union([
  z.object({
    apiVersion: z.string().startsWith("argoproj.io/"),
    kind: z.literal("Application"),
    metadata,
    spec: z.object({ source: z.object({ path: z.string() }) }).transform(({ source }) => source),
  }),
  z.object({
    apiVersion: z.string().startsWith("kustomize.toolkit.fluxcd.io/"),
    kind: z.literal("Kustomization"),
    metadata,
    spec: z.object({ path: z.string() }),
  }),
]);

const tools = { Application: "Argo CD Application", Kustomization: "Flux Kustomization" } as const;

/** The targets, those whose folder was moved with the object of Argo CD or Flux whose path goes the same way here. */
export async function withFollowers(
  targets: readonly TargetPreview[],
  changed: readonly ChangedPath[],
  trees: ComparedTrees,
): Promise<readonly TargetPreview[]> {
  if (!targets.some(({ movedFrom, declaration }) => movedFrom !== undefined && declaration === undefined))
    return targets;
  const files = changed.map(({ path }) => path).filter((path) => /\.ya?ml$/i.test(path));
  const found = await mapLimit(files.slice(0, maxFiles), atOnce, (file) => movesIn(file, trees));
  const moves = found.flat();
  return targets.map((target) => {
    if (target.declaration !== undefined) return target;
    const move = moves.find(({ from, to }) => from === target.movedFrom && to === target.path);
    return move === undefined ? target : { ...target, follower: { tool: move.tool, name: move.name } };
  });
}

async function movesIn(file: string, { base, head }: ComparedTrees) {
  const [before, after] = await Promise.all([pathsIn(file, base.tree), pathsIn(file, head.tree)]);
  return after.flatMap(({ tool, name, path }) => {
    const was = before.find((one) => one.tool === tool && one.name === name);
    return was === undefined ? [] : [{ tool, name, from: was.path, to: path }];
  });
}

async function pathsIn(file: string, tree: Tree) {
  const text = (await smallText(tree, file)) ?? "";
  if (!/argoproj\.io\/|kustomize\.toolkit\.fluxcd\.io\//.test(text)) return [];
  return yamlValues(text).flatMap((value) => {
    const { data } = deploying.safeParse(value);
    const path = data === undefined ? undefined : resolvePath("", data.spec.path.replace(/^\/+/, ""));
    return data === undefined || path === undefined ? [] : [{ tool: tools[data.kind], name: data.metadata.name, path }];
  });
}
