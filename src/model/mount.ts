import type { SourceFailure } from "./sources.ts";

/** The folder, in the tree that a render sees, below which everything stands that is not of the repository. */
export const mountRoot = "@sources";

/** A Git tree besides the repository that a render reads. */
export interface Mount {
  /** Where it stands in the tree that the render sees: a path below `mountRoot`, for people to read. */
  readonly at: string;
  /** The id of the tree object, which the host has. */
  readonly tree: string;
  /** How a file names it (the address of a remote base or of a chart), where the render finds it by that. */
  readonly reference?: string;
}

/**
 * What something is that a render needs: a base or a component of kustomize, a manifest or another file, a chart, a
 * repository, an artifact of a registry, values or a value of a variable, what a generator of an ApplicationSet asks,
 * or what an object of Argo CD or Flux points at.
 */
export const inputKinds = [
  "base",
  "file",
  "chart",
  "repository",
  "artifact",
  "values",
  "value",
  "generator",
  "object",
] as const;

/** One of `inputKinds`. */
export type InputKind = (typeof inputKinds)[number];

/** Something that a render needs and that nobody has. */
export interface MissingInput {
  /** What it is, by the name that the declaration uses for it. */
  readonly reference: string;
  /** Why it is not there, for people. */
  readonly reason: string;
  /** What kept it from being fetched, where that was tried. */
  readonly failure?: SourceFailure["kind"];
  readonly kind?: InputKind;
  /** The file of the repository that asks for it, where it is known. */
  readonly file?: string;
  readonly line?: number;
}

/** Whether a path of a render's tree is one of a mount. */
export function isMounted(path: string): boolean {
  return path === mountRoot || path.startsWith(`${mountRoot}/`);
}
