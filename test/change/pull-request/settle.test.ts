import { describe, expect, it } from "vitest";
import { discardedOf } from "../../../src/change/pull-request/metadata.ts";
import { standingOf } from "../../../src/change/pull-request/published.ts";
import { closePullRequest, finishClosing, settlePullRequest } from "../../../src/change/pull-request/settle.ts";
import { UserError } from "../../../src/model/errors.ts";
import type { PullRequest } from "../../../src/model/github.ts";
import type { Decision } from "../../../src/model/state.ts";
import { type FakeChange, fakeChange } from "../../support/fake-change.ts";
import { branch, format, type Note, published } from "./support.ts";

const signal = AbortSignal.timeout(600_000);

function decision(pull: PullRequest): Decision {
  return {
    kind: "promoted",
    id: `merged-${pull.number}`,
    at: "2026-11-21T14:00:00Z",
    by: "ada",
    environment: "staging",
    apps: ["web"],
    pullRequest: pull.number,
    commit: pull.head.sha,
    versions: { web: [{ image: "acme/web", from: "1", to: "2" }] },
  };
}

/** A pull request that was merged, with its metadata. */
async function merged(world: FakeChange): Promise<{ pull: PullRequest; metadata: Note }> {
  const { pull, head, now } = await published(world);
  world.github.repository.branches.set("main", head);
  return { pull: world.github.closePull(pull.number, head), metadata: now };
}

function settle(world: FakeChange, pull: PullRequest, metadata: Note, deletesUnmerged = false): Promise<boolean> {
  const settlement = { metadata, decisions: async () => [decision(pull)], deletesUnmerged };
  return settlePullRequest(world.ports, world.where, pull, settlement, signal);
}

describe("a merged pull request", () => {
  it("is in the history once, however often it is settled, and its branch goes", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    expect(await settle(world, pull, metadata)).toBe(true);
    expect(await settle(world, pull, metadata)).toBe(true);
    expect(world.decisions.map(({ id }) => id)).toEqual(["merged-1"]);
    expect(world.github.repository.branches.has(branch)).toBe(false);
  });

  it("loses its branch also when GitHub no longer knows of it", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    world.github.pulls.delete(pull.number);
    await settle(world, pull, metadata);
    expect(world.github.repository.branches.has(branch)).toBe(false);
  });

  it("leaves a branch alone that a person pushed to after the merge", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    const theirs = await world.push(branch, { theirs: "Not to be lost.\n" });
    await settle(world, pull, metadata);
    expect(world.github.repository.branches.get(branch)).toBe(theirs);
  });

  it("leaves a branch alone that is a later pull request's by now", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    const next = await published(world, { version: "2" });
    await settle(world, pull, metadata);
    expect(world.github.repository.branches.get(branch)).toBe(next.head);
  });

  it("says no more of a broken history than is known", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    const record = () => Promise.reject(new UserError("input", "history/staging/web.yaml is broken"));
    await settle({ ...world, ports: { ...world.ports, state: { ...world.ports.state, record } } }, pull, metadata);
    expect(world.github.comments.get(`${pull.number}/history`)).toBe(
      "This merge is not in the history: history/staging/web.yaml is broken.",
    );
  });

  it("fails where the history cannot be written for another reason, for the queue to try again", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    const record = () => Promise.reject(new Error("no network"));
    const broken = { ...world, ports: { ...world.ports, state: { ...world.ports.state, record } } };
    await expect(settle(broken, pull, metadata)).rejects.toThrow("no network");
    expect(world.github.comments.size).toBe(0);
  });

  it("says nothing of environments when it went into another branch", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    expect(await settle(world, { ...pull, base: { ...pull.base, ref: "other" } }, metadata)).toBe(false);
    expect(await settle(world, { ...pull, defaultBranch: "trunk" }, metadata)).toBe(false);
    expect(world.decisions).toEqual([]);
  });

  it("tells people when the history is broken, and does the rest", async () => {
    const world = fakeChange();
    const { pull, metadata } = await merged(world);
    const record = () =>
      Promise.reject(new UserError("input", "history/staging/web.yaml is broken", { fix: "Fix line 3." }));
    const broken = { ...world, ports: { ...world.ports, state: { ...world.ports.state, record } } };
    expect(await settle(broken, pull, metadata)).toBe(true);
    expect(world.github.comments.get(`${pull.number}/history`)).toBe(
      "This merge is not in the history: history/staging/web.yaml is broken. Fix line 3.",
    );
    expect(world.github.repository.branches.has(branch)).toBe(false);
  });
});

describe("a pull request that a person closed", () => {
  it("keeps its branch, or loses it where closing declines it", async () => {
    const world = fakeChange();
    const { pull, head, now } = await published(world);
    const closed = world.github.closePull(pull.number);
    expect(await settle(world, closed, now)).toBe(false);
    expect(world.github.repository.branches.get(branch)).toBe(head);
    await settle(world, closed, now, true);
    expect(world.github.repository.branches.has(branch)).toBe(false);
    expect(world.decisions).toEqual([]);
  });

  it("keeps its branch where a later one has it at the same head", async () => {
    const world = fakeChange();
    const { pull, now, head } = await published(world);
    const closed = world.github.closePull(pull.number);
    expect(await published(world)).toMatchObject({ how: "opened", head });
    await settle(world, closed, now, true);
    expect(world.github.repository.branches.get(branch)).toBe(head);
  });

  it("keeps its branch when the last commits are a person's", async () => {
    const world = fakeChange();
    const { pull, now } = await published(world);
    const theirs = await world.push(branch, { theirs: "Not to be lost.\n" });
    await settle(world, world.github.closePull(pull.number), now, true);
    expect(world.github.repository.branches.get(branch)).toBe(theirs);
  });
});

describe("a pull request of which nothing is left to do", () => {
  const text = "Closed: it has it.";

  it("is closed with the reason, its metadata counts no longer, and its branch goes", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    expect(await closePullRequest(world.ports, await world.context(), pull, { format, text })).toBe(true);
    const closed = await world.github.pullRequest(pull.number);
    expect(closed.state).toBe("closed");
    expect(format.parse(closed.body, branch, world.ports.signer.of(1))).toBeUndefined();
    expect(discardedOf(format, closed, world.ports.signer)).toMatchObject({ version: "1" });
    expect(discardedOf(format, pull, world.ports.signer)).toBeUndefined();
    expect(world.github.comments.get(`${pull.number}/closed`)).toBe(text);
    expect(world.github.repository.branches.has(branch)).toBe(false);
  });

  it("is done with by the next run where the one that closed it ended then", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    const publish = () => Promise.reject(new Error("the process ended"));
    const ports = { ...world.ports, state: { ...world.ports.state, publish } };
    await expect(closePullRequest(ports, await world.context(), pull, { format, text })).rejects.toThrow("ended");
    const closed = await world.github.pullRequest(pull.number);
    expect(closed.state).toBe("closed");
    expect(await standingOf(await world.context(), closed)).toBe("current");
    await finishClosing(world.ports, world.where, closed, signal);
    expect(await standingOf(await world.context(), closed)).toBe("settled");
    expect(world.github.repository.branches.has(branch)).toBe(false);
  });

  it("stays open when a person pushed to it", async () => {
    const world = fakeChange();
    await published(world);
    await world.push(branch, { theirs: "Not to be lost.\n" });
    const pull = await world.github.pullRequest(1);
    expect(await closePullRequest(world.ports, await world.context(), pull, { format, text })).toBe(false);
    expect((await world.github.pullRequest(1)).state).toBe("open");
  });

  it("keeps its branch when a person pushes to it while it is closed", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    let theirs = "";
    world.github.before("deleteBranch", async () => {
      theirs = await world.push(branch, { theirs: "Not to be lost.\n" });
    });
    await closePullRequest(world.ports, await world.context(), pull, { format, text });
    expect(world.github.repository.branches.get(branch)).toBe(theirs);
  });
});
