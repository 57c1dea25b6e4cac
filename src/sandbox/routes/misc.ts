import { ApiError, notFound } from "../errors.ts";
import { type Json, userObject } from "../objects/account.ts";
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
    handle: ({ world }) => {
      const reset = Math.floor(Date.now() / 3600_000 + 1) * 3600;
      const core = { limit: 5000, used: 0, remaining: 5000, reset };
      world.options.log?.({ level: "info", message: "rate limit asked" });
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
