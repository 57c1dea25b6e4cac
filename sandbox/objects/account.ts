import type { Account } from "../state.ts";
import { apiUrl, ensureAccount, type World } from "../world.ts";

/** A JSON object on its way out. */
export type Json = Readonly<Record<string, unknown>>;

/** GitHub's opaque ids; ours are readable. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString("base64");
}

/** `simple-user`, also valid inside webhook payloads. */
export function userObject(world: World, account: Account): Json {
  const url = `${apiUrl(world)}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.origin}/-/avatar/${account.id}.svg`,
    gravatar_id: "",
    url,
    html_url:
      account.type === "Bot"
        ? `${world.origin}/-/apps/${account.login.replace("[bot]", "")}`
        : `${world.origin}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** `simple-user` of a login. */
export function userByLogin(world: World, login: string): Json {
  return userObject(world, ensureAccount(world, login));
}

/** The organization as webhook payloads carry it. */
export function organizationObject(world: World, account: Account): Json {
  const url = `${apiUrl(world)}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("Organization", account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.origin}/-/avatar/${account.id}.svg`,
    description: null,
  };
}
