import type { SourceRequest } from "../../model/sources.ts";
import { isOwnRepository, isOwnRevision, type OwnRepository, ownArtifact } from "../own-repository.ts";
import type { ApplicationSource } from "./schema.ts";

/** Where the files of a source come from. */
export type SourceOrigin =
  /** The tree that is looked at. */
  | { readonly kind: "own"; readonly folder?: string }
  | { readonly kind: "remote"; readonly request: SourceRequest }
  /** It renders nothing and lends nothing. */
  | { readonly kind: "nothing" }
  | { readonly kind: "unusable"; readonly reason: string };

/**
 * Where a source's files come from. Of the own repository only the branch that is looked at is `own`: a tag, a commit
 * or another branch is the same on both sides of a pull request.
 */
export function sourceOrigin(
  source: ApplicationSource,
  several: boolean,
  own: OwnRepository,
  submodules: boolean,
): SourceOrigin {
  const { repoURL, path, chart, ref } = source;
  if (repoURL === "") return { kind: "unusable", reason: "a source has no `repoURL`" };
  if (repoURL.startsWith("oci://")) return artifactOrigin(source, own);
  if (chart !== "") return chartOrigin(source);
  if (several && path === "" && ref === "") return { kind: "nothing" };
  return gitOrigin(repoURL, source, own, submodules);
}

/** Where a revision of a Git repository comes from. */
export function gitOrigin(
  url: string,
  { targetRevision, tagPrefix }: Pick<ApplicationSource, "targetRevision" | "tagPrefix">,
  own: OwnRepository,
  submodules: boolean,
): SourceOrigin {
  if (isOwnRepository(url, own) && isOwnRevision(targetRevision, own)) return { kind: "own" };
  if (tagPrefix !== "") return { kind: "unusable", reason: "Sluice does not know tags by `tagPrefix`" };
  const revision = /^[0-9a-f]{40}$/i.test(targetRevision)
    ? ({ kind: "commit", commit: targetRevision.toLowerCase() } as const)
    : ({ kind: "any", text: targetRevision } as const);
  return { kind: "remote", request: { kind: "git", url, revision, ...(submodules && { submodules }) } };
}

/** A repository without a scheme is one of a registry. */
function chartOrigin({ repoURL, chart, targetRevision: version }: ApplicationSource): SourceOrigin {
  if (version === "") return { kind: "unusable", reason: `the chart \`${chart}\` has no \`targetRevision\`` };
  const request: SourceRequest = /^https?:\/\//i.test(repoURL)
    ? { kind: "helm", repository: repoURL, chart, version }
    : { kind: "oci-chart", url: `oci://${repoURL.replace(/\/+$/, "")}/${chart}`, version };
  return { kind: "remote", request };
}

/** What only a range of versions has: an operator, a wildcard, or several parts. */
const range = /[<>=~^*|, ]|(?:^|\.)[xX](?:\.|$)/;

function artifactOrigin(source: ApplicationSource, own: OwnRepository): SourceOrigin {
  const pushed = source.targetRevision.startsWith("sha256:") ? undefined : ownArtifact(source.repoURL, own);
  return pushed === undefined
    ? { kind: "remote", request: artifactRequest(source) }
    : { kind: "own", folder: pushed.path };
}

function artifactRequest({ repoURL: url, targetRevision }: ApplicationSource): SourceRequest {
  if (/^sha256:[0-9a-f]{64}$/.test(targetRevision)) return { kind: "oci-artifact", url, digest: targetRevision };
  if (range.test(targetRevision)) return { kind: "oci-artifact", url, range: targetRevision };
  return { kind: "oci-artifact", url, ...(targetRevision !== "" && { tag: targetRevision }) };
}
