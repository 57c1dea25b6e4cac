import { z } from "zod";
import type { CommitStatus } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { refusedBy } from "./errors.ts";

const CREATE = "POST /repos/{owner}/{repo}/statuses/{sha}";

/**
 * See `GitHubRepository.setCommitStatus`. The newest one of a name counts, so that one that is sent twice does no harm;
 * GitHub takes a thousand of each.
 */
export async function setCommitStatus(client: Client, status: CommitStatus): Promise<void> {
  const { sha, context, state, description, url } = status;
  const body = { sha, context, state, description, ...(url === undefined ? {} : { target_url: url }) };
  const { refused } = await client.attempt(CREATE, body, z.unknown(), [422]);
  if (refused !== undefined) throw refusedBy(refused, `set the status ${context} of ${sha.slice(0, 7)}`);
}
