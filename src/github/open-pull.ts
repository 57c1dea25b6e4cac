import { Fault } from "../model/errors.ts";
import type { PullRequest } from "../model/github.ts";
import type { PullRequestDraft } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { orReadBack, type Refusal, refusedBy } from "./errors.ts";
import { assertTexts, pullOf, pullsFrom, wirePull } from "./pulls.ts";

/** A pull request that is open now. `adopted`: it was there already. */
export interface Opened {
  readonly pull: PullRequest;
  readonly adopted: boolean;
}

const ROUTE = "POST /repos/{owner}/{repo}/pulls";

/**
 * See `GitHubRepository.openPullRequest`. GitHub itself allows only one; what a rule forbids is a `refused` UserError.
 */
export async function openPullRequest(client: Client, draft: PullRequestDraft): Promise<Opened | undefined> {
  assertTexts(draft);
  const post = async (): Promise<Opened | undefined> => {
    const answer = await client.attempt(ROUTE, { ...draft }, wirePull, [422]);
    if (answer.refused === undefined) {
      if (answer.data.user !== null) client.appLogin.learn(answer.data.user.login);
      return { pull: await pullOf(client, answer.data), adopted: false };
    }
    return whenRefused(client, draft, answer.refused);
  };
  return orReadBack(post, async () => {
    const pull = await openOne(client, draft);
    // One that reads so was made by the request that got no answer.
    return pull && { pull, adopted: pull.title !== draft.title || pull.body.trimEnd() !== draft.body.trimEnd() };
  });
}

async function whenRefused(client: Client, draft: PullRequestDraft, refused: Refusal): Promise<Opened | undefined> {
  if (/no commits between/i.test(refused.text)) return undefined;
  if (/already exists/i.test(refused.text)) {
    const pull = await openOne(client, draft);
    if (pull !== undefined) return { pull, adopted: true };
    throw new Fault("unavailable", `the pull request of ${draft.head} was there and is not: ${refused.text}`);
  }
  // A branch that was made just now is not known everywhere at once.
  if (/head is invalid|base is invalid/i.test(refused.text))
    throw new Fault("unavailable", `GitHub does not know ${draft.head} or ${draft.base} yet: ${refused.text}`);
  throw refusedBy(refused, `open a pull request from ${draft.head} into ${draft.base}`);
}

async function openOne(client: Client, { head, base }: PullRequestDraft): Promise<PullRequest | undefined> {
  return (await pullsFrom(client, head, { state: "open", base }))[0];
}
