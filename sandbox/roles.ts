import type { Repository } from "./state.ts";
import { isMember, teamsOf } from "./teams.ts";
import type { RepositoryRole } from "./types-common.ts";
import { findAccount, type World } from "./world.ts";

const ORDER: readonly RepositoryRole[] = ["none", "read", "triage", "write", "maintain", "admin"];

/**
 * The role of a person. The owner is admin; others have what they were given, themselves or through a team, else read
 * on public repositories.
 */
export function roleOf(world: World, repository: Repository, login: string): RepositoryRole {
  const account = findAccount(world, login);
  if (account && account.login === repository.owner) return "admin";
  const given = Object.entries(repository.roles).find(([name]) => name.toLowerCase() === login.toLowerCase());
  const byTeams = teamsOf(world, repository)
    .filter((team) => isMember(team, login))
    .map((team) => team.permission);
  return strongest([...(given === undefined ? [] : [given[1]]), ...byTeams, repository.private ? "none" : "read"]);
}

function strongest(roles: readonly RepositoryRole[]): RepositoryRole {
  return roles.reduce((a, b) => (includesRole(b, a) ? b : a), "none");
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
