import type { Repository } from "./state.ts";
import type { RepositoryRole } from "./types.ts";
import { findAccount, type World } from "./world.ts";

const ORDER: readonly RepositoryRole[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** The role of a person. The owner is admin; others have what they were given, else read on public repositories. */
export function roleOf(world: World, repository: Repository, login: string): RepositoryRole {
  const account = findAccount(world, login);
  if (account && account.login === repository.owner) return "admin";
  const given = Object.entries(repository.roles).find(([name]) => name.toLowerCase() === login.toLowerCase());
  return given?.[1] ?? (repository.private ? "none" : "read");
}

/** Whether `role` includes `wanted`. */
export function includesRole(role: RepositoryRole, wanted: RepositoryRole): boolean {
  return ORDER.indexOf(role) >= ORDER.indexOf(wanted);
}

/** GitHub's older, coarser name of a role: maintain reads as write, triage as read. */
export function legacyPermission(role: RepositoryRole): "admin" | "write" | "read" | "none" {
  switch (role) {
    case "admin":
    case "none":
    case "read":
    case "write":
      return role;
    case "maintain":
      return "write";
    case "triage":
      return "read";
    default:
      return role satisfies never;
  }
}
