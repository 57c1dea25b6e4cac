import type { JsonObject } from "./json.ts";
import type { InputKind } from "./mount.ts";
import type { FetchPolicy, MovingSource, SourceFailure, SourceRequest } from "./sources.ts";
import type { RenderSpec } from "./target.ts";
import type { ObjectReader, Tree } from "./tree.ts";

/** A Kubernetes object as a render gave it, keys sorted. */
export interface Resource {
  readonly object: JsonObject;
  /** The file of the repository that it came from, where the renderer knows it. */
  readonly file?: string;
  /** The text of numbers that an IEEE double cannot hold, by JSON pointer. */
  readonly numbers?: Readonly<Record<string, string>>;
}

/** One lookup of a render and its answer: `[path, kind, oid?]`; see `engine/PROTOCOL.md` for the kinds. */
export type Lookup =
  | readonly [path: string, kind: "file" | "tree" | "link" | "module", oid: string]
  | readonly [path: string, kind: "dir" | "absent"];

/**
 * Every path that a render looked up, with what it found there. The same answers in another tree prove the same output.
 */
export type Trace = readonly Lookup[];

/** Something a renderer remarked that does not stop it (a deprecated field, say). */
export interface RenderWarning {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** A remote base, file or chart that the tree does not hold, so that a render has to do without it. */
export interface UnpinnedReference {
  readonly reference: string;
  readonly reason: string;
  readonly file?: string;
  readonly line?: number;
  /** What the reference was at the base, where only its version differs. */
  readonly before?: string;
  readonly kind?: InputKind;
  /** What kept it from being fetched, where that was tried. */
  readonly failure?: SourceFailure["kind"];
  /** What to fetch. Mounted under the same reference, it is there in the next render. */
  readonly source?: SourceRequest;
}

/** What of a target can be rendered without what is not fetched. `digest` is equal exactly when resources are equal. */
export interface PartialRender {
  readonly digest: string;
  /** How many bytes it takes to keep this. */
  readonly held?: number;
  resources(): readonly Resource[];
}

/** Why a target did not render. `kind` is the engine's; see `engine/PROTOCOL.md`. */
export interface RenderFailure {
  readonly kind: "input" | "refused" | "limit" | "internal";
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** What one target gives at one commit. `digest` is equal exactly when resources are equal (hex sha-256). */
export type Render =
  | {
      readonly ok: true;
      readonly digest: string;
      readonly trace: Trace;
      readonly warnings: readonly RenderWarning[];
      readonly unpinned: readonly UnpinnedReference[];
      /** What was fetched for it and may be something else tomorrow. */
      readonly moving?: readonly MovingSource[];
      /** How many bytes it takes to keep this. */
      readonly held?: number;
      /** Parsed on first use: equal renders need never be parsed. */
      resources(): readonly Resource[];
    }
  | {
      readonly ok: false;
      readonly digest: string;
      readonly trace: Trace;
      readonly failure: RenderFailure;
      readonly unpinned: readonly UnpinnedReference[];
      readonly moving?: readonly MovingSource[];
      /** Set when only what is `unpinned` is missing. The trace has every other input then. */
      readonly partial?: PartialRender;
    };

/** A tree to render from. */
export interface RenderSource {
  readonly tree: Tree;
  readonly objects: ObjectReader;
  /** What may be fetched for renders from it; without one, whatever the tree names. */
  readonly policy?: FetchPolicy;
}

/** Renders targets; results and traces are kept between calls and between processes. */
export interface Renderer {
  /**
   * The trace that is known to hold for `spec` in this tree (its answers were compared with the tree), `undefined` when
   * the target must be rendered to know. A render that stopped early knows no whole trace. No render is started.
   */
  known(spec: RenderSpec, source: RenderSource): Promise<Trace | undefined>;
  /**
   * Renders, or takes the kept result of a render whose trace holds in this tree. A failure that the user can fix is a
   * value; a crash or kill of the engine is a value of kind `limit` or `internal` (never kept). Rejects only when
   * `signal` aborts or no engine can be started.
   */
  render(spec: RenderSpec, source: RenderSource, signal: AbortSignal): Promise<Render>;
  /** As `render`, but the result is computed again and not kept: whatever is random in it is another one. */
  fresh(spec: RenderSpec, source: RenderSource, signal: AbortSignal): Promise<Render>;
  /**
   * The renderer's own YAML text (`kustomize build`, `helm template`), for the CLI. Not kept. Throws UserError when the
   * target does not render.
   */
  yaml(spec: RenderSpec, source: RenderSource, signal: AbortSignal): Promise<string>;
  /** Ends the engine processes. */
  close(): Promise<void>;
}
