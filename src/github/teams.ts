import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Clock } from "../model/observe.ts";
import type { Client } from "./client.ts";
import { TEAM_KEPT_MS } from "./limits.ts";
import { wantsMore } from "./permissions.ts";

const ROUTE = "GET /orgs/{org}/teams/{team_slug}/memberships/{username}";
const membership = z.object({ state: z.string() });

/** See `GitHubRepository.teamMember`. */
export type TeamMember = (team: string, user: string) => Promise<boolean>;

/**
 * Makes the function for one repository. An answer is kept for a minute. GitHub says "not found" for a team that does
 * not exist, for somebody who is not in it and for what the App may not see; so that the last is not taken for a no, it
 * is an error of its own.
 */
export function createTeamMember(client: Client, clock: Clock): TeamMember {
  const kept = new LRUCache<string, boolean>({ max: 1000, ttl: TEAM_KEPT_MS, ttlResolution: 0, perf: { now: clock } });

  const ask = async (team: string, user: string): Promise<boolean> => {
    const grant = await client.grant();
    if (grant.missing.some((one) => one.startsWith("members:")))
      throw wantsMore(grant, `the App may not see who is in the team ${team} of ${client.owner}`);
    // An account of a person, which has no teams.
    if (grant.permissions.members === undefined) return false;
    const names = { org: client.owner, team_slug: team, username: user };
    const answer = await client.attempt(ROUTE, names, membership, [404]);
    return answer.refused === undefined && answer.data.state === "active";
  };

  return async (team, user) => {
    const key = `${team}/${user}`.toLowerCase();
    const known = kept.get(key);
    if (known !== undefined) return known;
    const member = await ask(team, user);
    kept.set(key, member);
    return member;
  };
}
