import { z } from "zod";
import type { MergeMethod, MergeResult } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { orReadBack } from "./errors.ts";
import { mergeRefusal } from "./merge-words.ts";
import { pullOf, wirePull } from "./pulls.ts";

const MERGE = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge";
const READ = "GET /repos/{owner}/{repo}/pulls/{pull_number}";

/** `mergeable` is null while GitHub works it out. */
const state = z.object({ mergeable: z.boolean().nullish(), mergeable_state: z.string().optional() });

/** Rules that are not met, as against conflicts. */
const HELD_BACK = new Set(["blocked", "behind", "draft"]);

/**
 * See `GitHubRepository.merge`. After an answer that tells nothing the pull request is read: it is merged once, at this
 * head or not at all.
 */
export function mergePullRequest(
  client: Client,
  number: number,
  head: string,
  method: MergeMethod,
): Promise<MergeResult> {
  const put = async (): Promise<MergeResult> => {
    const body = { pull_number: number, sha: head, merge_method: method };
    const answer = await client.attempt(MERGE, body, z.object({ sha: z.string() }), [405, 409, 422]);
    if (answer.refused === undefined) return { kind: "merged", sha: answer.data.sha };
    const { status, text } = answer.refused;
    const meaning = mergeRefusal(text);
    if (meaning === "unclear") return lookAt(client, number, head, text);
    return { kind: status === 409 && meaning === "refused" ? "moved" : meaning, reason: text };
  };
  return orReadBack(put, async () => {
    const now = await lookAt(client, number, head, "the answer to the merge was lost");
    return now.kind === "merged" || now.kind === "moved" ? now : undefined;
  });
}

/** What the pull request itself says of a merge that did not go through. */
export async function lookAt(client: Client, number: number, head: string, text: string): Promise<MergeResult> {
  const data = await client.call(READ, { pull_number: number }, wirePull.extend(state.shape));
  const pull = await pullOf(client, data);
  if (pull.head.sha !== head) return { kind: "moved", reason: `the head is ${pull.head.sha} by now` };
  if (pull.merged) return { kind: "merged", sha: pull.mergeCommit ?? pull.head.sha };
  if (pull.state === "closed") return { kind: "refused", reason: "the pull request is closed" };
  if (pull.draft) return { kind: "refused", reason: "the pull request is a draft" };
  if (HELD_BACK.has(data.mergeable_state ?? "")) return { kind: "refused", reason: text };
  return { kind: data.mergeable === false ? "conflict" : "retry", reason: text };
}
