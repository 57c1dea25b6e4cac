import type { JsonObject } from "../../model/json.ts";
import type { GitRevision, SourceRequest } from "../../model/sources.ts";
import type { FollowProblem, KnownObject, World } from "../follower.ts";
import { isOwnRepository, isOwnRevision, ownArtifact } from "../own-repository.ts";
import { type GitReference, gitRepositorySchema, ociRepositorySchema, type SourceReference } from "./schema.ts";

/** The API group of Flux's sources. */
export const sourceGroup = "source.toolkit.fluxcd.io";

/** Where the files of a source are. */
export type Origin =
  /** The tree that is looked at. `problem` says that this is a guess. */
  | {
      readonly kind: "own";
      readonly ignore?: string;
      readonly problem?: FollowProblem;
      /** The folder of it that the source holds. */
      readonly folder?: string;
    }
  | { readonly kind: "remote"; readonly request: SourceRequest; readonly ignore?: string }
  | { readonly kind: "unusable"; readonly reason: string };

/** Where the files are that an object in `namespace` names. `layer` is what an artifact of a registry holds. */
export function originOf(
  reference: SourceReference,
  namespace: string,
  world: World,
  layer: "archive" | "chart" = "archive",
): Origin {
  const { kind, name } = reference;
  const place = reference.namespace === "" ? namespace : reference.namespace;
  const found = world.object({ group: sourceGroup, kind, namespace: place, name });
  if (kind === "GitRepository") return found === undefined ? assumed(name, place) : gitOrigin(found, world);
  if (kind !== "OCIRepository") return unusable(`Sluice does not fetch from a \`${kind}\``);
  return found === undefined ? undeclaredArtifact(name, place, world) : ociOrigin(found, layer, world);
}

/** What the cluster alone declares is the artifact that is pushed from this repository, where there is just one. */
function undeclaredArtifact(name: string, namespace: string, { own: { artifacts = [] } }: World): Origin {
  const [only, ...others] = artifacts;
  const message = `Nothing here declares the OCIRepository \`${namespace}/${name}\``;
  if (only === undefined || others.length > 0) {
    const fix = "`addresses` in .sluice.yaml says which artifact is made of this repository";
    return unusable(`nothing here declares the \`OCIRepository\` \`${namespace}/${name}\` (${fix})`);
  }
  const fix = `Sluice takes it for \`${only.url}\`, which .sluice.yaml names. Declare it here if it is another one.`;
  return { kind: "own", problem: { message, fix }, ...folderOf(only.path) };
}

function folderOf(folder: string): { readonly folder?: string } {
  return folder === "" ? {} : { folder };
}

/** Terraform, `flux bootstrap` and people make the first source in the cluster alone: by convention this repository. */
function assumed(name: string, namespace: string): Origin {
  return {
    kind: "own",
    problem: {
      message: `Nothing here declares the GitRepository \`${namespace}/${name}\``,
      fix: "Sluice takes it for this repository and branch. Declare it here if it is another one.",
    },
  };
}

/** What was read of an object: often most objects of a repository name one and the same source. */
const gitRepositories = new WeakMap<JsonObject, ReturnType<typeof gitRepositorySchema.safeParse>>();

function readGitRepository(object: JsonObject): ReturnType<typeof gitRepositorySchema.safeParse> {
  const parsed = gitRepositories.get(object) ?? gitRepositorySchema.safeParse(object);
  gitRepositories.set(object, parsed);
  return parsed;
}

function gitOrigin({ object, entry, name }: KnownObject, { own }: World): Origin {
  const parsed = readGitRepository(object);
  if (!parsed.success) return unusable(`the GitRepository \`${name}\` cannot be read`);
  const { url, ref, ignore, recurseSubmodules, include } = parsed.data.spec;
  if (include.length > 0) return unusable(`the GitRepository \`${name}\` includes others, which Sluice does not join`);
  const rules = ignored(ignore);
  const revision = revisionOf(ref ?? undefined);
  // Where nobody knows an address of this repository, the source that an entry brings along is it.
  const isOwn = own.urls.length === 0 ? entry === true : isOwnRepository(url, own);
  const branch = branchOf(revision);
  if (isOwn && branch !== undefined && isOwnRevision(branch, own)) return { kind: "own", ...rules };
  const submodules = recurseSubmodules ? { submodules: true } : {};
  return { kind: "remote", request: { kind: "git", url, revision, ...submodules }, ...rules };
}

function ignored(ignore: string | null | undefined): { readonly ignore?: string } {
  return typeof ignore === "string" ? { ignore } : {};
}

/** As Flux's code has it: commit before name before tag before semver before branch, and `master` without any. */
function revisionOf(ref: GitReference | undefined): GitRevision {
  if (ref === undefined) return { kind: "branch", name: "master" };
  if (ref.commit !== "") return { kind: "commit", commit: ref.commit };
  if (ref.name !== "") return { kind: "name", name: ref.name };
  if (ref.tag !== "") return { kind: "tag", name: ref.tag };
  if (ref.semver !== "") return { kind: "semver", range: ref.semver };
  return { kind: "branch", name: ref.branch === "" ? "master" : ref.branch };
}

function branchOf(revision: GitRevision): string | undefined {
  if (revision.kind === "branch") return revision.name;
  if (revision.kind === "name" && revision.name.startsWith("refs/heads/")) return revision.name;
  return undefined;
}

/** As Flux's code has it: digest before semver before tag, and `latest` without any. */
function ociOrigin({ object, name }: KnownObject, layer: "archive" | "chart", { own }: World): Origin {
  const parsed = ociRepositorySchema.safeParse(object);
  if (!parsed.success) return unusable(`the OCIRepository \`${name}\` cannot be read`);
  const { url, ref, ignore } = parsed.data.spec;
  const pushed = ownArtifact(url, own);
  if (pushed !== undefined && (ref?.digest ?? "") === "") {
    return { kind: "own", ...ignored(ignore), ...folderOf(pushed.path) };
  }
  const request = { kind: "oci-artifact", url, layer, ...versionOf(ref ?? undefined) } as const;
  return { kind: "remote", request, ...ignored(ignore) };
}

function versionOf(ref: { tag: string; semver: string; semverFilter: string; digest: string } | undefined) {
  if (ref === undefined) return { tag: "latest" };
  if (ref.digest !== "") return { digest: ref.digest };
  if (ref.semver !== "") return { range: ref.semver, ...(ref.semverFilter === "" ? {} : { filter: ref.semverFilter }) };
  return { tag: ref.tag === "" ? "latest" : ref.tag };
}

function unusable(reason: string): Origin {
  return { kind: "unusable", reason };
}

/** The fields of `spec` with these names, as they are. */
export function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}
