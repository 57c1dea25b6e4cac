import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { NO_LOGIN } from "../../src/github/app-login.ts";
import { createClient } from "../../src/github/client.ts";
import { FULL_GRANT } from "../../src/github/permissions.ts";
import { readPushers } from "../../src/github/pushers.ts";

/** What GitHub says of a branch: its pushes by these people, and whether it says who made the branch. */
function branchOf(pushers: readonly (string | null)[], made: boolean) {
  const pushes = pushers.map((login) => ({ activity_type: "push", actor: login === null ? null : { login } }));
  const data = made ? [...pushes, { activity_type: "branch_creation", actor: { login: "sluice[bot]" } }] : pushes;
  const client = createClient({
    apiUrl: "https://api.github.test",
    octokit: new Octokit(),
    send: async () => ({ data, refused: undefined, more: false, cursor: undefined }),
    owner: "acme",
    repo: "gitops",
    token: async () => ({ token: "t", expiresAt: 0, grant: FULL_GRANT }),
    rejected: () => undefined,
    insufficient: () => undefined,
    appLogin: NO_LOGIN,
  });
  return readPushers(client, "sluice/promote/prod/web");
}

it("who moved a branch is each person once, with who made it, and whose account is gone", async () => {
  expect(await branchOf(["ada", null, "ada"], true)).toEqual(["ada", "ghost", "sluice[bot]"]);
});

it("a branch that was moved more often than is read is nobody's to approve", async () => {
  const many = Array.from({ length: 100 }, () => "ada");
  await expect(branchOf(many, false)).rejects.toMatchObject({ kind: "limit" });
});
