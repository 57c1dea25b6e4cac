import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Annotation, CheckReport } from "../../src/model/github.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

let start: Start;
let commits = 0;
let statuses: unknown[] = [];
let world: EdgeWorld;
beforeAll(async () => {
  start = await startLocal({
    onExchange: ({ method, requestBody }) => {
      if (method !== "GET" && typeof requestBody === "object" && requestBody !== null && "status" in requestBody) {
        statuses.push(requestBody.status);
      }
    },
  });
});
afterAll(() => start.local.close());
beforeEach(async () => {
  const headSha = await start.local.commit({
    ...REPOSITORY,
    branch: "change",
    files: { "README.md": `${commits++}\n` },
  });
  world = edgeWorld({ ...start, pull: { ...start.pull, headSha } });
});

function report(more: Partial<CheckReport> = {}): CheckReport {
  return {
    name: "Sluice",
    headSha: world.pull.headSha,
    status: "in_progress",
    title: "Rendering",
    summary: "…",
    ...more,
  };
}

function done(more: Partial<CheckReport> = {}): CheckReport {
  return report({
    status: "completed",
    conclusion: "success",
    title: "2 targets",
    summary: "fine",
    text: "details",
    ...more,
  });
}

function annotations(count: number, message = "careful"): Annotation[] {
  return Array.from({ length: count }, (_, i) => ({
    path: "apps/web.yaml",
    startLine: i + 1,
    endLine: i + 1,
    level: "warning",
    title: "finding",
    message,
  }));
}

function runs() {
  return world.local.checkRuns({ ...REPOSITORY, sha: world.pull.headSha });
}

describe("the check", () => {
  it("is begun and completed as one run, listed once", async () => {
    const github = await world.github();
    await github.upsertCheck(report());
    expect(runs()).toMatchObject([{ name: "Sluice", status: "in_progress", conclusion: null, title: "Rendering" }]);
    const { url } = await github.upsertCheck(done());
    expect(runs()).toMatchObject([
      { status: "completed", conclusion: "success", title: "2 targets", summary: "fine", text: "details", url },
    ]);
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.listChecks, ROUTES.createCheck, ROUTES.updateCheck]);
  });

  it("of another worker is found again, and begun again when the same head is rendered again", async () => {
    await (await world.github()).upsertCheck(done());
    const github = await world.github(world.fresh());
    await github.upsertCheck(report());
    expect(runs()).toMatchObject([{ status: "in_progress", conclusion: null }]);
    await github.upsertCheck(done({ conclusion: "failure" }));
    expect(runs()).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  });

  it("is not written again when it says the same already, and is when another worker wrote in between", async () => {
    const [one, other] = [await world.github(), await world.github(world.fresh())];
    await one.upsertCheck(done());
    await one.upsertCheck(done());
    await other.upsertCheck(done());
    expect(world.asked().filter((asked) => asked === ROUTES.updateCheck)).toEqual([]);
    await other.upsertCheck(done({ title: "3 targets" }));
    await one.upsertCheck(done());
    expect(runs()).toMatchObject([{ title: "2 targets" }]);
    expect(world.asked().filter((asked) => asked === ROUTES.updateCheck)).toHaveLength(2);
  });

  it("is read as it was written last, and not where there is none", async () => {
    const github = await world.github();
    const { headSha, name } = done();
    expect(await github.ownCheck(headSha, name)).toBeUndefined();
    await github.upsertCheck(done());
    expect(await github.ownCheck(headSha, name)).toEqual({ title: "2 targets", summary: "fine" });
    await github.upsertCheck(done({ title: "3 targets", summary: "finer" }));
    expect(await (await world.github(world.fresh())).ownCheck(headSha, name)).toEqual({
      title: "3 targets",
      summary: "finer",
    });
    expect(await github.ownCheck(headSha, "Sluice configuration")).toBeUndefined();
  });

  it("of another name or on another head is another run", async () => {
    const github = await world.github();
    await github.upsertCheck(done());
    await github.upsertCheck(done({ name: "Sluice configuration" }));
    const headSha = await world.local.commit({ ...REPOSITORY, branch: "change", files: { x: "y" } });
    await github.upsertCheck(done({ headSha }));
    expect(runs()).toHaveLength(2);
    expect(world.local.checkRuns({ ...REPOSITORY, sha: headSha })).toHaveLength(1);
  });

  it("carries any number of annotations, fifty in a request, and is complete only with the last", async () => {
    statuses = [];
    await (await world.github()).upsertCheck(done({ annotations: annotations(120) }));
    expect(statuses).toEqual(["in_progress", "in_progress", "completed"]);
    const [run] = runs();
    expect(run?.annotations).toHaveLength(120);
    expect(run?.annotations[119]).toEqual({
      path: "apps/web.yaml",
      startLine: 120,
      endLine: 120,
      level: "warning",
      title: "finding",
      message: "careful",
    });
  });

  it("gets no annotation twice when its report is repeated", async () => {
    await (await world.github()).upsertCheck(done({ annotations: annotations(60) }));
    const github = await world.github(world.fresh());
    await github.upsertCheck(report());
    await github.upsertCheck(done({ annotations: annotations(60) }));
    await github.upsertCheck(done({ annotations: annotations(60) }));
    expect(runs()).toHaveLength(1);
    expect(runs()[0]?.annotations).toHaveLength(60);
  });

  it("gets the annotations that a broken attempt left out", async () => {
    world.local.injectFault({
      method: "PATCH",
      template: templateOf(ROUTES.updateCheck),
      effect: { kind: "instead", status: 502 },
    });
    const github = await world.github();
    await expect(github.upsertCheck(done({ annotations: annotations(80) }))).rejects.toMatchObject({
      kind: "unavailable",
    });
    expect(runs()).toMatchObject([{ status: "in_progress" }]);
    await github.upsertCheck(done({ annotations: annotations(80) }));
    expect(runs()).toMatchObject([{ status: "completed" }]);
    expect(runs()[0]?.annotations).toHaveLength(80);
  });

  it("with annotations is completed within the budget again by a worker that knows nothing", async () => {
    await (await world.github()).upsertCheck(done({ annotations: annotations(2) }));
    for (const count of [2, 3]) {
      const github = await world.github(world.fresh());
      world.asked();
      await github.upsertCheck(report());
      expect(runs()).toMatchObject([{ status: "completed" }]);
      await github.upsertCheck(done({ annotations: annotations(count) }));
      expect(world.asked()).toEqual([ROUTES.token, ROUTES.listChecks, ROUTES.annotations, ROUTES.updateCheck]);
    }
    expect(runs()[0]?.annotations).toHaveLength(3);
  });

  it("that a broken attempt left open is closed when a new run takes its place, and the new one is not taken for it", async () => {
    const patch = {
      method: "PATCH",
      template: templateOf(ROUTES.updateCheck),
      effect: { kind: "instead", status: 502 },
    } as const;
    world.local.injectFault(patch);
    const github = await world.github();
    await expect(github.upsertCheck(done({ annotations: annotations(80, "old") }))).rejects.toMatchObject({
      kind: "unavailable",
    });
    world.local.injectFault({
      method: "POST",
      template: templateOf(ROUTES.createCheck),
      effect: { kind: "instead", status: 502 },
    });
    await expect(github.upsertCheck(done({ annotations: annotations(1, "new") }))).rejects.toMatchObject({
      kind: "unavailable",
    });
    await github.upsertCheck(done({ annotations: annotations(1, "new") }));
    expect(runs()).toMatchObject([
      { status: "completed", conclusion: "neutral", title: "Replaced" },
      { status: "completed", conclusion: "success", annotations: [{ message: "new" }] },
    ]);
  });

  it("is a new run when the old one carries annotations that are not true any more, for GitHub takes none away", async () => {
    const github = await world.github();
    await github.upsertCheck(done({ annotations: annotations(2, "old") }));
    await github.upsertCheck(done({ annotations: annotations(1, "new") }));
    expect(runs().map((run) => run.annotations.map((one) => one.message))).toEqual([["old", "old"], ["new"]]);
  });

  it("is not doubled by a 502 after it was made", async () => {
    world.local.injectFault({
      method: "POST",
      template: templateOf(ROUTES.createCheck),
      effect: { kind: "after", status: 502 },
    });
    const github = await world.github();
    await github.upsertCheck(report());
    await github.upsertCheck(done());
    expect(runs()).toMatchObject([{ status: "completed" }]);
  });

  it("of a pull request is another run than that of a second one with the same head", async () => {
    const github = await world.github();
    await github.upsertCheck(report({ externalId: "pull-1" }));
    await github.upsertCheck(done({ externalId: "pull-2", title: "two" }));
    await github.upsertCheck(done({ externalId: "pull-1", title: "one" }));
    const other = await world.github(world.fresh());
    await other.upsertCheck(done({ externalId: "pull-2", title: "two again", conclusion: "failure" }));
    expect(runs()).toMatchObject([
      { externalId: "pull-1", title: "one", conclusion: "success" },
      { externalId: "pull-2", title: "two again", conclusion: "failure" },
    ]);
  });

  it("that was made without a pull request is adopted by the first one", async () => {
    await (await world.github()).upsertCheck(done());
    const github = await world.github(world.fresh());
    await github.upsertCheck(done({ externalId: "pull-1", title: "one" }));
    await github.upsertCheck(done({ externalId: "pull-2", title: "two" }));
    expect(runs()).toMatchObject([
      { externalId: "pull-1", title: "one" },
      { externalId: "pull-2", title: "two" },
    ]);
    await (await world.github(world.fresh())).upsertCheck(done({ title: "none" }));
    expect(runs()).toHaveLength(3);
  });

  it("on a commit of our own is made without a list, unless an attempt to make it was lost", async () => {
    const github = await world.github();
    const commit = async (content: string) => {
      const change = { kind: "write", path: "ours", bytes: Buffer.from(content), executable: false } as const;
      const request = { parents: [], baseTree: EMPTY_TREE, changes: [change], message: "ours" };
      return (await github.commit(request)).sha;
    };
    const headSha = await commit("1");
    world.asked();
    await github.upsertCheck(report({ headSha }));
    await github.upsertCheck(done({ headSha }));
    await github.upsertCheck(done({ headSha, name: "Sluice promotion" }));
    expect(world.asked()).toEqual([ROUTES.createCheck, ROUTES.updateCheck, ROUTES.createCheck]);

    const second = await commit("2");
    const effect = { kind: "instead", status: 502 } as const;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createCheck), effect });
    world.asked();
    await expect(github.upsertCheck(report({ headSha: second }))).rejects.toMatchObject({ kind: "unavailable" });
    await github.upsertCheck(report({ headSha: second }));
    const find = [ROUTES.createCheck, ROUTES.listChecks];
    expect(world.asked()).toEqual([...find, ...find.toReversed()]);

    const third = await commit("3");
    world.later(10_000);
    world.asked();
    await github.upsertCheck(report({ headSha: third }));
    expect(world.asked()).toEqual([ROUTES.listChecks, ROUTES.createCheck]);
  });

  it("refuses texts over GitHub's limit, and a conclusion that does not fit, as a bug of the caller", async () => {
    const github = await world.github();
    const long = "x".repeat(65_536);
    await expect(github.upsertCheck(done({ summary: long }))).rejects.toMatchObject({ kind: "bug" });
    await expect(github.upsertCheck(done({ text: long }))).rejects.toMatchObject({ kind: "bug" });
    await expect(github.upsertCheck(report({ conclusion: "success" }))).rejects.toMatchObject({ kind: "bug" });
    await expect(github.upsertCheck(report({ annotations: annotations(1) }))).rejects.toMatchObject({ kind: "bug" });
    await expect(github.upsertCheck(report({ status: "completed" }))).rejects.toMatchObject({ kind: "bug" });
    await github.upsertCheck(
      done({ summary: long.slice(1), text: long.slice(1), detailsUrl: "https://sluice.test/1" }),
    );
    expect(runs()).toHaveLength(1);
  });
});
