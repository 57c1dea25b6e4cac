import { describe, expect, it } from "vitest";
import { Moved } from "../../../src/change/pull-request/branch.ts";
import { missingLabels } from "../../../src/change/pull-request/publish.ts";
import { type FakeChange, fakeChange } from "../../support/fake-change.ts";
import { branch, bring, format, published } from "./support.ts";

const writing = ["commit", "createBranch", "openPullRequest", "requestReviewers", "setLabelsAndAssignees"];

/** The calls of GitHub since then. */
function since({ github }: FakeChange, before: number): readonly string[] {
  return github.calls.slice(before);
}

describe("a pull request of a plan", () => {
  it("opens with its metadata in the body, is shown to reviewers, and is labelled last", async () => {
    const world = fakeChange();
    const { pull, head, how } = await published(world);
    expect(how).toBe("opened");
    expect(world.github.calls).toEqual(writing);
    expect(world.github.repository.branches.get(branch)).toBe(head);
    expect(format.parse(pull.body, branch, world.ports.signer.of(1))).toEqual({
      base: "main",
      head,
      version: "1",
      render: "1",
    });
    expect(world.github.pulls.get(pull.number)).toMatchObject({ title: "Bring 1", labels: ["note"] });
    expect(world.github.requested.get(pull.number)).toEqual(["grace", "release"]);
    expect(world.github.assignees.get(pull.number)).toEqual(["ada"]);
  });

  it("is shown to nobody, and gets no labels, where nothing says so", async () => {
    const world = fakeChange();
    await published(world, { unshown: true });
    expect(world.github.calls).toEqual(["commit", "createBranch", "openPullRequest"]);
  });

  it("is opened although not every reviewer could be asked, which the log says", async () => {
    const world = fakeChange();
    const requestReviewers = async () => ({ refused: "grace is no collaborator" });
    const github = { ...world.github, requestReviewers };
    expect(await published(world, { from: { ...(await world.context()), github } })).toMatchObject({ how: "opened" });
    expect(world.lines.filter((line) => line.includes("not every reviewer"))).toHaveLength(1);
  });

  it("misses the labels that it does not have, whatever their case", () => {
    expect(missingLabels({ labels: ["Note", "web"] }, ["note", "new", "new", "WEB", "Other"])).toEqual([
      "new",
      "Other",
    ]);
  });

  it("is left alone when nothing changed", async () => {
    const world = fakeChange();
    await bring(world);
    const before = world.github.calls.length;
    expect(await published(world)).toMatchObject({ how: "same" });
    expect(since(world, before)).toEqual(["pullRequestOf"]);
  });

  it("is updated in place: the branch moves to a merge with the base, never by force", async () => {
    const world = fakeChange();
    const first = await published(world);
    const base = await world.push("main", { "README.md": "more" });
    const second = await published(world, { version: "2" });
    expect(second).toMatchObject({ how: "updated", pull: { number: first.pull.number, title: "Bring 2" } });
    const [commit] = await world.github.repository.log({ to: second.head, limit: 1 });
    expect(commit?.parents).toEqual([first.head, base]);
    expect(world.github.comments.get(`${first.pull.number}/update`)).toBe("1 → 2");
    expect(format.parse(second.pull.body, branch, world.ports.signer.of(1))).toMatchObject({
      version: "2",
      head: second.head,
    });
    const third = await published(world, { version: "3" });
    const [next] = await world.github.repository.log({ to: third.head, limit: 1 });
    expect(next?.parents).toEqual([second.head]);
  });

  it("takes in a base that changed what it is planned on, though none of its files", async () => {
    const world = fakeChange();
    const fork = world.github.repository.branches.get("main");
    const first = await published(world);
    const base = await world.push("main", { "README.md": "more" });
    const asked: string[] = [];
    const stands = (is: boolean) => async (commit: string) => asked.push(commit) > 0 && is;
    expect(await published(world, { standsOn: stands(true) })).toMatchObject({ how: "same" });
    const moved = await published(world, { standsOn: stands(false) });
    expect(moved).toMatchObject({ how: "updated", before: { head: first.head } });
    const [commit] = await world.github.repository.log({ to: moved.head, limit: 1 });
    expect(commit?.parents).toEqual([first.head, base]);
    expect(asked).toEqual([fork, fork]);
  });

  it("is opened again when a person closed the one before, unless that declines it", async () => {
    const world = fakeChange();
    const { pull } = await published(world, { declinable: true });
    world.github.closePull(pull.number);
    expect(await bring(world, { declinable: true })).toEqual({ rounds: 1, result: "declined" });
    expect(world.github.repository.branches.has(branch)).toBe(false);
    const before = world.github.calls.length;
    expect(await bring(world, { declinable: true })).toEqual({ rounds: 1, result: "declined" });
    expect(since(world, before)).toEqual(["pullRequestOf"]);
    expect(await published(world, { version: "2", declinable: true })).toMatchObject({ how: "opened" });
    world.github.closePull(2);
    expect(await published(world, { version: "2" })).toMatchObject({ how: "opened" });
  });
});

describe("approvals", () => {
  async function approved(): Promise<{ world: FakeChange; number: number }> {
    const world = fakeChange();
    const { pull } = await published(world, { render: "same" });
    const review = { id: 5, user: "mona", bot: false, commit: pull.head.sha, at: "2026-11-21T14:00:00Z" };
    world.github.reviewsOf.set(pull.number, [
      { ...review, state: "approved" },
      { ...review, id: 6, user: "hubot", state: "commented" },
    ]);
    return { world, number: pull.number };
  }
  const states = ({ github }: FakeChange, number: number) => github.reviewsOf.get(number)?.map(({ state }) => state);

  it("stay when the render is the same", async () => {
    const { world, number } = await approved();
    expect(await published(world, { version: "2", render: "same" })).toMatchObject({ how: "updated", dismissed: [] });
    expect(states(world, number)).toEqual(["approved", "commented"]);
  });

  it("are dismissed when the render changed, before the body says so", async () => {
    const { world, number } = await approved();
    const before = world.github.calls.length;
    expect(await published(world, { version: "2" })).toMatchObject({ how: "updated", dismissed: ["mona"] });
    expect(states(world, number)).toEqual(["dismissed", "commented"]);
    const calls = since(world, before);
    expect(calls.indexOf("dismissReview")).toBeLessThan(calls.indexOf("updatePullRequest"));
  });

  it("are dismissed when nobody knows what they were for", async () => {
    const { world, number } = await approved();
    await world.github.updatePullRequest(number, { body: "Somebody took the metadata out." });
    expect(await published(world, { render: "same" })).toMatchObject({ dismissed: ["mona"], before: undefined });
  });
});

describe("a run that ended in the middle", () => {
  const gone = new Error("the process ended");
  const fail = () => {
    throw gone;
  };

  it("leaves a branch from which the next one opens the pull request", async () => {
    const world = fakeChange();
    world.github.before("openPullRequest", fail);
    await expect(bring(world)).rejects.toThrow(gone);
    const head = world.github.repository.branches.get(branch);
    const before = world.github.calls.length;
    expect(await published(world)).toMatchObject({ how: "opened", head });
    expect(since(world, before)).not.toContain("commit");
  });

  it("leaves a branch that is made again when the plan is another one by now", async () => {
    const world = fakeChange();
    world.github.before("openPullRequest", fail);
    await expect(bring(world)).rejects.toThrow(gone);
    const left = world.github.repository.branches.get(branch);
    const { how, head } = await published(world, { version: "2" });
    expect(how).toBe("opened");
    expect(head).not.toBe(left);
    expect(await world.github.repository.isAncestor(left ?? "", head)).toBe(false);
  });

  it("leaves a pull request without labels, which the next one shows to people", async () => {
    const world = fakeChange();
    world.github.before("setLabelsAndAssignees", fail);
    await expect(bring(world)).rejects.toThrow(gone);
    expect(await published(world)).toMatchObject({ how: "same", pull: { number: 1 } });
    expect(world.github.pulls.get(1)?.labels).toEqual(["note"]);
    expect(world.github.pulls.size).toBe(1);
  });

  it("leaves a head with the description of the one before, which the next one brings up to date", async () => {
    const world = fakeChange();
    await bring(world);
    world.github.before("updatePullRequest", fail);
    await expect(bring(world, { version: "2" })).rejects.toThrow(gone);
    expect(await published(world, { version: "2" })).toMatchObject({ how: "updated", pull: { title: "Bring 2" } });
  });
});

describe("when somebody else moves first", () => {
  it("all is planned again, and what the other one made is adopted", async () => {
    const world = fakeChange();
    const from = await world.context();
    const other = await published(world);
    const { rounds, result } = await bring(world, { from });
    expect(rounds).toBe(2);
    expect(result).toMatchObject({ how: "same", head: other.head, pull: { number: other.pull.number } });
  });

  it("a pull request that a person opened of the branch is theirs, and what to do is said", async () => {
    const world = fakeChange();
    world.github.before("openPullRequest", () => {
      const sha = world.github.repository.branches.get(branch) ?? "";
      const head = { sha, ref: branch, repository: world.where.repository };
      world.github.addPull({ head, body: "Mine.", author: "mona" });
    });
    await expect(published(world)).rejects.toMatchObject({ kind: "refused", fix: expect.stringContaining("close it") });
    expect(world.github.pulls.get(1)?.body).toBe("Mine.");
  });

  it("a pull request that another worker opened of the branch is adopted", async () => {
    const world = fakeChange();
    world.github.before("openPullRequest", () => {
      const sha = world.github.repository.branches.get(branch) ?? "";
      world.github.addPull({ head: { sha, ref: branch, repository: world.where.repository }, body: "Mine." });
    });
    const { how, pull, before } = await published(world);
    expect({ how, before }).toEqual({ how: "updated", before: undefined });
    expect(pull.body).toContain("Brings 1.");
    expect(world.github.pulls.size).toBe(1);
  });

  it("a head that moved is planned on, not overwritten", async () => {
    const world = fakeChange();
    const first = await published(world);
    const from = await world.context();
    const second = await published(world, { version: "2" });
    const { rounds, result } = await bring(world, { version: "3", from });
    expect(rounds).toBe(2);
    expect(result).toMatchObject({ how: "updated", pull: { number: first.pull.number } });
    const head = world.github.repository.branches.get(branch) ?? "";
    expect(await world.github.repository.isAncestor(second.head, head)).toBe(true);
  });

  it.each([
    ["merged", "abc", 2],
    ["closed", undefined, 2],
  ])(
    "a pull request that is %s while its branch moves is not updated: another one follows",
    async (_, merge, number) => {
      const world = fakeChange();
      const { pull } = await published(world);
      world.github.before("advanceBranch", () => void world.github.closePull(pull.number, merge));
      const { result } = await bring(world, { version: "2" });
      expect(result).toMatchObject({ how: "opened", pull: { number, title: "Bring 2" } });
      expect(world.github.pulls.get(pull.number)).toMatchObject({ title: "Bring 1", body: pull.body });
    },
  );

  it.each([
    ["merged: it would stay for ever", "abc", false],
    ["closed: the next round goes on from it", undefined, true],
  ])("a head that came too late goes or stays where its pull request was %s", async (_, merge, stays) => {
    const world = fakeChange();
    const { pull } = await published(world);
    world.github.before("advanceBranch", () => void world.github.closePull(pull.number, merge));
    await expect(bring(world, { version: "2", whenMoved: "stop" })).rejects.toThrow(Moved);
    expect(world.github.repository.branches.has(branch)).toBe(stays);
  });

  it("a head that GitHub does not tell of yet is waited for", async () => {
    const world = fakeChange();
    const first = await published(world);
    await published(world, { version: "2" });
    const stale = async () => ({ ...first.pull, head: { ...first.pull.head, sha: first.head } });
    const from = { ...(await world.context()), github: { ...world.github, pullRequestOf: stale } };
    const before = world.github.calls.length;
    await expect(bring(world, { version: "3", from, whenMoved: "stop" })).rejects.toThrow(Moved);
    expect(since(world, before)).toEqual([]);
  });

  it("a branch that is gone before its pull request opens is made again", async () => {
    const world = fakeChange();
    world.github.before("openPullRequest", () => void world.github.repository.branches.delete(branch));
    expect(await bring(world)).toMatchObject({ rounds: 2, result: { how: "opened" } });
  });

  it("what was merged meanwhile is not opened once more", async () => {
    const world = fakeChange();
    const { pull, head } = await published(world);
    const from = await world.context();
    world.github.repository.branches.set("main", head);
    world.github.closePull(pull.number, head);
    const { rounds, result } = await bring(world, { version: "2", from });
    // One because the base lacks the merge, and one to write down that it was merged.
    expect(rounds).toBe(3);
    expect(result).toMatchObject({ how: "opened" });
  });

  it("it gives up after six rounds, for the queue to try later", async () => {
    const world = fakeChange();
    let tries = 0;
    const busy = {
      ...world.github,
      createBranch: async () => {
        tries += 1;
        return "exists" as const;
      },
    };
    const racing: FakeChange = { ...world, ports: { ...world.ports, github: async () => busy } };
    const from = { ...(await world.context()), github: busy };
    await expect(bring(racing, { from })).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(tries).toBe(6);
  });

  it("it stops where others are to go on", async () => {
    const world = fakeChange();
    const from = await world.context();
    await bring(world);
    await expect(bring(world, { from, whenMoved: "stop" })).rejects.toThrow(Moved);
  });
});

describe("a branch that a person pushed to", () => {
  it("is never overwritten: what to do is said", async () => {
    const world = fakeChange();
    await bring(world);
    const theirs = await world.push(branch, { theirs: "Not to be lost.\n" });
    await expect(bring(world, { version: "2" })).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("somebody pushed"),
    });
    expect(world.github.repository.branches.get(branch)).toBe(theirs);
  });

  it("stays when the push comes while what was left of it is deleted", async () => {
    const world = fakeChange();
    const { pull } = await published(world);
    world.github.closePull(pull.number);
    let theirs = "";
    world.github.before("deleteBranch", async () => {
      theirs = await world.push(branch, { theirs: "Not to be lost.\n" });
    });
    await expect(bring(world, { version: "2" })).rejects.toMatchObject({ kind: "refused" });
    expect(world.github.repository.branches.get(branch)).toBe(theirs);
  });
});
