import { describe, expect, it } from "vitest";
import { type MergeRemark, mergePullRequest } from "../../../src/change/pull-request/merge.ts";
import type { MergeResult, Review } from "../../../src/model/github-repository.ts";
import { type FakeChange, fakeChange } from "../../support/fake-change.ts";
import { published } from "./support.ts";

async function merge(world: FakeChange, answer?: MergeResult): Promise<MergeRemark> {
  const { pull } = await published(world);
  world.github.nextMerge = answer;
  return mergePullRequest(world.ports, await world.context(), pull, {
    target: { app: "web", environment: "staging" },
    replan: { type: "promotions", ...world.where, defaultBranch: "main" },
    evaluate: { type: "gates", ...world.where, pullRequest: pull.number },
    reviews: [],
  });
}

describe("a merge by Sluice", () => {
  it("is of the head that was evaluated", async () => {
    const world = fakeChange();
    expect(await merge(world)).toBeUndefined();
    expect(world.github.pulls.get(1)).toMatchObject({ merged: true });
  });

  it("is done by the method that the target's settings say", async () => {
    const methods = async (target: { app: string; environment: string }) => {
      const apps = "apps:\n  web: { environments: { staging: { promote: { method: rebase } } } }\n";
      const environments =
        "environments:\n  - { name: staging, path: 'apps/{app}/staging', promote: { method: merge } }\n";
      const world = fakeChange({ ".sluice.yaml": `version: 1\n${environments}${apps}` });
      const { pull } = await published(world);
      const used: string[] = [];
      const merging: FakeChange["github"]["merge"] = async (number, head, method) => {
        used.push(`${number} ${head === pull.head.sha} ${method}`);
        return { kind: "merged", sha: head };
      };
      const context = { ...(await world.context()), github: { ...world.github, merge: merging } };
      const job = { type: "promotions", ...world.where, defaultBranch: "main" } as const;
      await mergePullRequest(world.ports, context, pull, { target, replan: job, evaluate: job, reviews: [] });
      return used;
    };
    expect(await methods({ app: "web", environment: "staging" })).toEqual(["1 true rebase"]);
    expect(await methods({ app: "api", environment: "staging" })).toEqual(["1 true merge"]);
  });

  it("leaves to people what names no target", async () => {
    const world = fakeChange({ version: "0" });
    const { pull } = await published(world);
    const job = { type: "promotions", ...world.where, defaultBranch: "main" } as const;
    const order = { target: undefined, replan: job, evaluate: job, reviews: [] };
    expect(await mergePullRequest(world.ports, await world.context(), pull, order)).toContain("names no app");
    expect(world.github.calls).not.toContain("merge");
  });

  it("waits for another plan when the base changed the same file in another way", async () => {
    const world = fakeChange({ version: "0" });
    await published(world);
    await world.push("main", { version: "0.5" });
    const pull = await world.github.pullRequest(1);
    const replan = { type: "promotions", ...world.where, defaultBranch: "main" } as const;
    const evaluate = { type: "gates", ...world.where, pullRequest: 1 } as const;
    const order = { target: undefined, replan, evaluate, reviews: [] };
    expect(await mergePullRequest(world.ports, await world.context(), pull, order)).toContain("planned again");
    expect(world.queue.jobs).toEqual([replan]);
    expect(world.github.calls).not.toContain("merge");
  });

  it("evaluates the head again when it is another one by now", async () => {
    const world = fakeChange();
    expect(await merge(world, { kind: "moved", reason: "Head branch was modified" })).toBeUndefined();
    expect(world.queue.jobs).toMatchObject([{ type: "gates" }]);
  });

  it.each(["retry", "conflict"] as const)("is tried later when GitHub says %s", async (kind) => {
    await expect(merge(fakeChange(), { kind, reason: "Base branch was modified" })).rejects.toMatchObject({
      name: "Fault",
      kind: "unavailable",
    });
  });

  it("goes through the merge queue where there is one", async () => {
    const world = fakeChange();
    expect(await merge(world, { kind: "queue", reason: "use the queue" })).toBe("It is in the merge queue.");
    expect(world.github.calls.at(-1)).toBe("enqueue");
  });

  it("says what GitHub refuses", async () => {
    expect(await merge(fakeChange(), { kind: "refused", reason: "2 approvals" })).toBe(
      "GitHub does not merge it: 2 approvals",
    );
  });
});

describe("what happened while a pull request was evaluated", () => {
  async function mergeAfter(meanwhile: (world: FakeChange) => unknown, reviews: readonly Review[] = []) {
    const world = fakeChange();
    const { pull } = await published(world);
    const context = await world.context();
    world.github.reviewsOf.set(1, [...reviews]);
    await meanwhile(world);
    const evaluate = { type: "gates", ...world.where, pullRequest: 1 } as const;
    const replan = { type: "promotions", ...world.where, defaultBranch: "main" } as const;
    const target = { app: "web", environment: "staging" };
    const remark = await mergePullRequest(world.ports, context, pull, { target, replan, evaluate, reviews });
    return { remark, jobs: world.queue.jobs, merged: world.github.calls.includes("merge") };
  }
  const held = {
    kind: "held",
    id: "h",
    at: "2026-11-21T13:59:00Z",
    by: "ada",
    environment: "staging",
    apps: [],
  } as const;
  const objection = { id: 1, user: "eve", bot: false, state: "changes-requested", commit: "abc", at: "" } as const;
  const signal = AbortSignal.timeout(600_000);

  it.each<[string, (world: FakeChange) => unknown]>([
    ["a hold", ({ ports, where }) => ports.state.record(where, held, signal)],
    ["a push to the base", ({ push }) => push("main", { other: "1" })],
    ["an objection", ({ github }) => github.reviewsOf.set(1, [objection])],
    ["another description", ({ github }) => github.updatePullRequest(1, { body: "" })],
  ])("has it evaluated again instead of merged: %s", async (_, meanwhile) => {
    expect(await mergeAfter(meanwhile)).toMatchObject({ remark: undefined, jobs: [{ type: "gates" }], merged: false });
  });

  it("is nothing, as a rule", async () => {
    expect(await mergeAfter(() => undefined)).toMatchObject({ jobs: [], merged: true });
    expect(await mergeAfter(() => undefined, [objection])).toMatchObject({ jobs: [], merged: true });
  });

  it.each<[string, Partial<Review>]>([
    ["of another kind", { state: "approved" }],
    ["by somebody else", { user: "bob" }],
    ["of another commit", { commit: "def" }],
    ["after the one before", { id: 2 }],
  ])("may be a review in place of another one: %s", async (_, other) => {
    const meanwhile = ({ github }: FakeChange) => github.reviewsOf.set(1, [{ ...objection, ...other }]);
    expect(await mergeAfter(meanwhile, [objection])).toMatchObject({ jobs: [{ type: "gates" }], merged: false });
  });
});
