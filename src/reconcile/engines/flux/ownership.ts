import { UserError } from "../../../model/errors.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { isAtOrBelow, resolvePath } from "../../../model/paths.ts";
import { identityOf, keyOf } from "../../manifests/manifest.ts";
import { deploysFrom } from "../controller/deploys-from.ts";
import { originSource } from "./decide-source.ts";
import type { Kustomization } from "./kustomization.ts";
import type { Source } from "./source.ts";
import { nameOf } from "./verdict.ts";

/** Whether a source is the repository: a Git source by its URL, an artifact by what was pushed with it. */
export function isOwnSource({ reference, url, artifact }: Source, repositoryUrl: string): boolean {
  if (reference.kind === "GitRepository") return deploysFrom(url, repositoryUrl);
  return deploysFrom(artifact?.metadata[originSource] ?? "", repositoryUrl);
}

/**
 * Nobody watches or asks for what is deployed from elsewhere. Throws a `refused` UserError, which names nothing of the
 * source: it may be another team's.
 */
export function checkSource(by: ObjectReference, source: Source, repositoryUrl: string): void {
  if (isOwnSource(source, repositoryUrl)) return;
  const why =
    source.reference.kind === "GitRepository" ? "is another repository" : "does not say that it was made from this one";
  throw new UserError("refused", `${nameOf(by)} deploys from a source that ${why}`, {
    fix: "Correct `deploy.object` and `deploy.namespace`, or the source.",
  });
}

/** Its path holds the target's folder. Throws a `refused` UserError. */
export function checkPath({ reference, path }: Pick<Kustomization, "reference" | "path">, folder: string): void {
  const root = resolvePath("", path.replace(/^\/+/, ""));
  if (root !== undefined && isAtOrBelow(folder, root)) return;
  throw new UserError("refused", `${nameOf(reference)} deploys another folder than ${folder || "the root"}`, {
    fix: "Correct `deploy.object` and `deploy.namespace`, or the path in the object.",
  });
}

/** Whether the controller has an object among those that it applied. */
export function hasApplied({ inventory }: Kustomization, reference: ObjectReference): boolean {
  const wanted = keyOf(identityOf(reference));
  return inventory.some((one) => keyOf(one) === wanted);
}
