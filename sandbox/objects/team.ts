import type { Repository } from "../state.ts";
import type { Team } from "../state-parts.ts";
import type { RepositoryRole } from "../types-common.ts";
import { apiUrl, ensureAccount, type World } from "../world.ts";
import { type Json, nodeId, organizationObject } from "./account.ts";

/** GitHub's name of a role where it speaks of teams. */
function teamPermission(role: RepositoryRole): string {
  if (role === "read") return "pull";
  return role === "write" ? "push" : role;
}

/** The team as webhook payloads carry it. */
export function webhookTeam(world: World, team: Team): Json {
  const url = `${apiUrl(world)}/organizations/${ensureAccount(world, team.org, "Organization").id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("Team", team.id),
    name: team.name,
    slug: team.slug,
    description: "",
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: teamPermission(team.permission),
    url,
    html_url: `${world.origin}/orgs/${team.org}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}

/** `team`. */
export function teamObject(world: World, team: Team): Json {
  const organization = ensureAccount(world, team.org, "Organization");
  return { ...webhookTeam(world, team), type: "organization", organization_id: organization.id };
}

/** `team-full`. */
export function fullTeamObject(world: World, team: Team): Json {
  const account = ensureAccount(world, team.org, "Organization");
  const own = world.state.repositories.filter((one: Repository) => one.owner === account.login);
  const organization = {
    ...organizationObject(world, account),
    has_organization_projects: false,
    has_repository_projects: false,
    public_repos: own.filter((one) => !one.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${world.origin}/${account.login}`,
    type: "Organization",
    created_at: team.createdAt,
    updated_at: team.createdAt,
    archived_at: null,
  };
  return {
    ...teamObject(world, team),
    members_count: team.members.length,
    repos_count: own.length,
    created_at: team.createdAt,
    updated_at: team.createdAt,
    organization,
  };
}
