import { z } from "zod";
import { UserError } from "../model/errors.ts";
import type { BranchMove } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { PER_PAGE } from "./limits.ts";

const ROUTE = "GET /repos/{owner}/{repo}/activity";

const activity = z.object({
  activity_type: z.string(),
  actor: z.object({ login: z.string() }).nullable(),
});
const move = z.object({ after: z.string(), timestamp: z.iso.datetime({ offset: true }) });

/** See `GitHubRepository.pushers`. A name may have been another branch's before: its newest creation begins it. */
export async function readPushers(client: Client, branch: string): Promise<readonly string[]> {
  const newestFirst = await client.call(ROUTE, latestOf(branch), z.array(activity));
  const made = newestFirst.findIndex(({ activity_type }) => activity_type === "branch_creation");
  if (made < 0 && newestFirst.length >= PER_PAGE) {
    throw new UserError("limit", `\`${branch}\` was moved more than ${PER_PAGE} times`, {
      fix: "close its pull request, and promote again",
    });
  }
  const since = made < 0 ? newestFirst : newestFirst.slice(0, made + 1);
  return [...new Set(since.map(({ actor }) => actor?.login ?? "ghost"))];
}

/** See `GitHubRepository.moves`. */
export async function readMoves(client: Client, branch: string): Promise<readonly BranchMove[]> {
  const newestFirst = await client.call(ROUTE, latestOf(branch), z.array(move));
  return newestFirst.map(({ after, timestamp }) => ({ to: after, at: Date.parse(timestamp) }));
}

function latestOf(branch: string) {
  return { ref: `refs/heads/${branch}`, per_page: PER_PAGE };
}
