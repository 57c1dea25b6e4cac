import { z } from "zod";

import { requireAccess } from "./access.ts";
import { enqueuePull, QueueRefusal } from "./actions/merge-queue.ts";
import type { Caller } from "./auth.ts";
import { ApiError } from "./errors.ts";
import { parseQuery, type QueryField, QueryProblem } from "./graphql-query.ts";
import { nodeId } from "./objects/account.ts";
import { pullNodeId } from "./objects/pull.ts";
import { type Route, writes } from "./routes/route.ts";
import type { Pull, Repository } from "./state.ts";
import type { QueueEntry } from "./state-parts.ts";
import { botLogin, type World } from "./world.ts";

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });
const Input = z.strictObject({
  pullRequestId: z.string(),
  expectedHeadOid: z.string().nullish(),
  clientMutationId: z.string().nullish(),
  jump: z.boolean().nullish(),
});

/** One entry of `errors`. */
interface GraphqlError {
  readonly type?: "UNPROCESSABLE" | "NOT_FOUND" | "FORBIDDEN";
  readonly path?: readonly string[];
  readonly message: string;
}

/**
 * GitHub's GraphQL endpoint, of which one mutation is here: `enqueuePullRequest`. It stands in the request log, and
 * takes faults, under the template `/graphql`; the OpenAPI description does not cover it.
 */
export const graphqlRoute: Route = {
  method: "POST",
  template: "/graphql",
  handle: async ({ world, caller, body }) => {
    if (caller.kind === "anonymous" || caller.kind === "app")
      throw new ApiError(401, "This endpoint requires you to be authenticated.");
    const parsed = Body.safeParse(body);
    if (!parsed.success) throw new ApiError(400, "A query attribute must be specified and must be a string.");
    return { status: 200, body: await answer(world, caller, parsed.data) };
  },
};

async function answer(world: World, caller: Caller, body: z.infer<typeof Body>): Promise<unknown> {
  try {
    const { kind, fields } = parseQuery(body.query, body.variables ?? {});
    const [field, ...more] = fields;
    if (kind !== "mutation" || field?.name !== "enqueuePullRequest" || more.length > 0)
      throw new QueryProblem("the local GitHub knows one operation only: the mutation enqueuePullRequest");
    return await mutate(world, caller, field);
  } catch (error) {
    if (error instanceof QueryProblem) return { errors: [{ message: error.message }] };
    throw error;
  }
}

async function mutate(world: World, caller: Caller, field: QueryField): Promise<unknown> {
  const input = Input.safeParse(field.input.input);
  if (!input.success) throw new QueryProblem(`Argument 'input' on Field 'enqueuePullRequest' has an invalid value`);
  const failed = (type: GraphqlError["type"], message: string): unknown => ({
    data: { [field.key]: null },
    errors: [{ type, path: [field.key], message }],
  });
  const found = findPull(world, input.data.pullRequestId);
  try {
    if (!found) throw new ApiError(404, "");
    requireAccess(world, caller, found.repository, writes("write", "contents"));
    const actor =
      caller.kind === "user" ? { login: caller.account.login, byApp: false } : { login: botLogin(world), byApp: true };
    const head = input.data.expectedHeadOid ?? undefined;
    const entry = await enqueuePull(world, found.repository, found.pull, head, actor);
    const payload = payloadOf(found.repository, found.pull, entry, input.data.clientMutationId ?? null);
    return { data: { [field.key]: select(payload, field.fields, "EnqueuePullRequestPayload") } };
  } catch (error) {
    if (error instanceof QueueRefusal) return failed("UNPROCESSABLE", error.message);
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404)
      return failed("NOT_FOUND", `Could not resolve to a node with the global id of '${input.data.pullRequestId}'`);
    return failed("FORBIDDEN", error.message);
  }
}

function findPull(world: World, id: string): { repository: Repository; pull: Pull } | undefined {
  for (const repository of world.state.repositories) {
    const pull = repository.pulls.find((one) => pullNodeId(one) === id);
    if (pull) return { repository, pull };
  }
  return undefined;
}

type Tree = { readonly [name: string]: string | number | null | Tree };

function payloadOf(repository: Repository, pull: Pull, entry: QueueEntry, clientMutationId: string | null): Tree {
  return {
    clientMutationId,
    mergeQueueEntry: {
      id: nodeId("MergeQueueEntry", entry.id),
      position: repository.queue.indexOf(entry) + 1,
      state: "AWAITING_CHECKS",
      enqueuedAt: entry.enqueuedAt,
      headCommit: { oid: entry.sha },
      baseCommit: { oid: entry.baseSha },
      pullRequest: { id: pullNodeId(pull), number: pull.number },
    },
  };
}

/** What was asked for, and nothing else. */
function select(value: Tree, fields: readonly QueryField[], type: string): Record<string, unknown> {
  const picked = fields.map(({ name, key, fields: inner }): [string, unknown] => {
    const found = value[name];
    if (found === undefined) throw new QueryProblem(`Field '${name}' doesn't exist on type '${type}'`);
    const nested = found !== null && typeof found === "object";
    if (nested !== inner.length > 0) throw new QueryProblem(`Field '${name}' has wrong selections`);
    return [key, nested ? select(found, inner, name) : found];
  });
  return Object.fromEntries(picked);
}
