import type { ControllerSpec } from "./controller-spec.ts";
import type { Declaration, Destination, Handling } from "./declaration.ts";
import { canonicalJson, type Json, type JsonObject } from "./json.ts";
import { isMounted, type MissingInput, type Mount } from "./mount.ts";

/** Which renderer turns a folder into resources, where nothing but the folder says how. */
export type RendererKind = "kustomize" | "helm" | "plain";

/** Options of a Helm target. Paths are relative to the root of the repository. */
export interface HelmOptions {
  readonly releaseName: string;
  readonly namespace?: string;
  readonly valueFiles?: readonly string[];
  readonly values?: JsonObject;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  readonly includeCRDs?: boolean;
}

/** Options of a kustomize target. */
export interface KustomizeOptions {
  readonly loadRestrictor?: "root" | "none";
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** Options of a directory of plain manifests. */
export interface PlainOptions {
  readonly recurse?: boolean;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** A folder that renders by itself. */
export type FolderSpec =
  | { readonly kind: "kustomize"; readonly path: string; readonly options: KustomizeOptions }
  | { readonly kind: "helm"; readonly path: string; readonly options: HelmOptions }
  | { readonly kind: "plain"; readonly path: string; readonly options: PlainOptions };

/** What a render reads besides the repository. */
export interface Inputs {
  /** Trees of other repositories, charts and artifacts; a part of the render's identity. */
  readonly mounts?: readonly Mount[];
  /** What the render needs and nobody has: it fails with the first of these, and the engine is not asked. */
  readonly missing?: readonly MissingInput[];
}

/** What the engine is asked to render: the complete identity of a render except for the repository's files. */
export type RenderSpec = (FolderSpec | ControllerSpec) & Inputs;

/**
 * One app in one environment: a directory that renders to Kubernetes resources. `path` is relative to the root of the
 * repository, without leading or trailing slash; `""` is the root itself. `id` (`app/environment`) is unique within one
 * plan of targets.
 */
export interface Target {
  readonly id: string;
  readonly app: string;
  readonly environment: string;
  readonly render: RenderSpec;
  /** What of the render is a guess: that a chart gets no values but its own, because nothing says which it gets. */
  readonly assumed?: "default-values";
  /** Who declares it, where it is what a controller deploys. */
  readonly declaration?: Declaration;
  /** Where it is deployed to, as far as its declaration tells. */
  readonly destination?: Destination;
  /** What the controller will do with it. */
  readonly handling?: Handling;
}

/** The `id` of a target. */
export function targetId(app: string, environment: string): string {
  return `${app}/${environment}`;
}

/**
 * Where in the repository a target is at home, so that a change there is a change of it: its folder, where it has one,
 * and the file with the object that declares it.
 */
export function ownPaths({ render, declaration }: Pick<Target, "render" | "declaration">): readonly string[] {
  const folder = isMounted(render.path) ? [] : [render.path];
  return declaration?.file === undefined ? folder : [...folder, declaration.file];
}
const texts = new WeakMap<RenderSpec, string>();

/** The text by which two render specs are the same: equal exactly for specs that render the same from the same tree. */
export function specText(spec: RenderSpec): string {
  const text = texts.get(spec) ?? textOf(spec);
  texts.set(spec, text);
  return text;
}

function textOf(spec: RenderSpec): string {
  const { kind, path, options, mounts = [], missing = [] } = spec;
  const given = Object.entries(options).flatMap(([key, value]: [string, Json | undefined]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const inputs = mounts.length + missing.length === 0 ? [] : [plain(mounts), plain(missing)];
  return canonicalJson([kind, path, Object.fromEntries(given), ...inputs]);
}

/** The value as JSON has it: without fields that are `undefined`. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

/** The kinds of render specs. */
export type SpecKind = RenderSpec["kind"];

/** Whose words an error of a render is in: the tool's name, empty for plain manifests. */
export const toolOf: Readonly<Record<SpecKind, string>> = {
  kustomize: "kustomize",
  helm: "Helm",
  plain: "",
  flux: "Flux",
  helmrelease: "Helm",
  argocd: "Argo CD",
  applicationset: "Argo CD",
  resourceset: "Flux operator",
};

/** Whether a folder of the repository is all that says how it renders. */
export function isFolderSpec(spec: RenderSpec): spec is FolderSpec & Inputs {
  return spec.kind === "kustomize" || spec.kind === "helm" || spec.kind === "plain";
}
