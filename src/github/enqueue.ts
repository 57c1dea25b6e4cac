import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import type { PullRequest } from "../model/github.ts";
import type { MergeResult } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { DEFAULT_WAIT_MS, oneLine } from "./errors.ts";
import { lookAt } from "./merge.ts";
import { mergeRefusal } from "./merge-words.ts";

const ROUTE = "POST /graphql";

const QUERY =
  "mutation ($pullRequestId: ID!, $expectedHeadOid: GitObjectID!) { " +
  "enqueuePullRequest(input: { pullRequestId: $pullRequestId, expectedHeadOid: $expectedHeadOid }) " +
  "{ mergeQueueEntry { id } } }";

/** GraphQL answers 200 and says in the body what went wrong. */
const answered = z.object({
  data: z.object({ enqueuePullRequest: z.object({}).nullable() }).nullish(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).optional(),
});

/**
 * See `GitHubRepository.enqueue`: REST has no merge queue. It is idempotent: what is in the queue already is
 * `enqueued`.
 */
export async function enqueuePullRequest(
  client: Client,
  pull: Pick<PullRequest, "nodeId" | "number">,
  head: string,
): Promise<MergeResult | { readonly kind: "enqueued" }> {
  const variables = { pullRequestId: pull.nodeId, expectedHeadOid: head };
  const { data, errors = [] } = await client.call(
    ROUTE,
    { baseUrl: client.graphqlBase, query: QUERY, variables },
    answered,
  );
  if (errors.length === 0 && data?.enqueuePullRequest) return { kind: "enqueued" };
  const text = oneLine(errors.map((one) => one.message).join("\n")) || "no reason was given";
  assertRefusal(new Set(errors.map((one) => one.type ?? "")), text);
  if (/already .*queue/i.test(text)) return { kind: "enqueued" };
  const meaning = mergeRefusal(text);
  if (meaning === "unclear") return lookAt(client, pull.number, head, text);
  return { kind: meaning === "queue" ? "refused" : meaning, reason: text };
}

const DEQUEUE = "mutation ($id: ID!) { dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { id } } }";

const taken = z.object({ errors: answered.shape.errors });

/** See `GitHubRepository.dequeue`. A server whose schema has no such mutation has no merge queue either. */
export async function dequeuePullRequest(client: Client, { nodeId }: Pick<PullRequest, "nodeId">): Promise<void> {
  const { errors = [] } = await client.call(
    ROUTE,
    { baseUrl: client.graphqlBase, query: DEQUEUE, variables: { id: nodeId } },
    taken,
  );
  const serious = errors.filter(({ message }) => !/not .*queue|does ?n.t exist/i.test(message));
  if (serious.length === 0) return;
  const text = oneLine(serious.map(({ message }) => message).join("\n"));
  assertRefusal(new Set(serious.map(({ type = "" }) => type).filter((type) => type !== "")), text);
}

/** Throws errors that are not about this pull request. */
function assertRefusal(types: ReadonlySet<string>, text: string): void {
  const said = `GitHub answered to ${ROUTE}: ${text}`;
  const fields = { route: ROUTE };
  if (types.has("RATE_LIMITED") || /rate limit/i.test(text))
    throw new Fault("throttled", said, { fields, retryAfterMs: DEFAULT_WAIT_MS });
  if (types.has("FORBIDDEN"))
    throw new UserError("permission", said, {
      fields,
      fix: "see that the permissions that the App asks for were accepted and that it may merge into the base branch",
    });
  if (types.has("NOT_FOUND")) throw new UserError("not-found", said, { fields });
  if (types.size === 0 || /something went wrong|timed? ?out|internal error/i.test(text))
    throw new Fault("unavailable", said, { fields });
}
