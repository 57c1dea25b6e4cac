import { z } from "zod";
import type { RepositoryFacts } from "../model/github-repository.ts";
import type { Client } from "./client.ts";

const wire = z.object({
  id: z.number(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
  archived: z.boolean().default(false),
});

/** See `GitHubRepository.repositoryId`. */
export async function readRepositoryId(client: Client): Promise<number> {
  return (await client.tokenRepositoryId()) ?? (await client.call("GET /repos/{owner}/{repo}", {}, wire)).id;
}

/** See `GitHubRepository.about`. */
export async function readAbout(client: Client): Promise<RepositoryFacts> {
  const { name, owner, default_branch, archived } = await client.call("GET /repos/{owner}/{repo}", {}, wire);
  return { repository: { owner: owner.login, name }, defaultBranch: default_branch, archived };
}
