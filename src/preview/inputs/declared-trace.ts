import { z } from "zod";
import type { ControllerSpec } from "../../model/controller-spec.ts";
import { isMounted } from "../../model/mount.ts";
import { isAtOrBelow, joinPath, lastName, resolvePath } from "../../model/paths.ts";
import type { Trace } from "../../model/render.ts";
import { generatorTrace } from "./generator-trace.ts";
import { ignoredNames } from "./ignored-names.ts";
import { entriesBelow, joined, type StaticSteps, tooLarge, wholeAt } from "./static-steps.ts";

/** Reads what the renders of controllers' objects can look up in the repository. */
export interface DeclaredTraces {
  /** As `StaticTraces.of`. What is fetched is a part of the spec, so of that there is no lookup. */
  of(spec: ControllerSpec): Promise<Trace | undefined>;
}

const sourceIgnore = ".sourceignore";
const kustomizationName = /^(?:kustomization\.ya?ml|Kustomization)$/;

/** For the specs of one tree. */
export function declaredTraces(steps: StaticSteps): DeclaredTraces {
  let ignoring: Promise<readonly string[] | undefined> | undefined;
  const ignoreFiles = () => {
    ignoring ??= filesCalled(sourceIgnore, steps);
    return ignoring;
  };
  return {
    async of(spec) {
      switch (spec.kind) {
        case "flux":
          return packed(spec.options, await kustomizationTrace(spec.options, steps), await ignoreFiles());
        case "helmrelease":
          if (isMounted(spec.path) || isMounted(spec.options.root)) return [];
          return packed(spec.options, await releaseTrace(spec, steps), await ignoreFiles());
        case "argocd":
          return applicationTrace(spec.options, steps);
        case "applicationset":
          return generatorTrace(spec.options, steps);
        case "resourceset":
          return [];
        default:
          return spec satisfies never;
      }
    },
  };
}

/** The files of this name; `undefined` in a tree with more folders than are looked into. */
async function filesCalled(name: string, { tree }: StaticSteps): Promise<readonly string[] | undefined> {
  const files = await tree.files().catch(tooLarge);
  return files?.filter((path) => lastName(path) === name);
}

/**
 * The trace of what source-controller packs. What rules leave out is not there for a render, which may then look
 * elsewhere, so with any rules but the simplest ones nothing is told.
 */
function packed(
  { ignore = "", root }: { readonly ignore?: string; readonly root: string },
  trace: Trace | undefined,
  ignoreFiles: readonly string[] | undefined,
): Trace | undefined {
  if (trace === undefined || isMounted(root)) return trace;
  if (ignoreFiles === undefined || ignoreFiles.length > 0) return undefined;
  const isIgnored = ignoredNames(ignore);
  const leftOut = trace.some(([path, kind]) => {
    const below = root === "" ? path : path.slice(root.length + 1);
    return kind !== "absent" && isAtOrBelow(path, root) && below !== "" && (isIgnored?.(below) ?? true);
  });
  if (leftOut) return undefined;
  // A file with rules that is new makes the packed source another one.
  const folders = new Set(trace.flatMap(([path]) => foldersTo(path)));
  return [...trace, ...[...folders].map((folder) => [joinPath(folder, sourceIgnore), "absent"] as const)];
}

/** The folder itself, which may be a file, and those above it. */
function foldersTo(path: string): readonly string[] {
  const names = path === "" ? [] : path.split("/");
  return ["", ...names.map((_, index) => names.slice(0, index + 1).join("/"))];
}

const texts = z.array(z.string()).catch([]).default([]);
const fluxSpec = z.object({ path: z.string().catch("").default(""), components: texts });

async function kustomizationTrace(
  { root, spec }: Extract<ControllerSpec, { kind: "flux" }>["options"],
  steps: StaticSteps,
): Promise<Trace | undefined> {
  if (isMounted(root)) return [];
  const { path, components } = fluxSpec.parse(spec);
  const folder = resolvePath(root, path.replace(/^\/+/, ""));
  if (folder === undefined) return undefined;
  const others = components.flatMap((component) => resolvePath(folder, component) ?? []);
  const entry = await steps.tree.at(folder);
  const own = entry?.kind === "dir" ? await steps.tree.leaves(folder) : [];
  if (own.some(({ name }) => kustomizationName.test(name))) return steps.kustomizations([folder, ...others]);
  // One is made of all that is below, with the kustomizations there as bases.
  const below = entry?.kind === "dir" ? await entriesBelow(folder, steps.tree) : [];
  if (below === undefined || below.some(({ kind }) => kind === "link" || kind === "module")) return undefined;
  const bases = below.flatMap((one) =>
    kustomizationName.test(one.name) ? [one.path.slice(0, -one.name.length - 1)] : [],
  );
  return joined([
    wholeAt(folder, entry),
    await steps.answer(folder),
    await steps.kustomizations([...bases, ...others]),
  ]);
}

const chartOfRelease = z
  .object({ chart: z.object({ spec: z.object({ valuesFiles: texts }) }) })
  .catch({ chart: { spec: { valuesFiles: [] } } });

async function releaseTrace(
  { path, options: { root, spec } }: Extract<ControllerSpec, { kind: "helmrelease" }>,
  steps: StaticSteps,
): Promise<Trace | undefined> {
  const { valuesFiles } = chartOfRelease.parse(spec).chart.spec;
  const files = valuesFiles.flatMap((file) => resolvePath(root, file.replace(/^\/+/, "")) ?? []);
  return joined([await steps.charts([path]), ...(await Promise.all(files.map(steps.answer)))]);
}

const argoSource = z.object({
  path: z.string().optional().catch(undefined),
  ref: z.string().optional().catch(undefined),
  helm: z
    .object({
      valueFiles: texts,
      fileParameters: z
        .array(z.object({ path: z.string() }))
        .catch([])
        .default([]),
    })
    .optional(),
  kustomize: z
    .object({
      components: texts,
      patches: z
        .array(z.object({ path: z.string().optional() }))
        .catch([])
        .default([]),
    })
    .optional(),
  plugin: z.unknown().optional(),
});
type ArgoSource = z.output<typeof argoSource>;
const argoSpec = z.object({ source: argoSource.optional(), sources: z.array(argoSource).optional() });

async function applicationTrace(
  { spec, roots, appName }: Extract<ControllerSpec, { kind: "argocd" }>["options"],
  steps: StaticSteps,
): Promise<Trace | undefined> {
  const { data } = argoSpec.safeParse(spec);
  if (data === undefined) return undefined;
  const sources = data.sources ?? (data.source === undefined ? [] : [data.source]);
  const refs = new Map(
    sources.flatMap(({ ref }, index) => (ref === undefined ? [] : [[`$${ref}`, roots[index] ?? ""]])),
  );
  const traces = sources.map((source, index) =>
    sourceTrace(source, { root: roots[index] ?? "", refs, appName }, steps),
  );
  return joined(await Promise.all(traces));
}

interface SourcePlace {
  readonly root: string;
  /** Where the sources begin that are named by `$ref`. */
  readonly refs: ReadonlyMap<string, string>;
  readonly appName: string;
}

async function sourceTrace(source: ArgoSource, place: SourcePlace, steps: StaticSteps): Promise<Trace | undefined> {
  const { root, appName } = place;
  if (source.plugin !== undefined) return undefined;
  const values = [...(source.helm?.valueFiles ?? []), ...(source.helm?.fileParameters ?? []).map(({ path }) => path)];
  const folder = isMounted(root) ? root : resolvePath(root, source.path ?? "");
  if (folder === undefined) return undefined;
  const files = values.map((file) => valueFile(file, folder, place));
  if (files.includes(undefined)) return undefined;
  const own = files.flatMap((file) => (file === undefined || isMounted(file) ? [] : [file]));
  const read = await Promise.all(own.map(steps.answer));
  if (isMounted(root) || (source.path === undefined && source.ref !== undefined)) return joined(read);
  return joined([await folderTrace(folder, appName, source, steps), ...read]);
}

/** A folder is listed to see which tool renders it, so all of it counts. */
async function folderTrace(folder: string, appName: string, { kustomize }: ArgoSource, steps: StaticSteps) {
  const below = (await steps.tree.at(folder))?.kind === "dir" ? await entriesBelow(folder, steps.tree) : [];
  // Jsonnet imports what it likes, and what overrides an Application may name other files.
  if (below === undefined || below.some(({ name }) => /\.(?:j|lib)sonnet$/.test(name))) return undefined;
  const overrides = [".argocd-source.yaml", `.argocd-source-${appName}.yaml`].map((name) => joinPath(folder, name));
  if (below.some(({ path }) => overrides.includes(path))) return undefined;
  const words = [...(kustomize?.components ?? []), ...(kustomize?.patches ?? []).flatMap(({ path }) => path ?? [])];
  const named = words.flatMap((word) => resolvePath(folder, word) ?? []);
  return joined([await steps.charts([folder]), await steps.kustomizations([folder, ...named])]);
}

/** The path of a values file; `undefined` for a pattern, and for what the environment of the build decides. */
function valueFile(file: string, folder: string, { root, refs }: SourcePlace): string | undefined {
  const [first = "", ...rest] = file.split("/");
  const from = refs.get(first);
  const path = from === undefined ? file : rest.join("/");
  if (/[*?[$]|:\/\//.test(path)) return undefined;
  const base = from ?? (path.startsWith("/") ? root : folder);
  return resolvePath(base, path.replace(/^\/+/, ""));
}
