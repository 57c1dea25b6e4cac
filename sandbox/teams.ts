import type { Repository } from "./state.ts";
import type { Team } from "./state-parts.ts";
import type { World } from "./world.ts";

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The team of an organization, or undefined. */
export function findTeam(world: World, org: string, slug: string): Team | undefined {
  return world.state.teams.find((one) => same(one.org, org) && same(one.slug, slug));
}

/** Whether the person is in the team. */
export function isMember(team: Team, login: string): boolean {
  return team.members.some((one) => same(one, login));
}

/** The teams of the repository's owner; each has its role in every repository. */
export function teamsOf(world: World, repository: Repository): Team[] {
  return world.state.teams.filter((one) => same(one.org, repository.owner));
}
