import { type Caller, grants } from "./auth.ts";
import { ApiError, notAccessible, notFound } from "./errors.ts";
import { includesRole, roleOf } from "./roles.ts";
import type { Repository } from "./state.ts";
import type { AccessLevel, RepositoryRole } from "./types-common.ts";
import type { World } from "./world.ts";

/** What a route on a repository asks of its caller. */
export interface RepositoryAccess {
  /** Any one of these is enough for an app: permission name and level. */
  readonly app: readonly (readonly [string, AccessLevel])[];
  /** The role that a person needs. Null: only apps may. */
  readonly role: RepositoryRole | null;
}

/** Whether the caller may know that the repository exists. */
function canSee(world: World, caller: Caller, repository: Repository): boolean {
  switch (caller.kind) {
    case "anonymous":
      return !repository.private;
    case "app":
      return false;
    case "installation":
      return covers(world, caller, repository);
    case "user":
      return includesRole(roleOf(world, repository, caller.account.login), "read");
    default:
      return caller satisfies never;
  }
}

/**
 * Refuses a caller that may not: 404 where the repository is hidden, 403 where a permission is missing, 401 where
 * nobody is signed in. Stricter than GitHub in one point: an app needs the permission on public repositories too.
 */
export function requireAccess(world: World, caller: Caller, repository: Repository, access: RepositoryAccess): void {
  if (!canSee(world, caller, repository)) throw caller.kind === "app" ? notAccessible() : notFound();
  switch (caller.kind) {
    case "app":
      throw notAccessible();
    case "installation":
      if (!access.app.some(([name, level]) => grants(caller.token.permissions, name, level))) throw notAccessible();
      return;
    case "user":
      if (access.role === null) throw new ApiError(403, "You must authenticate via a GitHub App.");
      if (!includesRole(roleOf(world, repository, caller.account.login), access.role)) {
        throw new ApiError(403, "Must have write access to Repository.");
      }
      return;
    case "anonymous":
      if (access.role !== "read" || access.app.some(([, level]) => level !== "read"))
        throw new ApiError(401, "Requires authentication");
      return;
    default:
      caller satisfies never;
  }
}

function covers(world: World, caller: Extract<Caller, { kind: "installation" }>, repository: Repository): boolean {
  const installation = world.state.installations.find((one) => one.id === caller.token.installationId);
  if (installation?.account !== repository.owner) return false;
  return caller.token.repositoryIds === null || caller.token.repositoryIds.includes(repository.id);
}
