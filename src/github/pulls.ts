import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { PullRequest } from "../model/github.ts";
import type { Client } from "./client.ts";
import { refusedBy } from "./errors.ts";
import { COMMENT_LIMIT, PER_PAGE, TITLE_LIMIT } from "./limits.ts";

const repository = z.object({ id: z.number(), name: z.string(), owner: z.object({ login: z.string() }) });

/** A pull request as the API returns it, alone or in a list. */
export const wirePull = z.object({
  number: z.number(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().optional(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: repository.nullable() }),
  base: z.object({ sha: z.string(), ref: z.string(), repo: repository.extend({ default_branch: z.string() }) }),
  node_id: z.string(),
  html_url: z.string(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullable(),
  created_at: z.string(),
  closed_at: z.string().nullish(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  labels: z.array(z.object({ name: z.string() })),
  // Lists leave it out.
  merged_by: z.object({ login: z.string() }).nullish(),
});
type WirePull = z.infer<typeof wirePull>;

const ONE = "/repos/{owner}/{repo}/pulls/{pull_number}";

/** Reads one pull request. */
export async function readPullRequest(client: Client, number: number): Promise<PullRequest> {
  return pullOf(client, await client.call(`GET ${ONE}`, { pull_number: number }, wirePull));
}

/**
 * A pull request as `model/github.ts` has it. A head whose repository was deleted counts as a fork; a person who left
 * GitHub is `ghost`.
 */
export async function pullOf({ appLogin }: Pick<Client, "appLogin">, data: WirePull): Promise<PullRequest> {
  const from = data.head.repo;
  const author = data.user?.login ?? "ghost";
  const merged = (data.merged_at ?? undefined) !== undefined;
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
    defaultBranch: data.base.repo.default_branch,
    fork: from?.id !== data.base.repo.id,
    nodeId: data.node_id,
    url: data.html_url,
    body: data.body ?? "",
    author,
    byApp: await appLogin.is(author),
    repositoryId: data.base.repo.id,
    merged,
    // Before the merge this is a mere test of it.
    mergeCommit: merged ? (data.merge_commit_sha ?? undefined) : undefined,
    openedAt: Date.parse(data.created_at),
    ...(merged && data.merged_by ? { mergedBy: data.merged_by.login } : {}),
    closedAt: data.closed_at ? Date.parse(data.closed_at) : undefined,
    labels: data.labels.map((one) => one.name),
  };
}

/** The newest pull requests from a branch of the repository itself. See `GitHubRepository.pullRequestOf`. */
export async function pullsFrom(
  client: Client,
  branch: string,
  filter: { readonly state: "open" | "all"; readonly base?: string },
): Promise<readonly PullRequest[]> {
  const head = `${client.owner}:${branch}`;
  const query = { ...filter, head, sort: "created", direction: "desc", per_page: PER_PAGE } as const;
  const pulls = await client.call("GET /repos/{owner}/{repo}/pulls", query, z.array(wirePull));
  const all = await Promise.all(pulls.map((one) => pullOf(client, one)));
  return all.filter((pull) => !pull.fork && pull.head.ref === branch);
}

/** See `GitHubRepository.pullRequestOf`. */
export async function pullRequestOf(client: Client, branch: string, base?: string): Promise<PullRequest | undefined> {
  const pulls = await pullsFrom(client, branch, { state: "all", ...(base === undefined ? {} : { base }) });
  return pulls.find((pull) => pull.state === "open") ?? pulls[0];
}

/** See `GitHubRepository.openPullRequests`. */
export async function openPullRequests(client: Client, base: string): Promise<ReadonlySet<number>> {
  const numbers = new Set<number>();
  const query = { state: "open", base } as const;
  for await (const page of client.pages("GET /repos/{owner}/{repo}/pulls", query, wirePull.pick({ number: true })))
    for (const { number } of page) numbers.add(number);
  return numbers;
}

/** What of a pull request can be changed. */
export interface PullChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: "open" | "closed";
}

/**
 * See `GitHubRepository.updatePullRequest`. What cannot be (a merged one cannot be opened again) is a `refused`
 * UserError.
 */
export async function updatePullRequest(client: Client, number: number, change: PullChange): Promise<PullRequest> {
  assertTexts(change);
  const answer = await client.attempt(`PATCH ${ONE}`, { pull_number: number, ...change }, wirePull, [422]);
  if (answer.refused !== undefined) throw refusedBy(answer.refused, `change pull request #${number}`);
  return pullOf(client, answer.data);
}

/** Throws a `bug` Fault for texts that GitHub would refuse: the caller has to cut them and to say so. */
export function assertTexts({ title = "", body = "" }: Pick<PullChange, "title" | "body">): void {
  if (title.length > TITLE_LIMIT)
    throw new Fault("bug", `a pull request's title of ${title.length} characters; GitHub takes ${TITLE_LIMIT}`);
  if (body.length > COMMENT_LIMIT)
    throw new Fault("bug", `a pull request's body of ${body.length} characters; GitHub takes ${COMMENT_LIMIT}`);
}
