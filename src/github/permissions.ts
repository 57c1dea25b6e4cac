import { UserError } from "../model/errors.ts";

/** Levels of access that an App's permission can have here. */
type Access = "read" | "write";

/** Permissions by the names of GitHub's `app-permissions`. */
export type Permissions = Readonly<Record<string, Access>>;

/**
 * What every installation token asks for: the least that Sluice's calls need. `app.yml` registers exactly these, with
 * the reason for each. Merge queues need no permission of their own: GitHub's `app-permissions` knows none.
 */
export const TOKEN_PERMISSIONS = {
  checks: "write",
  contents: "write",
  deployments: "write",
  issues: "write",
  members: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
} as const satisfies Permissions;

/**
 * What the App itself asks for: also what brings an event of packages, which no token asks for. Equal to `app.yml`.
 */
export const APP_PERMISSIONS = { ...TOKEN_PERMISSIONS, packages: "read" } as const satisfies Permissions;

/** What a token may do. */
export interface Grant {
  readonly permissions: Permissions;
  /**
   * What Sluice asks for and the account did not grant, e.g. `contents: write`. Empty where the owners accepted
   * everything.
   */
  readonly missing: readonly string[];
  /** The page where the account's owners accept permissions. */
  readonly acceptAt: string | undefined;
}

/** Everything that Sluice asks for. */
export const FULL_GRANT: Grant = { permissions: TOKEN_PERMISSIONS, missing: [], acceptAt: undefined };

/** The `permission` error for what cannot be done before the account's owners accept what the App asks for by now. */
export function wantsMore(
  grant: Grant,
  message: string,
  fields: Readonly<Record<string, string | number | boolean>> = {},
): UserError {
  const where = grant.acceptAt === undefined ? "in the settings of the installation" : `at ${grant.acceptAt}`;
  const fix = `have an owner accept the App's new permissions (${grant.missing.join(", ")}) ${where}`;
  return new UserError("permission", message, { fields, fix });
}

/** An installation token with what it may do. */
export interface Token {
  readonly token: string;
  readonly grant: Grant;
  /** GitHub's number of the one repository that it reaches, where the answer said it. */
  readonly repositoryId?: number | undefined;
}
