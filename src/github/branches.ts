import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { Client } from "./client.ts";
import { orReadBack, type Refusal, refusedBy } from "./errors.ts";

const reference = z.object({ object: z.object({ sha: z.string() }) });

const CREATE = "POST /repos/{owner}/{repo}/git/refs";
const UPDATE = "PATCH /repos/{owner}/{repo}/git/refs/{ref}";
const DELETE = "DELETE /repos/{owner}/{repo}/git/refs/{ref}";
const READ = "GET /repos/{owner}/{repo}/git/ref/{ref}";

/** See `GitHubRepository.createBranch`. */
export function createBranch(client: Client, branch: string, sha: string): Promise<"created" | "exists"> {
  const post = async () => {
    const { refused } = await client.attempt(CREATE, { ref: `refs/heads/${branch}`, sha }, reference, [422]);
    if (refused === undefined) return "created";
    if (/already exists/i.test(refused.text)) return "exists";
    throw notAllowed(refused, `create the branch ${branch}`);
  };
  return orReadBack<"created" | "exists">(post, async () => {
    const now = await headOf(client, branch);
    return now === undefined ? undefined : now === sha ? "created" : "exists";
  });
}

/** See `GitHubRepository.advanceBranch`. GitHub compares and moves in one step. */
export function advanceBranch(client: Client, branch: string, sha: string): Promise<"moved" | "behind" | "missing"> {
  const patch = async () => {
    const body = { ref: `heads/${branch}`, sha, force: false };
    const { refused } = await client.attempt(UPDATE, body, reference, [404, 422]);
    if (refused === undefined) return "moved";
    if (/fast.?forward/i.test(refused.text)) return "behind";
    if (isMissing(refused)) return "missing";
    throw notAllowed(refused, `move the branch ${branch}`);
  };
  return orReadBack<"moved" | "behind" | "missing">(patch, async () =>
    (await headOf(client, branch)) === sha ? "moved" : undefined,
  );
}

/** See `GitHubRepository.deleteBranch`. GitHub deletes whatever is there, so it is looked at right before. */
export async function deleteBranch(client: Client, branch: string, expected?: string): Promise<"deleted" | "moved"> {
  if (expected !== undefined) {
    const now = await headOf(client, branch);
    if (now !== expected) return now === undefined ? "deleted" : "moved";
  }
  const { refused } = await client.attempt(DELETE, { ref: `heads/${branch}` }, z.unknown(), [404, 422]);
  if (refused === undefined || isMissing(refused)) return "deleted";
  throw notAllowed(refused, `delete the branch ${branch}`);
}

/** Where a branch is; `undefined` when there is none. */
async function headOf(client: Client, branch: string): Promise<string | undefined> {
  const answer = await client.attempt(READ, { ref: `heads/${branch}` }, reference, [404]);
  return answer.refused === undefined ? answer.data.object.sha : undefined;
}

function isMissing({ status, text }: Refusal): boolean {
  return status === 404 || /reference does not exist/i.test(text);
}

/**
 * A rule of the repository is for a person to fix; two who write at once try again. A name or an object that GitHub
 * does not take is our bug.
 */
function notAllowed(refused: Refusal, what: string): Error {
  if (/rule violations|protected|restricted/i.test(refused.text)) return refusedBy(refused, what);
  if (/lock ref|update failed|try again/i.test(refused.text))
    return new Fault("unavailable", `GitHub could not ${what}: ${refused.text}`, {
      fields: { status: refused.status },
    });
  return refused.error;
}
