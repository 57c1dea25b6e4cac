import type { z } from "zod";

import { type RepositoryAccess, requireAccess } from "../access.ts";
import type { Actor } from "../actions/pulls.ts";
import type { Caller } from "../auth.ts";
import { ApiError, notFound } from "../errors.ts";
import type { Repository } from "../state.ts";
import { botLogin, findRepository, type World } from "../world.ts";

/** One REST request, ready for its route. */
export interface Call {
  readonly world: World;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly accept: string;
  /** The request's address without its query, for paging links. */
  readonly address: string;
}

/** The answer. `body` undefined sends none; a string is sent as it is. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One line of the route table. The template is the path in GitHub's OpenAPI description. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly template: string;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** A route on a repository: resolves it and checks access before `handle` runs. */
export function onRepository(
  method: Route["method"],
  template: string,
  access: RepositoryAccess,
  handle: (call: Call, repository: Repository) => Reply | Promise<Reply>,
): Route {
  return {
    method,
    template,
    handle: (call) => {
      const repository = findRepository(call.world, param(call, "owner"), param(call, "repo"));
      if (!repository) throw notFound();
      requireAccess(call.world, call.caller, repository, access);
      return handle(call, repository);
    },
  };
}

/** Reading access by any of these permissions. */
export function reads(...permissions: readonly string[]): RepositoryAccess {
  return { app: permissions.map((name) => [name, "read"] as const), role: "read" };
}

/** Writing access by any of these permissions; people need `role`. */
export function writes(role: RepositoryAccess["role"], ...permissions: readonly string[]): RepositoryAccess {
  return { app: permissions.map((name) => [name, "write"] as const), role };
}

/** A path parameter. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw notFound();
  return value;
}

/** A path parameter that is a number; anything else is nowhere. */
export function numberParam(call: Call, name: string): number {
  const value = Number(param(call, name));
  if (!Number.isSafeInteger(value)) throw notFound();
  return value;
}

/** The person or bot that the caller acts as. */
export function actorOf(call: Call): Actor {
  switch (call.caller.kind) {
    case "user":
      return { login: call.caller.account.login, byApp: false };
    case "installation":
      return { login: botLogin(call.world), byApp: true };
    case "anonymous":
    case "app":
      throw new ApiError(401, "Requires authentication");
    default:
      return call.caller satisfies never;
  }
}

/** The body by its schema; 422 in GitHub's words for unknown, missing and wrong fields. */
export function bodyAs<T>(call: Call, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(call.body ?? {});
  if (parsed.success) return parsed.data;
  throw new ApiError(422, `Invalid request.\n\n${parsed.error.issues.map(describeIssue).join("\n")}`);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.join("/");
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `"${key}" is not a permitted key.`).join("\n");
  if (issue.code === "invalid_type" && issue.input === undefined) return `"${at}" wasn't supplied.`;
  return `For '${at}': ${issue.message}.`;
}

const DEFAULT_PAGE = 30;
const MAX_PAGE = 100;

/** One page of a list, with GitHub's `Link` header. `wrap` makes the body of the page's items. */
export function paged<T>(call: Call, items: readonly T[], wrap: (page: readonly T[]) => unknown): Reply {
  const size = Math.min(positive(call.query.per_page, DEFAULT_PAGE), MAX_PAGE);
  const page = positive(call.query.page, 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string): string => {
    const query = new URLSearchParams({ ...call.query, page: String(to) });
    return `<${call.address}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
  ];
  return {
    status: 200,
    body: wrap(items.slice((page - 1) * size, page * size)),
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}

function positive(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
