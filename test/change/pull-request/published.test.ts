import { describe, expect, it } from "vitest";
import { type MergeRemark, mergePullRequest } from "../../../src/change/pull-request/merge.ts";
import { metadataOf } from "../../../src/change/pull-request/metadata.ts";
import { standingOf } from "../../../src/change/pull-request/published.ts";
import { closePullRequest, settlePullRequest } from "../../../src/change/pull-request/settle.ts";
import type { PullRequest } from "../../../src/model/github.ts";
import { type FakeChange, fakeChange } from "../../support/fake-change.ts";
import { branch, format, published } from "./support.ts";

const signal = AbortSignal.timeout(600_000);

async function tryMerge(world: FakeChange, number = 1): Promise<MergeRemark> {
  const pull = await world.github.pullRequest(number);
  return mergePullRequest(world.ports, await world.context(), pull, {
    target: { app: "web", environment: "staging" },
    replan: { type: "promotions", ...world.where, defaultBranch: "main" },
    evaluate: { type: "gates", ...world.where, pullRequest: number },
    reviews: [],
  });
}

async function standing(world: FakeChange, number = 1): Promise<string> {
  return standingOf(await world.context(), await world.github.pullRequest(number));
}

/** Puts a branch where somebody with write access wants it, by force. */
function force({ github }: FakeChange, head: string): void {
  github.repository.branches.set(branch, head);
}

/** A pull request of a person that is in everything else a copy of Sluice's. */
function copyOf({ github }: FakeChange, pull: PullRequest, more: Partial<PullRequest> = {}): PullRequest {
  return github.addPull({ ...pull, number: 9, author: "mallory", byApp: false, ...more });
}

describe("s1-seal-of-another-repository: what is signed", () => {
  it("is nothing in a repository with another number, whatever its name", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const { signer } = world.ports;
    expect(metadataOf(format, pull, signer)).toMatchObject({ version: "1" });
    expect(metadataOf(format, { ...pull, repositoryId: 2 }, signer)).toBeUndefined();
    const made = { ...(await world.context()), repositoryId: 2, signer: signer.of(2) };
    expect(await standingOf(made, pull)).toBe("unknown");
  });

  it("is nothing on a pull request that the App did not open, or of a fork", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    expect(metadataOf(format, { ...pull, byApp: false }, world.ports.signer)).toBeUndefined();
    expect(metadataOf(format, { ...pull, fork: true }, world.ports.signer)).toBeUndefined();
  });

  it("does not make a person's pull request Sluice's to update, to merge or to close", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    world.github.closePull(pull.number);
    const theirs = copyOf(world, pull);
    await expect(published(world, { version: "2" })).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("opened by mallory, not by Sluice"),
    });
    expect(await tryMerge(world, theirs.number)).toContain("not the one that Sluice published last");
    expect(await closePullRequest(world.ports, await world.context(), theirs, { format, text: "x" })).toBe(false);
    expect(world.github.pulls.get(theirs.number)).toMatchObject({ state: "open", body: pull.body });
  });
});

describe("s2-replay-of-an-old-promotion: a head", () => {
  it("counts for the pull request that it was published for, as long as it is the last", async () => {
    const world = fakeChange();
    const first = await published(world);
    expect(await standing(world)).toBe("current");
    const second = await published(world, { version: "2" });
    expect(await standing(world)).toBe("current");
    // An older head of Sluice's own with the description that it had.
    force(world, first.head);
    await world.github.updatePullRequest(1, { body: first.pull.body });
    expect(await standing(world)).toBe("other");
    expect(await tryMerge(world)).toContain("not the one that Sluice published last");
    force(world, second.head);
    expect(await tryMerge(world)).toBeUndefined();
  });

  it("is used up when its pull request is closed, by a person or by Sluice, and opened again", async () => {
    for (const by of ["person", "sluice"] as const) {
      const world = fakeChange();
      const { pull, head, now } = await published(world);
      if (by === "sluice")
        await closePullRequest(world.ports, await world.context(), pull, { format, text: "Nothing left." });
      else {
        const closed = world.github.closePull(pull.number);
        const settlement = { metadata: now, decisions: async () => [], deletesUnmerged: false };
        await settlePullRequest(world.ports, world.where, closed, settlement, signal);
      }
      force(world, head);
      await world.github.updatePullRequest(pull.number, { state: "open", body: pull.body });
      expect(await standing(world)).toBe("settled");
      expect(await tryMerge(world)).toContain("not the one that Sluice published last");
    }
  });

  it("is used up when another pull request of the branch followed, also where the record of that is what it was", async () => {
    const world = fakeChange();
    const first = await published(world);
    const before = await (await world.context()).state.published(branch);
    world.github.closePull(1);
    const second = await published(world, { version: "2" });
    expect(second.pull.number).toBe(2);
    // Whoever may push can put the state branch back to what it said.
    if (before === undefined) throw new Error("nothing was published");
    await world.ports.state.publish(world.where, before, signal);
    force(world, first.head);
    await world.github.updatePullRequest(2, { body: first.pull.body });
    expect(await standing(world, 2)).toBe("settled");
    expect(await tryMerge(world, 2)).toContain("not the one that Sluice published last");
  });

  it("does not count by a record that was changed by hand", async () => {
    const world = fakeChange();
    await published(world);
    const record = await (await world.context()).state.published(branch);
    if (record === undefined) throw new Error("nothing was published");
    const theirs = await world.push(branch, { theirs: "mine now" });
    for (const change of [{ head: theirs }, { pullRequest: 2 }, { changes: "0" }, { settled: true }]) {
      await world.ports.state.publish(world.where, { ...record, ...change }, signal);
      expect(await standing(world)).toBe("unknown");
    }
  });

  it("counts again when the change is planned again by who may", async () => {
    const world = fakeChange();
    const { pull, now } = await published(world);
    const closed = world.github.closePull(pull.number);
    const settlement = { metadata: now, decisions: async () => [], deletesUnmerged: false };
    await settlePullRequest(world.ports, world.where, closed, settlement, signal);
    await world.github.updatePullRequest(pull.number, { state: "open" });
    expect(await published(world)).toMatchObject({ how: "same" });
    expect(await standing(world)).toBe("current");
  });
});

describe("before a merge, what the head brings to its base", () => {
  it("is compared with the plan, byte for byte: a base that was put back brings more than that", async () => {
    const world = fakeChange();
    const before = world.github.repository.branches.get("main") ?? "";
    await world.push("main", { ".github/workflows/x.yaml": "on: push\n" });
    await published(world);
    // By force: the merge would bring what was taken from the base.
    world.github.repository.branches.set("main", before);
    expect(await tryMerge(world)).toContain("something else than what was planned");
    expect(world.queue.jobs).toMatchObject([{ type: "promotions" }]);
    expect(world.github.calls).not.toContain("merge");
  });

  it("is the plan also after the base moved on, and after it was merged into the branch", async () => {
    const world = fakeChange();
    await published(world);
    await world.push("main", { "README.md": "more" });
    await published(world);
    await published(world, { version: "2" });
    await world.push("main", { "README.md": "and more" });
    expect(await tryMerge(world)).toBeUndefined();
  });
});
