import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import { parse, type Send } from "./client.ts";
import { type Grant, type Permissions, TOKEN_PERMISSIONS } from "./permissions.ts";

const ROUTE = "GET /app/installations/{installation_id}";
const installation = z.object({
  html_url: z.string(),
  target_type: z.string(),
  permissions: z.record(z.string(), z.string()),
});

/**
 * Reads what an account granted to the App, cut to what Sluice asks for. An account of a person has no members: that
 * one is not missing there.
 */
export async function readGrant(octokit: Octokit, send: Send, installationId: number): Promise<Grant> {
  const call = { repository: "the App", route: ROUTE };
  const { data } = await send(octokit, call, { installation_id: installationId });
  const { permissions, target_type, html_url } = parse(installation, data, ROUTE);
  const missing = missingOf(permissions).filter(([name]) => name !== "members" || target_type !== "User");
  return {
    permissions: narrowed(permissions),
    missing: missing.map(([name, level]) => `${name}: ${level}`),
    acceptAt: html_url,
  };
}

function missingOf(granted: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(TOKEN_PERMISSIONS).filter(
    ([name, level]) => granted[name] !== level && granted[name] !== "admin" && !(level === "read" && granted[name]),
  );
}

function narrowed(granted: Readonly<Record<string, string>>): Permissions {
  const ours = Object.entries(TOKEN_PERMISSIONS).flatMap(([name, level]) => {
    const has = granted[name];
    if (has === undefined) return [];
    return [[name, has === "read" ? "read" : level] as const];
  });
  return Object.fromEntries(ours);
}
