import { canonicalJson, type Json, type JsonObject } from "./json.ts";

/** Which renderer turns a target's directory into resources. */
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

/** What the engine is asked to render: the complete identity of a render except for the files. */
export type RenderSpec =
  | { readonly kind: "kustomize"; readonly path: string; readonly options: KustomizeOptions }
  | { readonly kind: "helm"; readonly path: string; readonly options: HelmOptions }
  | { readonly kind: "plain"; readonly path: string; readonly options: PlainOptions };

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
}

/** The `id` of a target. */
export function targetId(app: string, environment: string): string {
  return `${app}/${environment}`;
}

/** The text by which two render specs are the same: equal exactly for specs that render the same from the same tree. */
export function specText({ kind, path, options }: RenderSpec): string {
  const given = Object.entries(options).flatMap(([key, value]: [string, Json | undefined]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return canonicalJson([kind, path, Object.fromEntries(given)]);
}
