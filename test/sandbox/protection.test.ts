import { describe, expect, it } from "vitest";
import { z } from "zod";

import { installationToken, request } from "./support/api.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub({
  app: {
    permissions: {
      contents: "write",
      pull_requests: "write",
      checks: "write",
      statuses: "write",
    },
    events: ["push", "pull_request", "merge_group"],
  },
});

const merge = (name: string, body: object = {}) => suite.api("PUT", `/repos/acme/${name}/pulls/1/merge`, body);
const pullState = async (name: string) => (await suite.api("GET", `/repos/acme/${name}/pulls/1`)).body.mergeable_state;

describe("a protected branch", () => {
  it("takes a merge only with approvals by people who may write, and without a wish for changes", async () => {
    const pull = await suite.pull("approvals");
    suite.github.protect({ ...pull, requiredApprovals: 1 });
    const refused = "At least 1 approving review is required by reviewers with write access.";
    expect(await merge("approvals")).toMatchObject({ status: 405, body: { message: refused } });
    expect(await pullState("approvals")).toBe("blocked");
    suite.github.setPermission({ ...pull, login: "reader", permission: "read" });
    await suite.github.review({ ...pull, by: "reader", event: "APPROVE" });
    expect((await merge("approvals")).body.message).toBe(refused);
    suite.github.setPermission({ ...pull, login: "ada", permission: "write" });
    await suite.github.review({ ...pull, by: "ada", event: "REQUEST_CHANGES", body: "no" });
    expect((await merge("approvals")).body.message).toBe("Changes have been requested.");
    const { id } = await suite.github.review({ ...pull, by: "ada", event: "APPROVE" });
    await suite.github.review({ ...pull, by: "ada", event: "COMMENT", body: "still fine" });
    expect(await pullState("approvals")).toBe("clean");
    await suite.github.dismissReview({ ...pull, id, message: "changed" });
    expect((await merge("approvals")).status).toBe(405);
    await suite.github.review({ ...pull, by: "ada", event: "APPROVE" });
    expect((await merge("approvals")).status).toBe(200);
  });

  it("takes a merge only when the required checks and statuses are green", async () => {
    const pull = await suite.pull("checks");
    const sha = pull.headSha;
    suite.github.protect({ ...pull, requiredChecks: ["e2e", "build"] });
    const said = async () => (await merge("checks")).body.message;
    expect(await said()).toBe("2 of 2 required status checks are expected.");
    await suite.github.reportCheck({ ...pull, sha, check: "e2e" });
    expect(await said()).toBe("2 of 2 required status checks have not succeeded: 1 pending, 1 expected.");
    await suite.github.reportCheck({ ...pull, sha, check: "e2e", conclusion: "success" });
    expect(await said()).toBe('Required status check "build" is expected.');
    await suite.github.status({ ...pull, sha, context: "build", state: "failure" });
    expect(await said()).toBe('Required status check "build" is failing.');
    await suite.github.status({ ...pull, sha, context: "build", state: "success" });
    expect((await merge("checks")).status).toBe(200);
  });

  it("takes only the methods that the repository allows", async () => {
    const pull = await suite.pull("methods");
    suite.github.protect({ ...pull, methods: ["squash"] });
    expect((await merge("methods")).body.message).toBe("Merge commits are not allowed on this repository.");
    const rebase = await merge("methods", { merge_method: "rebase" });
    expect(rebase).toMatchObject({
      status: 405,
      body: { message: "Rebase merges are not allowed on this repository." },
    });
    expect((await suite.api("GET", "/repos/acme/methods")).body).toMatchObject({
      allow_squash_merge: true,
      allow_merge_commit: false,
    });
    expect((await merge("methods", { merge_method: "squash" })).status).toBe(200);
  });

  it("can be made to have moved meanwhile", async () => {
    await suite.pull("moved");
    const message = "Base branch was modified. Review and try the merge again.";
    suite.github.injectFault({
      template: "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
      effect: { kind: "instead", status: 405, message },
    });
    expect(await merge("moved")).toMatchObject({ status: 405, body: { message } });
    expect((await merge("moved")).status).toBe(200);
  });
});

describe("a merged branch", () => {
  it("is deleted where the repository says so, and verified commits keep their badge", async () => {
    const ref = { owner: "acme", name: "cleaned" };
    await suite.github.createRepository({ ...ref, files: { a: "1" }, deleteBranchOnMerge: true });
    await suite.github.commit({ ...ref, branch: "x", files: { a: "2" } });
    const pull = await suite.github.openPull({ ...ref, head: "x", title: "X" });
    const { sha } = (await merge("cleaned")).body;
    expect((await suite.api("GET", "/repos/acme/cleaned/git/ref/heads/x")).status).toBe(404);
    expect(suite.github.pull(pull)).toMatchObject({ merged: true, mergeCommitSha: sha, mergedBy: "sluice[bot]" });
    expect((await suite.api("GET", `/repos/acme/cleaned/commits/${sha}`)).body.commit.verification.verified).toBe(true);
  });
});

/** What the endpoint may answer, as far as these tests look. */
const Answers = z.object({
  data: z.record(z.string(), z.unknown()).optional(),
  errors: z
    .array(z.object({ type: z.string().optional(), path: z.array(z.string()).optional(), message: z.string() }))
    .optional(),
  message: z.string().optional(),
});

describe("the merge queue", () => {
  const QUERY = `mutation Enqueue($input: EnqueuePullRequestInput!) {
    enqueuePullRequest(input: $input) { clientMutationId mergeQueueEntry { id position state headCommit { oid } } }
  }`;
  const graphql = (body: object, token = suite.token) =>
    fetch(`${suite.github.url}/api/graphql`, {
      method: "POST",
      headers: { authorization: `bearer ${token}` },
      body: JSON.stringify(body),
    }).then(async (response) => ({ status: response.status, body: Answers.parse(await response.json()) }));
  const enqueue = (input: object) => graphql({ query: QUERY, variables: { input } });

  it("is the only way in, and merges in order when it runs", async () => {
    const pull = await suite.pull("queue");
    suite.github.protect({ ...pull, mergeQueue: "by-hand" });
    expect(await merge("queue")).toMatchObject({
      status: 405,
      body: { message: "Changes must be made through the merge queue" },
    });
    const input = { pullRequestId: pull.nodeId, expectedHeadOid: pull.headSha, clientMutationId: "m1" };
    const entered = await enqueue(input);
    expect(entered).toMatchObject({
      status: 200,
      body: { data: { enqueuePullRequest: { clientMutationId: "m1", mergeQueueEntry: { position: 1 } } } },
    });
    expect(suite.github.pull(pull)).toMatchObject({ state: "open", queued: true });
    expect((await enqueue(input)).body.errors?.[0]?.message).toBe("Pull request is already in the queue");
    await suite.github.commit({ ...pull, branch: "second", files: { "b.txt": "b" } });
    const second = await suite.github.openPull({ ...pull, head: "second", title: "Second" });
    await enqueue({ pullRequestId: second.nodeId });
    expect(await suite.github.runMergeQueue(pull)).toEqual([1, 2]);
    expect(suite.github.pull(pull)).toMatchObject({ merged: true, queued: false, mergedBy: "github-merge-queue[bot]" });
    const { mergeCommitSha } = suite.github.pull(pull);
    expect(entered.body.data).toMatchObject({
      enqueuePullRequest: { mergeQueueEntry: { headCommit: { oid: mergeCommitSha } } },
    });
    const names = Object.keys(await branches("queue"));
    expect(names).toEqual(["change", "main", "second"]);
    const seen = suite.github.events.filter(
      (one) => one.event !== "push" && JSON.stringify(one).includes("acme/queue"),
    );
    expect(seen.map((one) => `${one.event}.${one.action}`)).toEqual([
      "installation_repositories.added",
      "pull_request.opened",
      "pull_request.enqueued",
      "merge_group.checks_requested",
      "pull_request.opened",
      "pull_request.enqueued",
      "merge_group.checks_requested",
      "pull_request.dequeued",
      "merge_group.destroyed",
      "pull_request.closed",
      "pull_request.dequeued",
      "merge_group.destroyed",
      "pull_request.closed",
    ]);
    expect(suite.github.countRequests({ template: "/graphql" })).toBe(3);
  });

  const branches = async (name: string): Promise<Record<string, string>> => {
    const { body } = await suite.api("GET", `/repos/acme/${name}/branches`);
    return Object.fromEntries(body.map((one: { name: string; commit: { sha: string } }) => [one.name, one.commit.sha]));
  };

  it("refuses a head that moved, rules that are not met, a branch without a queue, and what the caller may not", async () => {
    const pull = await suite.pull("refused");
    const input = { pullRequestId: pull.nodeId, expectedHeadOid: pull.headSha };
    const said = async (more: object = {}) => (await enqueue({ ...input, ...more })).body.errors?.[0];
    expect((await said())?.message).toContain("Merge queue is not enabled");
    suite.github.protect({ ...pull, mergeQueue: "by-hand", requiredChecks: ["e2e"] });
    expect(await said({ expectedHeadOid: pull.baseSha })).toEqual({
      type: "UNPROCESSABLE",
      path: ["enqueuePullRequest"],
      message: "Head branch was modified. Review and try the merge again.",
    });
    expect((await said())?.message).toBe('Pull request Required status check "e2e" is expected.');
    expect(await said({ pullRequestId: "nothing" })).toMatchObject({
      type: "NOT_FOUND",
      message: "Could not resolve to a node with the global id of 'nothing'",
    });
    const reading = await installationToken(suite.github, { permissions: { contents: "read" } });
    const refused = await graphql({ query: QUERY, variables: { input } }, reading);
    expect(refused.body.errors?.[0]).toMatchObject({ type: "FORBIDDEN" });
    expect((await graphql({ query: QUERY, variables: { input } }, "ghs_wrong")).status).toBe(401);
  });

  it("reads queries with inline input and aliases, and says what it does not know", async () => {
    const pull = await suite.pull("queries");
    suite.github.protect({ ...pull, mergeQueue: "by-hand" });
    const query = `mutation($id: ID!, $head: GitObjectID) {
      entered: enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { mergeQueueEntry { position } }
    }`;
    const problem = async (text: string) =>
      (await graphql({ query: text, variables: { id: pull.nodeId } })).body.errors?.[0]?.message;
    expect(await problem("{ viewer { login } }")).toBe('Cannot query field "viewer" on type "Query".');
    expect(await problem("mutation { enqueuePullRequest(input: {}) { clientMutationId } }")).toContain("pullRequestId");
    expect(await problem("mutation {")).toContain("Syntax Error");
    const answer = await graphql({ query, variables: { id: pull.nodeId, head: pull.headSha } });
    expect(answer.body).toEqual({ data: { entered: { mergeQueueEntry: { position: 1 } } } });
    const { body } = await request(suite.github, suite.token, "GET", "/repos/acme/queries/branches");
    expect(body).toHaveLength(3);
  });

  it("loses a pull request whose head moves or that is closed, and rebuilds a group whose base moved", async () => {
    const pull = await suite.pull("lost");
    suite.github.protect({ ...pull, mergeQueue: "by-hand" });
    await enqueue({ pullRequestId: pull.nodeId });
    await suite.github.commit({ ...pull, branch: "change", files: { "values.yaml": "image: a:8\n" } });
    expect(suite.github.pull(pull)).toMatchObject({ state: "open", queued: false });
    await enqueue({ pullRequestId: pull.nodeId });
    await suite.github.closePull(pull);
    expect(suite.github.pull(pull).queued).toBe(false);
    await suite.github.reopenPull(pull);
    await enqueue({ pullRequestId: pull.nodeId });
    await suite.github.commit({ ...pull, branch: "main", files: { "other.txt": "x" } });
    expect(await suite.github.runMergeQueue(pull)).toEqual([1]);
    const next = await suite.repository("conflict");
    await suite.github.commit({ ...next, branch: "change", files: { "values.yaml": "image: a:2\n" } });
    const other = await suite.github.openPull({ ...next, head: "change", title: "C" });
    suite.github.protect({ ...other, mergeQueue: "by-hand" });
    await enqueue({ pullRequestId: other.nodeId });
    await suite.github.commit({ ...other, branch: "main", files: { "values.yaml": "image: a:9\n" } });
    expect(await suite.github.runMergeQueue(other)).toEqual([]);
    expect(suite.github.pull(other)).toMatchObject({ state: "open", queued: false });
  });

  it("takes faults, such as an answer that is lost after the pull request entered", async () => {
    const pull = await suite.pull("faulty");
    suite.github.protect({ ...pull, mergeQueue: "by-hand" });
    suite.github.injectFault({ template: "/graphql", effect: { kind: "after", status: 502 } });
    expect((await enqueue({ pullRequestId: pull.nodeId })).status).toBe(502);
    expect(suite.github.pull(pull).queued).toBe(true);
  });

  it("runs by itself where it is told to", async () => {
    const pull = await suite.pull("itself");
    suite.github.protect({ ...pull, mergeQueue: "by-itself" });
    await enqueue({ pullRequestId: pull.nodeId, expectedHeadOid: pull.headSha });
    await suite.github.settled();
    expect(suite.github.pull(pull).merged).toBe(true);
  });
});
