/** Levels of access that an App's permission can have here. */
type Access = "read" | "write";

/**
 * What every installation token asks for: the least that Sluice's calls need. `app.yml` registers exactly these, with the reason for each.
 * Names are those of GitHub's `app-permissions`.
 */
export const TOKEN_PERMISSIONS = {
  checks: "write",
  contents: "read",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
} as const satisfies Readonly<Record<string, Access>>;
