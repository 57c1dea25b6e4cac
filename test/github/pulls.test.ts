import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAppLogin } from "../../src/github/app-login.ts";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
let branch: string;
let count = 0;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
  count += 1;
  branch = `sluice/promote/prod/app-${count}`;
  await world.local.commit({ ...REPOSITORY, branch, files: { "app.yaml": `${count}\n` } });
});

function draft(more: object = {}) {
  return { head: branch, base: "main", title: "Promote web to prod", body: "web: 1 → 2", ...more };
}

describe("the files of a pull request", () => {
  it("are listed by GitHub, with the names that they had before", async () => {
    const opened = await github.openPullRequest(draft());
    expect(await github.changedFiles(opened?.pull.number ?? 0)).toEqual(["app.yaml"]);
  });
});

describe("a pull request of our own", () => {
  it("is opened in one request, and is adopted as it is by whoever comes second", async () => {
    const first = await github.openPullRequest(draft());
    expect(first).toMatchObject({
      adopted: false,
      pull: {
        title: "Promote web to prod",
        body: "web: 1 → 2",
        state: "open",
        merged: false,
        fork: false,
        head: { ref: branch },
        base: { ref: "main" },
      },
    });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createPull]);
    const second = await github.openPullRequest(draft({ title: "Another" }));
    expect(second).toEqual({ adopted: true, pull: first?.pull });
    expect(world.asked()).toEqual([ROUTES.createPull, ROUTES.listPulls]);
  });

  it("is one, however many open it at once", async () => {
    const edges = [world.edge, world.fresh(), world.fresh(), world.fresh()];
    const all = await Promise.all(edges.map(async (edge) => (await world.github(edge)).openPullRequest(draft())));
    expect(new Set(all.map((one) => one?.pull.number)).size).toBe(1);
    expect(all.filter((one) => one?.adopted === false)).toHaveLength(1);
  });

  it("is none where there is nothing to merge", async () => {
    await github.createBranch("nothing-new", start.pull.baseSha);
    expect(await github.openPullRequest(draft({ head: "nothing-new" }))).toBeUndefined();
    await github.deleteBranch("nothing-new");
  });

  it("whose answer was lost is found, and is ours, not adopted", async () => {
    world.local.injectFault({
      method: "POST",
      template: templateOf(ROUTES.createPull),
      effect: { kind: "after", status: 502 },
    });
    const first = await github.openPullRequest(draft());
    expect(first).toMatchObject({ adopted: false, pull: { head: { ref: branch } } });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createPull, ROUTES.listPulls, ROUTES.app]);
  });

  it("that was not made is a failure that the queue tries again", async () => {
    const fault = (effect: object) => ({ method: "POST", template: templateOf(ROUTES.createPull), effect });
    for (const effect of [
      { kind: "instead", status: 502 },
      { kind: "instead", status: 422, message: "Validation Failed: A pull request already exists for acme:x." },
      { kind: "instead", status: 422, message: "Validation Failed: head is invalid" },
    ] as const) {
      world.local.injectFault({ ...fault(effect), effect });
      await expect(github.openPullRequest(draft())).rejects.toMatchObject({ kind: "unavailable" });
    }
    const effect = { kind: "instead", status: 422, message: "Repository rule violations found" } as const;
    world.local.injectFault({ ...fault(effect), effect });
    await expect(github.openPullRequest(draft())).rejects.toMatchObject({ kind: "refused" });
    expect(await github.openPullRequest(draft())).toMatchObject({ adopted: false });
  });

  it("from a branch that is not there is not known yet", async () => {
    await expect(github.openPullRequest(draft({ head: "nowhere" }))).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("has texts of GitHub's lengths, or is a bug of the caller", async () => {
    await expect(github.openPullRequest(draft({ title: "x".repeat(257) }))).rejects.toMatchObject({ kind: "bug" });
    await expect(github.openPullRequest(draft({ body: "x".repeat(65_537) }))).rejects.toMatchObject({ kind: "bug" });
    await expect(github.updatePullRequest(1, { body: "x".repeat(65_537) })).rejects.toMatchObject({ kind: "bug" });
    expect(await github.openPullRequest(draft({ title: "x".repeat(256), body: "x".repeat(65_536) }))).toBeDefined();
  });

  it("gets another title and body, is closed, and opened again", async () => {
    const number = (await github.openPullRequest(draft()))?.pull.number ?? 0;
    world.asked();
    expect(await github.updatePullRequest(number, { title: "Two", body: "web: 1 → 3" })).toMatchObject({
      title: "Two",
      body: "web: 1 → 3",
    });
    expect((await github.updatePullRequest(number, { state: "closed" })).state).toBe("closed");
    expect((await github.updatePullRequest(number, { state: "open" })).state).toBe("open");
    expect(world.asked()).toEqual([ROUTES.updatePull, ROUTES.updatePull, ROUTES.updatePull]);
    await github.updatePullRequest(number, { state: "closed" });
    await github.deleteBranch(branch);
    await expect(github.updatePullRequest(number, { state: "open" })).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("has been deleted"),
    });
  });
});

describe("the pull request of a branch", () => {
  it("is the open one, or else the newest; of a fork's branch of the same name there is none", async () => {
    expect(await github.pullRequestOf(branch)).toBeUndefined();
    const first = await github.openPullRequest(draft());
    expect(await github.pullRequestOf(branch)).toEqual(first?.pull);
    await github.updatePullRequest(first?.pull.number ?? 0, { state: "closed" });
    const second = await github.openPullRequest(draft());
    expect(await github.pullRequestOf(branch)).toEqual(second?.pull);
    await github.updatePullRequest(second?.pull.number ?? 0, { state: "closed" });
    expect((await github.pullRequestOf(branch))?.number).toBe(second?.pull.number);
    await github.updatePullRequest(first?.pull.number ?? 0, { state: "open" });
    expect((await github.pullRequestOf(branch))?.number).toBe(first?.pull.number);

    await world.local.fork({ ...REPOSITORY, by: "eve" });
    await world.local.commit({ owner: "eve", name: "gitops", branch: "sluice/x", files: { a: "b" }, by: "eve" });
    await world.local.openPull({ ...REPOSITORY, head: "eve:sluice/x", title: "Mine", by: "eve" });
    expect(await github.pullRequestOf("sluice/x")).toBeUndefined();
    count += 2;
  });

  it("is among the open ones into its base as long as it is open", async () => {
    const { number } = (await github.openPullRequest(draft()))?.pull ?? { number: 0 };
    world.asked();
    expect(await github.openPullRequests("main")).toContain(number);
    expect(world.asked()).toHaveLength(1);
    expect(await github.openPullRequests("next")).not.toContain(number);
    await github.updatePullRequest(number, { state: "closed" });
    expect(await github.openPullRequests("main")).not.toContain(number);
  });

  it("says what its merge made, and only then", async () => {
    const before = await github.openPullRequest(draft());
    expect(before?.pull.mergeCommit).toBeUndefined();
    const { number } = before?.pull ?? { number: 0 };
    const merged = await world.local.mergePull({ ...REPOSITORY, number });
    expect(await github.pullRequest(number)).toMatchObject({
      state: "closed",
      merged: true,
      mergeCommit: merged.mergeCommitSha,
    });
    expect(await github.pullRequestOf(branch)).toMatchObject({ merged: true, mergeCommit: merged.mergeCommitSha });
  });
});

describe("labels and assignees", () => {
  it("are replaced in one request", async () => {
    const { number } = (await github.openPullRequest(draft()))?.pull ?? { number: 0 };
    world.asked();
    await github.setLabelsAndAssignees(number, ["promotion", "env: prod"], ["mona"]);
    await github.setLabelsAndAssignees(number, ["promotion"], ["mona"]);
    expect(world.asked()).toEqual([ROUTES.updateIssue, ROUTES.updateIssue]);
    expect(await github.pullRequest(number)).toMatchObject({ labels: ["promotion"] });
    expect(world.local.pull({ ...REPOSITORY, number }).assignees).toEqual(["mona"]);
  });

  it("that GitHub refuses are set without the assignees, once", async () => {
    const { number } = (await github.openPullRequest(draft()))?.pull ?? { number: 0 };
    const effect = { kind: "instead", status: 422, message: "Validation Failed: assignees is invalid" } as const;
    const fault = { method: "PATCH", template: templateOf(ROUTES.updateIssue), effect };
    world.local.injectFault(fault);
    await github.setLabelsAndAssignees(number, ["promotion"], ["nobody"]);
    expect((await github.pullRequest(number)).labels).toEqual(["promotion"]);
    world.local.injectFault({ ...fault, times: 2 });
    await expect(github.setLabelsAndAssignees(number, ["x"], ["nobody"])).rejects.toMatchObject({ kind: "refused" });
    world.local.injectFault(fault);
    await expect(github.setLabelsAndAssignees(number, ["x"], [])).rejects.toMatchObject({ kind: "refused" });
  });
});

describe("whose a pull request is", () => {
  it("is the App's when its own bot opened it, and nobody else's, whatever it is called by now", async () => {
    const asked: string[] = [];
    let slug = "sluice";
    let now = 0;
    const { is } = createAppLogin({
      slug: async () => {
        asked.push(slug);
        return slug;
      },
      clock: () => now,
    });
    expect([await is("mona"), await is("sluice"), asked.length]).toEqual([false, false, 0]);
    expect([await is("Sluice[bot]"), await is("sluice[bot]"), await is("renovate[bot]")]).toEqual([true, true, false]);
    expect(asked).toEqual(["sluice"]);
    slug = "sluice-2";
    now = 61_000;
    expect([await is("sluice-2[bot]"), await is("sluice[bot]")]).toEqual([true, false]);
    expect(asked).toHaveLength(2);
  });
});
