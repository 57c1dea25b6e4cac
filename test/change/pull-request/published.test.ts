import { describe, expect, it } from "vitest";
import { type MergeRemark, mergePullRequest } from "../../../src/change/pull-request/merge.ts";
import { metadataOf } from "../../../src/change/pull-request/metadata.ts";
import {
  changesBetween,
  changesOfMerge,
  endedUnheard,
  inTurn,
  isUnsettled,
  publishedChanges,
  savePublished,
  saveSettled,
  standingOf,
  unsettledHeads,
} from "../../../src/change/pull-request/published.ts";
import { closePullRequest, settlePullRequest } from "../../../src/change/pull-request/settle.ts";
import { stageChanges } from "../../../src/edit/staged-tree.ts";
import type { PullRequest } from "../../../src/model/github.ts";
import type { TreeChange } from "../../../src/model/tree.ts";
import { type FakeChange, fakeChange } from "../../support/fake-change.ts";
import { memoryTree } from "../../support/memory-tree.ts";
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
    expect(world.github.repository.branches.get(branch)).toBe(pull.head.sha);
    expect(world.github.calls).not.toContain("advanceBranch");
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

  it("is of one branch and number, which cannot be cut in another place", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const context = await world.context();
    await savePublished(world.ports, context, { ...pull, number: 12 }, pull.head.sha, "");
    const record = await context.state.published(branch);
    if (record === undefined) throw new Error("nothing was published");
    const forged = { ...record, branch: `${branch}1`, pullRequest: 2 };
    await world.ports.state.publish(world.where, forged, signal);
    expect(await standingOf(context, { number: 2, head: { ...pull.head, ref: forged.branch } })).toBe("unknown");
  });

  it("is written down by the next run where the one that published it ended before", async () => {
    const world = fakeChange();
    const { state } = world.ports;
    const publish = () => Promise.reject(new Error("the process ended"));
    const dying: FakeChange = { ...world, ports: { ...world.ports, state: { ...state, publish } } };
    await expect(published(dying)).rejects.toThrow("the process ended");
    expect(await standing(world)).toBe("unknown");
    expect(await published(world)).toMatchObject({ how: "same" });
    expect(await standing(world)).toBe("current");
    expect(await tryMerge(world)).toBeUndefined();
  });

  it("is written down once", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const publish = () => Promise.reject(new Error("it is known"));
    const ports = { state: { ...world.ports.state, publish } };
    const context = await world.context();
    const changes = (await publishedChanges(context, pull)) ?? "";
    await savePublished(ports, context, pull, pull.head.sha, changes);
    await expect(savePublished(ports, context, pull, pull.head.sha, "other")).rejects.toThrow("it is known");
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

describe("the records of heads", () => {
  const ours = (name: string) => name.startsWith("sluice/note/");

  it("tell what the head of that pull request changes, and nothing of another one", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const context = await world.context();
    const changes = await changesOfMerge(context.repository, context.head, pull.head.sha);
    expect(await publishedChanges(context, pull)).toBe(changes);
    expect(await publishedChanges(context, { ...pull, number: 2 })).toBeUndefined();
    expect(await publishedChanges(context, { ...pull, head: { ...pull.head, sha: "f" } })).toBeUndefined();
    expect(await publishedChanges(context, { ...pull, head: { ...pull.head, ref: "other" } })).toBeUndefined();
  });

  it("that are not settled are those of our branches, written by this App", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const context = await world.context();
    const record = await context.state.published(branch);
    if (record === undefined) throw new Error("nothing was published");
    await world.ports.state.publish(world.where, { ...record, branch: "sluice/note/forged" }, signal);
    await savePublished(world.ports, context, { ...pull, head: { ...pull.head, ref: "sluice/other" } }, "f", "");
    const found = async () => (await unsettledHeads(context, ours)).map((one) => one.branch);
    expect(await found()).toEqual([branch]);
    expect(await isUnsettled(context, pull)).toBe(true);
    expect(await isUnsettled(context, { ...pull, number: 2 })).toBe(false);
    expect(await isUnsettled(context, { ...pull, head: { ...pull.head, ref: "sluice/note/none" } })).toBe(false);
    await saveSettled(world.ports, world.where, { ...pull, number: 2 }, signal);
    expect(await isUnsettled(context, pull)).toBe(true);
    await saveSettled(world.ports, world.where, pull, signal);
    expect(await found()).toEqual([]);
    expect(await isUnsettled(context, pull)).toBe(false);
  });

  it("tell which pull request ended without an event", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const context = await world.context();
    const ended = async (open?: number) =>
      (await endedUnheard(context, branch, open === undefined ? undefined : { number: open }))?.number;
    expect(await ended()).toBeUndefined();
    world.github.closePull(pull.number);
    expect([await ended(), await ended(2), await ended(pull.number)]).toEqual([1, 1, undefined]);
    for (const other of [{ byApp: false }, { head: { ...pull.head, ref: "other" } }]) {
      const before = world.github.pulls.get(pull.number);
      world.github.addPull({ ...pull, state: "closed", ...other });
      expect(await ended()).toBeUndefined();
      world.github.addPull({ ...pull, ...before });
    }
    await saveSettled(world.ports, world.where, pull, signal);
    expect(await ended()).toBeUndefined();
  });

  it("are settled twenty at a time, each sweep from another one on", () => {
    const some = (count: number, from = 0) => Array.from({ length: count }, (_, index) => (from + index) % 21);
    expect(inTurn(some(20), 90_000)).toEqual(some(20));
    expect(inTurn(some(21), 59_999)).toEqual(some(20));
    expect(inTurn(some(21), 60_000)).toEqual(some(20, 1));
    expect(inTurn(some(21), 23 * 60_000)).toEqual(some(20, 2));
  });
});

describe("what lies between two trees", () => {
  const before = memoryTree({ a: "1", b: "1" });
  const [write, run] = [false, true].map(
    (executable) => ({ kind: "write", path: "a", bytes: Buffer.from("2"), executable }) as const,
  );
  const changed = async (...changes: readonly (TreeChange | undefined)[]) => {
    const some = changes.filter((change) => change !== undefined);
    return (await stageChanges({ tree: before, objects: before.objects }, some)).tree;
  };

  it("is the same for the same files, in whatever order and with whatever stays besides", async () => {
    const both = await changed(write, { kind: "delete", path: "b" });
    const between = await changesBetween(before, both, ["a", "b"]);
    expect(await changesBetween(before, both, ["b", "a", "a"])).toBe(between);
    expect(await changesBetween(before, both, ["b", "c", "a"])).toBe(between);
  });

  it("is another one for other files, contents, modes and directions", async () => {
    const written = await changed(write);
    const all = [
      await changesBetween(before, before, ["a"]),
      await changesBetween(before, written, ["a"]),
      await changesBetween(written, before, ["a"]),
      await changesBetween(before, await changed(run), ["a"]),
      await changesBetween(before, await changed({ kind: "delete", path: "a" }), ["a"]),
      await changesBetween(before, await changed({ kind: "delete", path: "b" }), ["b"]),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("is unknown of a merge with a base that has no commit in common", async () => {
    const { github } = fakeChange();
    const alone = github.repository.commit({ a: "1" });
    expect(
      await changesOfMerge(github.repository, github.repository.branches.get("main") ?? "", alone),
    ).toBeUndefined();
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
