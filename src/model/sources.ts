import type { ObjectReader } from "./tree.ts";

/** Which commit of a Git repository, or which content of an artifact, is asked for. */
export type GitRevision =
  | { readonly kind: "commit"; readonly commit: string }
  | { readonly kind: "branch" | "tag" | "name"; readonly name: string }
  | { readonly kind: "semver"; readonly range: string }
  /** A text that may be any of these, as Argo CD and kustomize read it; empty is `HEAD`. */
  | { readonly kind: "any"; readonly text: string };

/** Something remote that a render reads. Addresses are as the repository has them. */
export type SourceRequest =
  | { readonly kind: "git"; readonly url: string; readonly revision: GitRevision; readonly submodules?: boolean }
  /** A chart of a Helm repository; `version` is a version or a range, `""` is the newest. */
  | { readonly kind: "helm"; readonly repository: string; readonly chart: string; readonly version: string }
  /** A chart of a registry: `oci://host/path/chart`. */
  | { readonly kind: "oci-chart"; readonly url: string; readonly version: string }
  /** An artifact of Flux or of Argo CD in a registry. `filter` is an expression on tags, for `range`. */
  | {
      readonly kind: "oci-artifact";
      readonly url: string;
      readonly tag?: string;
      readonly digest?: string;
      readonly range?: string;
      readonly filter?: string;
      /** What its layer is: an archive to unpack (default), or a chart. */
      readonly layer?: "archive" | "chart";
    }
  /** One file (`https://…/install.yaml`), as a tree with this one file in it. */
  | { readonly kind: "file"; readonly url: string };

/** A remote source, pinned: the same answer for as long as it is asked within one preview. */
export interface PinnedSource {
  /** The id of its tree: for a chart the chart's folder itself, for a file a tree with the one file. */
  readonly tree: string;
  /** The commit, the digest (`sha256:…`) or the version that it is. */
  readonly revision: string;
  /** The chart's version, or the tag that a range led to. */
  readonly version?: string;
  /** The same request may give something else tomorrow: a branch, a range, `latest`. */
  readonly moving: boolean;
  /** It moved although it should not have: what it was when it was first seen (a tag that points elsewhere now). */
  readonly movedFrom?: string;
  /** What a reader should know of it, in sentences: files that were left out, that it is not as of now. */
  readonly notes?: readonly string[];
}

/** A source of a render that is not fixed by what the repository says. */
export interface MovingSource {
  /** As the repository names it: `https://github.com/acme/bases, branch main`. */
  readonly reference: string;
  /** What it is now: a commit, a digest or a version. */
  readonly revision: string;
  readonly version?: string;
  /** It should not move, and did: what it was when it was first seen. */
  readonly movedFrom?: string;
}

/** What kept a source from being fetched. */
export const sourceFailureKinds = ["not-allowed", "refused", "not-found", "denied", "limit", "unreachable"] as const;

/** Why a source is not there. */
export interface SourceFailure {
  readonly kind: (typeof sourceFailureKinds)[number];
  /** For people: what, and why. Holds no credential. */
  readonly message: string;
  readonly fix?: string;
}

/** What became of a request. */
export type SourceAnswer =
  | { readonly ok: true; readonly source: PinnedSource }
  | { readonly ok: false; readonly failure: SourceFailure };

/** An address that stands for a request. */
export interface SourceAddress {
  /** `host/path`, without a version. */
  readonly address: string;
  /** Whoever uses something below it uses this too: a repository that files are taken from. */
  readonly holds: boolean;
}

/** Whether an address may be fetched from. */
export interface FetchPolicy {
  mayFetch(address: SourceAddress): Promise<boolean>;
}

/** Remote repositories, charts and artifacts, kept as Git objects. */
export interface Sources {
  /** Reads what was pinned. */
  readonly objects: ObjectReader;
  /**
   * The source, from the store where it is known, else fetched. What the user or the operator can change is an
   * answer; a Fault is ours. Rejects when `signal` aborts.
   */
  pin(request: SourceRequest, policy: FetchPolicy, signal: AbortSignal): Promise<SourceAnswer>;
  close(): Promise<void>;
}
