import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { CommitRequest } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { refusedBy } from "./errors.ts";
import { treeEntry, type WireEntry } from "./tree-entries.ts";

const made = z.object({ sha: z.string() });
const commit = z.object({ sha: z.string(), tree: z.object({ sha: z.string() }) });

/** The tree without entries, which has no object that one could build on; for both lengths of ids. */
const EMPTY_TREES = new Set([
  "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
]);

/**
 * See `GitHubRepository.commit`. Objects are named by what they hold, and nothing points at the commit yet, so every
 * step is idempotent. Author and committer are left out: then GitHub signs.
 */
export async function makeCommit(
  client: Client,
  request: CommitRequest,
): Promise<{ readonly sha: string; readonly tree: string }> {
  const tree = await makeTree(client, request);
  if (request.expectTree !== undefined && tree !== request.expectTree) {
    throw new Fault("bug", `the changes give the tree ${tree}, not ${request.expectTree} as planned`, {
      fields: { baseTree: request.baseTree, changes: request.changes.length },
    });
  }
  const { message, parents } = request;
  const { sha } = await client.call("POST /repos/{owner}/{repo}/git/commits", { message, tree, parents }, commit);
  return { sha, tree };
}

async function makeTree(client: Client, { baseTree, changes }: CommitRequest): Promise<string> {
  if (changes.length === 0) return baseTree;
  const entries: WireEntry[] = [];
  for (const change of changes) entries.push(await treeEntry(change, (bytes) => makeBlob(client, bytes)));
  const base = EMPTY_TREES.has(baseTree) ? {} : { base_tree: baseTree };
  const body = { ...base, tree: entries };
  const answer = await client.attempt("POST /repos/{owner}/{repo}/git/trees", body, made, [422]);
  // What GitHub finds wrong with the files, it finds wrong again.
  if (answer.refused !== undefined) throw refusedBy(answer.refused, "make these files");
  return answer.data.sha;
}

async function makeBlob(client: Client, bytes: Uint8Array): Promise<string> {
  const content = Buffer.from(bytes).toString("base64");
  const body = { content, encoding: "base64" };
  return (await client.call("POST /repos/{owner}/{repo}/git/blobs", body, made)).sha;
}
