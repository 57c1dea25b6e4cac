import { callerName } from "../auth.ts";
import { ApiError, notFound } from "../errors.ts";
import { type Json, userObject } from "../objects/account.ts";
import { rateLimit } from "../rate-limit.ts";
import type { Account } from "../state.ts";
import { findAccount, type World } from "../world.ts";
import { param, type Route } from "./route.ts";

/** `public-user`. */
function publicUser(world: World, account: Account): Json {
  return {
    ...userObject(world, account),
    name: account.login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: world.state.app.createdAt,
    updated_at: world.state.app.createdAt,
  };
}

/** What is about no repository. */
export const miscRoutes: readonly Route[] = [
  {
    method: "GET",
    template: "/meta",
    handle: () => ({ status: 200, body: { verifiable_password_authentication: false } }),
  },
  {
    method: "GET",
    template: "/rate_limit",
    handle: ({ world, caller }) => {
      const core = rateLimit(world, callerName(caller));
      return { status: 200, body: { resources: { core, search: core }, rate: core } };
    },
  },
  {
    method: "GET",
    template: "/user",
    handle: ({ caller, world }) => {
      if (caller.kind === "user") return { status: 200, body: publicUser(world, caller.account) };
      if (caller.kind === "installation") throw new ApiError(403, "Resource not accessible by integration");
      throw new ApiError(401, "Requires authentication");
    },
  },
  {
    method: "GET",
    template: "/users/{username}",
    handle: (call) => {
      const account = findAccount(call.world, param(call, "username"));
      if (!account) throw notFound();
      return { status: 200, body: publicUser(call.world, account) };
    },
  },
];
