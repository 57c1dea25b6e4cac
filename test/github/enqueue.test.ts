import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, type Start, startLocal } from "./world.ts";

const GRAPHQL = "POST /graphql";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
beforeAll(async () => {
  start = await startLocal();
  start.local.protect({ ...REPOSITORY, mergeQueue: "by-hand" });
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
});

function enqueue(head = world.pull.headSha) {
  const { nodeId, number } = world.local.pull(world.pull);
  return github.enqueue({ nodeId, number }, head);
}

describe("the merge queue", () => {
  it("is what a merge is sent to where the base asks for it", async () => {
    expect(await github.merge(world.pull.number, world.pull.headSha, "merge")).toMatchObject({ kind: "queue" });
  });

  it("does not take another head than the one that was judged", async () => {
    expect(await enqueue("0".repeat(40))).toMatchObject({ kind: "moved" });
    expect(world.local.pull(world.pull).queued).toBe(false);
  });

  it("takes a pull request once, merges it, and then it is merged", async () => {
    expect(await enqueue()).toEqual({ kind: "enqueued" });
    expect(await enqueue()).toEqual({ kind: "enqueued" });
    expect(world.local.pull(world.pull).queued).toBe(true);
    expect(await world.local.runMergeQueue(REPOSITORY)).toEqual([world.pull.number]);
    expect(await enqueue()).toEqual({ kind: "merged", sha: world.local.pull(world.pull).mergeCommitSha });
  });

  it("gives a pull request back, once or twice", async () => {
    await world.local.commit({ ...REPOSITORY, branch: "back", files: { back: "1\n" } });
    const pull = await world.local.openPull({ ...REPOSITORY, head: "back", title: "Back" });
    expect(await github.enqueue(pull, pull.headSha)).toEqual({ kind: "enqueued" });
    await github.dequeue(pull);
    expect(world.local.pull(pull).queued).toBe(false);
    await github.dequeue(pull);
    expect(await github.enqueue(pull, pull.headSha)).toEqual({ kind: "enqueued" });
    await github.dequeue(pull);
  });

  it("that a base does not have is told with GitHub's words", async () => {
    await world.local.commit({ ...REPOSITORY, branch: "other-base", files: { a: "1\n" } });
    await world.local.commit({ ...REPOSITORY, branch: "more", from: "other-base", files: { b: "1\n" } });
    const pull = await world.local.openPull({ ...REPOSITORY, head: "more", base: "other-base", title: "More" });
    expect(await github.enqueue(pull, pull.headSha)).toMatchObject({ kind: "refused", reason: expect.any(String) });
  });
});

describe("what GraphQL answers", () => {
  const servers: { close(): unknown }[] = [];
  afterEach(() => {
    for (const one of servers.splice(0)) one.close();
  });

  /** A GitHub that gives tokens and answers GraphQL like this. */
  async function against(answer: object): Promise<{ github: GitHubRepository; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const token = { token: "ghs_x", expires_at: new Date(Date.now() + 3_600_000).toISOString() };
      const body = request.url?.endsWith("/graphql") ? answer : token;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    servers.push(server);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const edge = world.fresh({ apiUrl: `http://127.0.0.1:${port}` });
    return { github: await world.github(edge), asked };
  }

  const pull = { nodeId: "PR_1", number: 1 };
  const refusal = (message: string, type = "UNPROCESSABLE") => ({
    data: { enqueuePullRequest: null },
    errors: [{ type, path: ["enqueuePullRequest"], message }],
  });

  it("on github.com lies beside the REST API", async () => {
    const { github: one, asked } = await against({ data: { enqueuePullRequest: { mergeQueueEntry: { id: "E" } } } });
    expect(await one.enqueue(pull, "a")).toEqual({ kind: "enqueued" });
    expect(asked.at(-1)).toBe(GRAPHQL);
  });

  it.each([
    ["Pull request is already queued to merge", "enqueued"],
    ["The pull request is already in the merge queue", "enqueued"],
    ["Merge queue is not enabled on this branch", "refused"],
    ["Pull request Required workflow 'Validate' is not satisfied", "refused"],
    ["Head branch was modified. Review and try the merge again.", "moved"],
    ["Base branch was modified. Review and try the merge again.", "retry"],
    ["Pull request has merge conflicts", "conflict"],
  ])("%s means %s", async (message, kind) => {
    const { github: one } = await against(refusal(message));
    const result = await one.enqueue(pull, "a");
    expect(result).toEqual(kind === "enqueued" ? { kind } : { kind, reason: message });
  });

  it.each([
    [refusal("API rate limit exceeded", "RATE_LIMITED"), "throttled"],
    [refusal("Resource not accessible by integration", "FORBIDDEN"), "permission"],
    [refusal("Could not resolve to a node with the global id of 'PR_1'", "NOT_FOUND"), "not-found"],
    [
      { errors: [{ message: "Something went wrong while executing your query. Please include `4711`" }] },
      "unavailable",
    ],
    [{ data: null }, "unavailable"],
    [{ nonsense: [] }, "unavailable"],
    [[], "bug"],
  ])("%o is an error", async (answer, kind) => {
    const { github: one } = await against(answer);
    await expect(one.enqueue(pull, "a")).rejects.toMatchObject({ kind });
  });

  it.each(["Pull request is not in the merge queue", "Field 'dequeuePullRequest' doesn't exist on type 'Mutation'"])(
    "%s, so nothing is to be taken out",
    async (message) => {
      const { github: one } = await against({ errors: [{ message }] });
      await expect(one.dequeue(pull)).resolves.toBeUndefined();
    },
  );

  it.each([
    [refusal("Resource not accessible by integration", "FORBIDDEN"), "permission"],
    [{ errors: [{ message: "Something went wrong while executing your query" }] }, "unavailable"],
  ])("%o is an error when something is to be taken out", async (answer, kind) => {
    const { github: one } = await against(answer);
    await expect(one.dequeue(pull)).rejects.toMatchObject({ kind });
  });
});
