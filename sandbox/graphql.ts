import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, graphql } from "graphql";
import { z } from "zod";
import { requireAccess } from "./access.ts";
import { dequeuePull, enqueuePull, QueueRefusal } from "./actions/merge-queue.ts";
import type { Actor } from "./actions/pulls.ts";
import type { Caller } from "./auth.ts";
import { ApiError } from "./errors.ts";
import { schema } from "./graphql-schema.ts";
import { nodeId } from "./objects/account.ts";
import { pullNodeId } from "./objects/pull.ts";
import { type Route, writes } from "./routes/route.ts";
import type { Pull, Repository } from "./state.ts";
import type { QueueEntry } from "./state-parts.ts";
import { botLogin, type World } from "./world.ts";

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** The argument `input` of `enqueuePullRequest`, which the schema has validated already. */
interface EnqueueInput {
  readonly pullRequestId: string;
  readonly expectedHeadOid?: string | null;
  readonly clientMutationId?: string | null;
}

/** The argument `input` of `dequeuePullRequest`. */
interface DequeueInput {
  readonly id: string;
  readonly clientMutationId?: string | null;
}

/**
 * GitHub's GraphQL endpoint, of which two mutations are here: `enqueuePullRequest` and its opposite. It is logged, and
 * faults are injected, as `/graphql`; the OpenAPI description does not cover it.
 */
export const graphqlRoute: Route = {
  method: "POST",
  template: "/graphql",
  handle: async ({ world, caller, body }) => {
    if (caller.kind === "anonymous" || caller.kind === "app")
      throw new ApiError(401, "This endpoint requires you to be authenticated.");
    const parsed = Body.safeParse(body);
    if (!parsed.success) throw new ApiError(400, "A query attribute must be specified and must be a string.");
    return { status: 200, body: await execute(world, caller, parsed.data) };
  },
};

async function execute(world: World, caller: Caller, { query, variables }: z.infer<typeof Body>): Promise<object> {
  const { data, errors } = await graphql({
    schema,
    source: query,
    variableValues: variables ?? {},
    rootValue: {
      enqueuePullRequest: ({ input }: { input: EnqueueInput }) => enqueue(world, caller, input),
      dequeuePullRequest: ({ input }: { input: DequeueInput }) => dequeue(world, caller, input),
    },
  });
  rethrowOwnFaults(errors);
  return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(formatted) }) };
}

/** An error that no refusal of GitHub's explains is a fault of the local GitHub: it must be seen as one. */
function rethrowOwnFaults(errors: ExecutionResult["errors"]): void {
  for (const { originalError } of errors ?? []) {
    if (originalError !== undefined && !(originalError instanceof GraphQLError)) throw originalError;
  }
}

/** GitHub names the kind of an error in `type`, beside the message, where the library has it in `extensions`. */
function formatted(error: GraphQLError): GraphQLFormattedError & { readonly type?: unknown } {
  const { message, path, extensions } = error;
  return { ...(extensions.type !== undefined && { type: extensions.type }), ...(path && { path }), message };
}

async function enqueue(world: World, caller: Caller, input: EnqueueInput): Promise<object> {
  return onPull(world, caller, input.pullRequestId, async ({ repository, pull }, actor) => {
    const entry = await enqueuePull(world, repository, pull, input.expectedHeadOid ?? undefined, actor);
    return { clientMutationId: input.clientMutationId, mergeQueueEntry: entryOf(repository, pull, entry) };
  });
}

async function dequeue(world: World, caller: Caller, input: DequeueInput): Promise<object> {
  return onPull(world, caller, input.id, async ({ repository, pull }, { login }) => {
    const entry = await dequeuePull(world, repository, pull, login);
    return { clientMutationId: input.clientMutationId, mergeQueueEntry: entryOf(repository, pull, entry) };
  });
}

/** Does something with a pull request that the caller may write to. */
async function onPull(
  world: World,
  caller: Caller,
  id: string,
  act: (found: { repository: Repository; pull: Pull }, actor: Actor) => Promise<object>,
): Promise<object> {
  try {
    const found = findPull(world, id);
    if (!found) throw new ApiError(404, "");
    requireAccess(world, caller, found.repository, writes("write", "contents"));
    const actor =
      caller.kind === "user" ? { login: caller.account.login, byApp: false } : { login: botLogin(world), byApp: true };
    return await act(found, actor);
  } catch (error) {
    throw refusalOf(error, id);
  }
}

function refusalOf(error: unknown, id: string): unknown {
  const refusal = (type: string, message: string) => new GraphQLError(message, { extensions: { type } });
  if (error instanceof QueueRefusal) return refusal("UNPROCESSABLE", error.message);
  if (!(error instanceof ApiError)) return error;
  if (error.status === 404) return refusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
  return refusal("FORBIDDEN", error.message);
}

function findPull(world: World, id: string): { repository: Repository; pull: Pull } | undefined {
  for (const repository of world.state.repositories) {
    const pull = repository.pulls.find((one) => pullNodeId(one) === id);
    if (pull) return { repository, pull };
  }
  return undefined;
}

function entryOf(repository: Repository, pull: Pull, entry: QueueEntry): object {
  return {
    id: nodeId("MergeQueueEntry", entry.id),
    position: repository.queue.indexOf(entry) + 1,
    state: "AWAITING_CHECKS",
    enqueuedAt: entry.enqueuedAt,
    headCommit: { oid: entry.sha },
    baseCommit: { oid: entry.baseSha },
    pullRequest: { id: pullNodeId(pull), number: pull.number },
  };
}
