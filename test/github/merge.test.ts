import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PullSummary } from "../../sandbox/index.ts";
import type { GitHubRepository, MergeMethod } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
let pull: PullSummary;
let count = 0;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
  pull = await propose();
  await github.pullRequest(pull.number);
  world.asked();
});

async function propose(): Promise<PullSummary> {
  count += 1;
  const branch = `change-${count}`;
  await world.local.commit({ ...REPOSITORY, branch, files: { [`file-${count}`]: "1\n" } });
  return world.local.openPull({ ...REPOSITORY, head: branch, title: `Change ${count}` });
}

function merge(head = pull.headSha, method: MergeMethod = "merge") {
  return github.merge(pull.number, head, method);
}

function refuse(status: number, message: string): void {
  world.local.injectFault({
    method: "PUT",
    template: templateOf(ROUTES.mergePull),
    effect: { kind: "instead", status, message },
  });
}

describe("a merge", () => {
  it.each(["merge", "squash", "rebase"] as const)("by %s costs one request and tells what it made", async (method) => {
    const result = await merge(pull.headSha, method);
    expect(result).toEqual({ kind: "merged", sha: world.local.pull(pull).mergeCommitSha });
    expect(world.asked()).toEqual([ROUTES.mergePull]);
  });

  it("of another head than the one that was judged is not made", async () => {
    await world.local.commit({ ...REPOSITORY, branch: pull.headRef, files: { more: "1\n" } });
    expect((await merge()).kind).toBe("moved");
    expect(world.local.pull(pull).merged).toBe(false);
  });

  it("that was made already is made", async () => {
    const first = await merge();
    expect(await merge()).toEqual(first);
    expect(await (await world.github(world.fresh())).merge(pull.number, pull.headSha, "squash")).toEqual(first);
  });

  it.each([{ kind: "reset" }, { kind: "after", status: 502 }] as const)(
    "whose answer was lost is looked for, and made once: %o",
    async (effect) => {
      world.local.injectFault({ method: "PUT", template: templateOf(ROUTES.mergePull), effect });
      expect(await merge()).toEqual({ kind: "merged", sha: world.local.pull(pull).mergeCommitSha });
      expect(world.asked()).toEqual([ROUTES.mergePull, ROUTES.pull]);
    },
  );

  it("that was not made, with no answer, is for the queue to try again", async () => {
    refuse(502, "Bad Gateway");
    await expect(merge()).rejects.toMatchObject({ kind: "unavailable" });
    expect(await merge()).toMatchObject({ kind: "merged" });
  });

  it("that conflicts with the base is a conflict", async () => {
    const file = `file-${count}`;
    await world.local.commit({ ...REPOSITORY, branch: "main", files: { [file]: "another\n" } });
    expect(await merge()).toMatchObject({ kind: "conflict" });
  });

  it("of one that was closed, or is a draft, is refused with that reason", async () => {
    await world.local.closePull(pull);
    expect(await merge()).toEqual({ kind: "refused", reason: "the pull request is closed" });
    await world.local.commit({ ...REPOSITORY, branch: "unfinished", files: { unfinished: `${count}\n` } });
    pull = await world.local.openPull({ ...REPOSITORY, head: "unfinished", title: "Unfinished", draft: true });
    expect(await merge()).toEqual({ kind: "refused", reason: "the pull request is a draft" });
  });

  it.each([
    [405, "Base branch was modified. Review and try the merge again.", "retry"],
    [405, "Changes must be made through the merge queue", "queue"],
    [405, 'Required status check "build" is expected.', "refused"],
    [405, "At least 1 approving review is required by reviewers with write access.", "refused"],
    [405, "Squash merges are not allowed on this repository.", "refused"],
    [409, "Head branch was modified. Review and try the merge again.", "moved"],
    [409, "Something about the head", "moved"],
    [409, "Merge conflict", "conflict"],
    [422, "Validation Failed", "refused"],
  ])("answered %i %s is %s, with GitHub's words", async (status, message, kind) => {
    refuse(status, message);
    expect(await merge()).toEqual({ kind, reason: message });
    expect(world.asked()).toEqual([ROUTES.mergePull]);
  });

  it("that GitHub calls not mergeable though nothing stands against it is to be tried again", async () => {
    refuse(405, "Pull Request is not mergeable");
    expect(await merge()).toEqual({ kind: "retry", reason: "Pull Request is not mergeable" });
    expect(world.asked()).toEqual([ROUTES.mergePull, ROUTES.pull]);
  });

  it("into a protected branch is refused with what is missing, and made once it is there", async () => {
    const other = edgeWorld(await startLocal());
    other.local.user("octo");
    other.local.setPermission({ ...REPOSITORY, login: "octo", permission: "write" });
    other.local.protect({ ...REPOSITORY, requiredApprovals: 1, requiredChecks: ["build"], methods: ["squash"] });
    github = await other.github();
    const { number, headSha } = other.pull;
    expect(await github.merge(number, headSha, "squash")).toMatchObject({ kind: "refused" });
    await other.local.review({ ...other.pull, by: "octo", event: "APPROVE" });
    await other.local.reportCheck({ ...REPOSITORY, sha: headSha, check: "build", conclusion: "success" });
    const wrong = await github.merge(number, headSha, "merge");
    expect(wrong).toMatchObject({ kind: "refused", reason: expect.stringContaining("not allowed") });
    expect(await github.merge(number, headSha, "squash")).toMatchObject({ kind: "merged" });
    await other.local.close();
  });
});
