import { DEFAULT_PERSON } from "../actions/repositories.ts";
import { grants } from "../auth.ts";
import { ApiError, notAccessible, notFound } from "../errors.ts";
import { organizationObject, userByLogin, userObject } from "../objects/account.ts";
import { fullTeamObject, teamObject } from "../objects/team.ts";
import type { Account } from "../state.ts";
import type { Team } from "../state-parts.ts";
import { findTeam, isMember, teamsOf } from "../teams.ts";
import { apiUrl, findAccount, type World } from "../world.ts";
import { type Call, onRepository, paged, param, type Reply, type Route, reads } from "./route.ts";

/** Whether a person belongs to the organization: the administrator, and who is in one of its teams. */
function belongs(world: World, org: Account, login: string): boolean {
  if (login === DEFAULT_PERSON) return true;
  return world.state.teams.some((team) => team.org === org.login && isMember(team, login));
}

/** A route on an organization: an App needs `members: read` there, a person has to belong to it. */
function onOrganization(template: string, handle: (call: Call, org: Account) => Reply): Route {
  return {
    method: "GET",
    template,
    handle: (call) => {
      const org = findAccount(call.world, param(call, "org"));
      if (org?.type !== "Organization") throw notFound();
      requireMembers(call, org);
      return handle(call, org);
    },
  };
}

function requireMembers({ world, caller }: Call, org: Account): void {
  switch (caller.kind) {
    case "installation": {
      const installation = world.state.installations.find((one) => one.id === caller.token.installationId);
      if (installation?.account !== org.login) throw notFound();
      if (!grants(caller.token.permissions, "members", "read")) throw notAccessible();
      return;
    }
    case "user":
      if (!belongs(world, org, caller.account.login)) throw notFound();
      return;
    case "anonymous":
    case "app":
      throw new ApiError(401, "Requires authentication");
    default:
      caller satisfies never;
  }
}

function theTeam(call: Call, org: Account): Team {
  const team = findTeam(call.world, org.login, param(call, "team_slug"));
  if (!team) throw notFound();
  return team;
}

function theMember(call: Call, org: Account): Account {
  const account = findAccount(call.world, param(call, "username"));
  if (!account || !belongs(call.world, org, account.login)) throw notFound();
  return account;
}

const TEAM = "/orgs/{org}/teams/{team_slug}";

/** Teams and who is in them, read only. */
export const teamRoutes: readonly Route[] = [
  onOrganization("/orgs/{org}/teams", (call, org) => {
    const teams = call.world.state.teams.filter((one) => one.org === org.login);
    return paged(call, teams, (page) => page.map((one) => teamObject(call.world, one)));
  }),
  onOrganization(TEAM, (call, org) => ({ status: 200, body: fullTeamObject(call.world, theTeam(call, org)) })),
  onOrganization(`${TEAM}/members`, (call, org) =>
    paged(call, theTeam(call, org).members, (page) => page.map((login) => userByLogin(call.world, login))),
  ),
  onOrganization(`${TEAM}/memberships/{username}`, (call, org) => {
    const team = theTeam(call, org);
    const login = param(call, "username");
    if (!isMember(team, login)) throw notFound();
    const url = `${apiUrl(call.world)}/orgs/${org.login}/teams/${team.slug}/memberships/${login}`;
    return { status: 200, body: { url, role: "member", state: "active" } };
  }),
  onOrganization("/orgs/{org}/members/{username}", (call, org) => {
    theMember(call, org);
    return { status: 204 };
  }),
  onOrganization("/orgs/{org}/memberships/{username}", (call, org) => {
    const account = theMember(call, org);
    const body = {
      url: `${apiUrl(call.world)}/orgs/${org.login}/memberships/${account.login}`,
      state: "active",
      role: account.login === DEFAULT_PERSON ? "admin" : "member",
      organization_url: `${apiUrl(call.world)}/orgs/${org.login}`,
      organization: organizationObject(call.world, org),
      user: userObject(call.world, account),
    };
    return { status: 200, body };
  }),
  onRepository("GET", "/repos/{owner}/{repo}/teams", reads("administration"), (call, repository) =>
    paged(call, teamsOf(call.world, repository), (page) => page.map((one) => teamObject(call.world, one))),
  ),
];
