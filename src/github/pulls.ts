import { z } from "zod";
import type { PullRequest } from "../model/github.ts";
import type { Client } from "./client.ts";

const repository = z.object({ id: z.number(), name: z.string(), owner: z.object({ login: z.string() }) });
const pull = z.object({
  number: z.number(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().optional(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: repository.nullable() }),
  base: z.object({ sha: z.string(), ref: z.string(), repo: repository }),
});

/** Reads one pull request. A head whose repository was deleted counts as a fork. */
export async function readPullRequest(client: Client, number: number): Promise<PullRequest> {
  const data = await client.call("GET /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number: number }, pull);
  const from = data.head.repo;
  return {
    number: data.number,
    title: data.title,
    state: data.state,
    draft: data.draft ?? false,
    head: {
      sha: data.head.sha,
      ref: data.head.ref,
      repository: from ? { owner: from.owner.login, name: from.name } : undefined,
    },
    base: { sha: data.base.sha, ref: data.base.ref },
    fork: from?.id !== data.base.repo.id,
  };
}
