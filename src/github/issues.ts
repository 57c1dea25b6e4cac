import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { IssueText, OwnIssue } from "../model/github-repository.ts";
import { isByApp } from "./by-app.ts";
import type { Client } from "./client.ts";
import { orReadBack, refusedBy } from "./errors.ts";
import { COMMENT_LIMIT, PER_PAGE, TITLE_LIMIT } from "./limits.ts";
import { parseMarked, printMarked } from "./marker.ts";

const LIST = "GET /repos/{owner}/{repo}/issues";
const CREATE = "POST /repos/{owner}/{repo}/issues";
const UPDATE = "PATCH /repos/{owner}/{repo}/issues/{issue_number}";

const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  html_url: z.string(),
  user: z.object({ login: z.string() }).nullish(),
  pull_request: z.unknown().optional(),
  performed_via_github_app: z.object({ id: z.number() }).nullish(),
});
type Issue = z.infer<typeof issue>;

/**
 * See `GitHubRepository.ownIssue`. All open ones are looked through, so that there is never a second one; GitHub lists
 * the App's pull requests among them. A person's issue with a copied marker is not one of them.
 */
export async function readOwnIssue(client: Client, appId: number, marker: string): Promise<OwnIssue | undefined> {
  const creator = await client.appLogin.login();
  const find = async (page: readonly Issue[]): Promise<OwnIssue | undefined> => {
    for (const one of page) {
      const own = ownIssueOf(one, marker);
      if (own !== undefined && (await isByApp(client, appId, one.performed_via_github_app, one.user?.login)))
        return own;
    }
    return undefined;
  };
  for await (const page of client.pages(LIST, { creator, state: "open", sort: "created", direction: "asc" }, issue)) {
    const open = await find(page);
    if (open !== undefined) return open;
  }
  const closed = { creator, state: "closed", sort: "updated", direction: "desc", per_page: PER_PAGE } as const;
  return find(await client.call(LIST, closed, z.array(issue)));
}

function ownIssueOf(one: Issue, marker: string): OwnIssue | undefined {
  const marked = one.pull_request === undefined ? parseMarked(one.body ?? "") : undefined;
  if (marked?.marker !== marker) return undefined;
  return { number: one.number, title: one.title, body: marked.body, state: one.state, url: one.html_url };
}

/** See `GitHubRepository.openIssue`. */
export async function openIssue(client: Client, appId: number, marker: string, text: IssueText): Promise<OwnIssue> {
  const post = async (): Promise<OwnIssue> => {
    const answer = await client.attempt(CREATE, wireText(marker, text), issue, [410, 422]);
    if (answer.refused !== undefined) throw refusedBy(answer.refused, "open an issue");
    return ownIssue(answer.data, marker);
  };
  return orReadBack(post, async () => {
    const there = await readOwnIssue(client, appId, marker);
    return there?.state === "open" ? there : undefined;
  });
}

/** See `GitHubRepository.updateIssue`. */
export async function updateIssue(
  client: Client,
  number: number,
  marker: string,
  { state, ...text }: IssueText & { readonly state: OwnIssue["state"] },
): Promise<OwnIssue> {
  const body = {
    issue_number: number,
    ...wireText(marker, text),
    state,
    ...(state === "closed" ? { state_reason: "completed" as const } : {}),
  };
  const answer = await client.attempt(UPDATE, body, issue, [422]);
  if (answer.refused !== undefined) throw refusedBy(answer.refused, `change issue #${number}`);
  return ownIssue(answer.data, marker);
}

function wireText(marker: string, { title, body }: IssueText): { readonly title: string; readonly body: string } {
  const text = printMarked({ marker, body });
  if (title.length > TITLE_LIMIT || text.length > COMMENT_LIMIT)
    throw new Fault("bug", `an issue of ${title.length} and ${text.length} characters is more than GitHub takes`);
  return { title, body: text };
}

function ownIssue(one: Issue, marker: string): OwnIssue {
  const own = ownIssueOf(one, marker);
  if (own === undefined) throw new Fault("bug", `GitHub gave back issue #${one.number} without its marker`);
  return own;
}
