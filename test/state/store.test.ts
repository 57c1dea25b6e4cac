import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import type { RepositoryState, StateAddress } from "../../src/model/state.ts";
import { runSync } from "../support/run-sync.ts";
import { held, NOW, promoted, released, type StateWorld, stateWorld, waiting } from "./world.ts";

let world: StateWorld;
let where: StateAddress;
beforeAll(async () => {
  world = await stateWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  where = await world.repository();
});

const signal = (): AbortSignal => AbortSignal.timeout(600_000);
const read = (): Promise<RepositoryState> => world.store().read(where, signal());

/** What git says in the repository itself. */
function git(...args: string[]): string {
  const run = runSync("git", args, { cwd: world.local.gitDir(where.repository) });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

const put = "PUT /repos/{owner}/{repo}/contents/{path}";

describe("the state branch", () => {
  it("is not there before the first decision, and nothing is held then", async () => {
    const state = await world.fetchingStore().read(where, signal());
    expect(state.commit).toBeUndefined();
    expect(await state.hold("prod", "webapp", NOW)).toBeUndefined();
    expect(await state.history("prod", "webapp")).toEqual([]);
    expect(await state.deferredRequests()).toEqual([]);
    expect(git("branch", "--list", "sluice-state")).toBe("");
  });

  it("begins on its own with a file that explains it, and reads as a person would like to", async () => {
    const store = world.store();
    expect(await store.record(where, promoted("merged-7", { reason: "the fix\nfor @bob, see #12" }), signal())).toBe(
      true,
    );
    expect(git("log", "--format=%P|%B", "sluice-state")).toBe(
      [
        "|Promote webapp to prod: 1.4.0 → 1.5.0",
        "",
        "- webapp: ghcr.io/acme/webapp 1.4.0 → 1.5.0",
        "",
        "Actor: alice",
        "Reason: the fix for @\u200bbob, see #\u200b12",
        "Pull-Request: 7",
        "Decision: merged-7",
        "\n",
      ].join("\n"),
    );
    expect(git("show", "sluice-state:README.md")).toContain("Do not edit");
    expect(git("show", "sluice-state:environments/prod/webapp.yaml")).toMatchInlineSnapshot(`
      "# Written by Sluice, one commit for each decision; README.md says more.
      environment: prod
      app: webapp
      history:
        - id: merged-7
          kind: promoted
          pullRequest: 7
          at: 2026-03-01T12:00:00.000Z
          by: alice
          reason: |-
            the fix
            for @bob, see #12
          commit: cccccccccccccccccccccccccccccccccccccccc
          versions:
            - image: ghcr.io/acme/webapp
              from: 1.4.0
              to: 1.5.0
      "
    `);
  });

  it("costs no REST call to read, and one for a decision about one target", async () => {
    const store = world.fetchingStore();
    await store.record(where, held("h1"), signal());
    world.asked();
    await store.record(where, released("r1"), signal());
    expect(world.asked()).toEqual([put]);
    const state = await store.read(where, signal());
    expect(await state.hold("prod", "webapp", NOW)).toBeUndefined();
    expect(await state.history("prod", "webapp")).toMatchObject([
      { id: "h1", kind: "held", reason: "it is Friday", by: "alice" },
      { id: "r1", kind: "released" },
    ]);
    expect(world.asked()).toEqual([]);
    await store.record(where, held("h2", { apps: ["api", "team/web", "web"] }), signal());
    expect(world.asked()).toHaveLength(3);
    expect(git("log", "-1", "--format=%s", "sluice-state").trim()).toBe("Hold api, team/web, web in prod");
  });

  it("tells which published heads are not settled, without those that a person broke", async () => {
    const store = world.store();
    const head = { pullRequest: 7, head: "a".repeat(40), changes: "", settled: false, signature: "s" };
    expect(await (await read()).unsettled()).toEqual([]);
    await store.publish(where, { ...head, branch: "sluice/promote/prod/web" }, signal());
    await store.publish(where, { ...head, branch: "sluice/promote/prod/api", settled: true }, signal());
    const { repository } = where;
    await world.local.commit({ ...repository, branch: "sluice-state", files: { "published/x.yaml": "what: [" } });
    expect(await (await read()).unsettled()).toEqual([{ ...head, branch: "sluice/promote/prod/web" }]);
  });

  it("writes a decision once, however often it is recorded", async () => {
    const store = world.store();
    const both = held("h1", { apps: ["webapp", "api"] });
    expect(await store.record(where, both, signal())).toBe(true);
    const before = git("rev-parse", "sluice-state");
    for (const again of [store, world.store()]) expect(await again.record(where, both, signal())).toBe(false);
    expect(git("rev-parse", "sluice-state")).toBe(before);
  });

  it("keeps the decisions of many workers at once, and one of ten that are the same", async () => {
    const workers = Array.from({ length: 4 }, () => world.fetchingStore());
    const recorded = workers.flatMap((store, nth) => [
      store.record(where, promoted(`p-${nth}`), signal()),
      store.record(where, held(`h-${nth}`, { apps: ["webapp", `app-${nth}`] }), signal()),
      store.record(where, promoted("same", { by: "bob" }), signal()),
    ]);
    const written = await Promise.all(recorded);
    expect(written.filter(Boolean)).toHaveLength(9);
    const ids = (await (await world.fetchingStore().read(where, signal())).history("prod", "webapp")).map(
      ({ id }) => id,
    );
    expect(ids.toSorted()).toEqual(["h-0", "h-1", "h-2", "h-3", "p-0", "p-1", "p-2", "p-3", "same"]);
    expect(git("rev-list", "--count", "sluice-state").trim()).toBe("9");
  });

  it.each(["commit", "createBranch", "advanceBranch", "writeFile"] as const)(
    "is completed by the next run after one that died before or after %s",
    async (step) => {
      const apps = step === "writeFile" ? ["webapp"] : ["webapp", "api"];
      for (const moment of ["before", "after"]) {
        where = await world.repository();
        if (step !== "createBranch") await world.store().record(where, held("first"), signal());
        const decision = held(`${step}-${moment}`, { apps });
        const dying = world.store((github) => ({ ...github, [step]: dyingAt(github, step, moment) }));
        await expect(dying.record(where, decision, signal())).rejects.toThrow("killed");
        const written = await world.store().record(where, decision, signal());
        expect(written).toBe(moment === "before" || step === "commit");
        const ids = (await (await read()).history("prod", "webapp")).map(({ id }) => id);
        expect(ids.filter((id) => id === decision.id)).toHaveLength(1);
      }
    },
  );

  it("gives up with a fault that is retried when the branch never holds still", async () => {
    const busy = world.store((github) => ({ ...github, createBranch: async () => "exists" }));
    await expect(busy.record(where, held("h"), AbortSignal.timeout(600_000))).rejects.toMatchObject({
      name: "Fault",
      kind: "unavailable",
    });
  });

  it("stops when told to", async () => {
    const busy = world.store((github) => ({ ...github, createBranch: async () => "exists" }));
    await expect(busy.record(where, held("h"), AbortSignal.timeout(300))).rejects.toMatchObject({
      name: /AbortError|TimeoutError/,
    });
  });
});

function dyingAt(
  github: GitHubRepository,
  step: "commit" | "createBranch" | "advanceBranch" | "writeFile",
  moment: string,
) {
  const call: (...args: never[]) => Promise<unknown> = github[step];
  return async (...args: never[]) => {
    if (moment === "after") await call(...args);
    throw new Error("killed");
  };
}

describe("a hold", () => {
  it("is the target's own, else its environment's, and ends by itself at its time", async () => {
    const store = world.store();
    const until = new Date(NOW + 1_000).toISOString();
    await store.record(where, held("wide", { apps: [], reason: "freeze", by: "bob" }), signal());
    await store.record(where, held("own", { until }), signal());
    const state = await store.read(where, signal());
    expect(await state.hold("prod", "webapp", NOW)).toEqual({
      by: "alice",
      reason: "it is Friday",
      since: new Date(NOW).toISOString(),
      until,
      cause: "person",
      environmentWide: false,
    });
    expect(await state.hold("prod", "webapp", NOW + 1_000)).toMatchObject({ by: "bob", environmentWide: true });
    expect(await state.hold("prod", "other", NOW)).toMatchObject({ reason: "freeze", environmentWide: true });
    expect(await state.hold("prod", undefined, NOW)).toMatchObject({ reason: "freeze", environmentWide: true });
    expect(await state.hold("staging", "webapp", NOW)).toBeUndefined();
    await store.record(where, released("end", { apps: [] }), signal());
    expect(await (await store.read(where, signal())).hold("prod", "other", NOW)).toBeUndefined();
    expect((await (await store.read(where, signal())).history("prod", "webapp")).map(({ id }) => id)).toEqual([
      "wide",
      "end",
      "own",
    ]);
  });

  it.each([
    ["a conflict that was committed", "<<<<<<< HEAD\nhold:\n", 1],
    ["a cause that is none", "hold:\n  by: alice\n  since: 2026-01-01\n  cause: boredom\nhistory: []\n", 4],
    ["a time that is none", "hold:\n  by: alice\n  since: 2026-01-01\n  until: tomorrow\n  cause: person\n", 4],
    ["two holds", "hold: null\nhistory: []\nhold: null\n", 3],
    ["another document", "hold: null\nhistory: []\n---\nhold: null\n", 3],
    ["a list", "- a\n", 1],
    ["brackets without end", "[".repeat(20_000), 1],
    ["more than is read", `# ${"x".repeat(600_000)}\n`, 1],
  ])("stands while its file cannot be read: %s", async (_, text, line) => {
    const store = world.store();
    await store.record(where, held("other", { apps: ["other"] }), signal());
    const branch = "sluice-state";
    await world.local.commit({ ...where.repository, branch, files: { "environments/prod/webapp.yaml": text } });
    const state = await store.read(where, signal());
    const message = `\`environments/prod/webapp.yaml\` on the branch \`sluice-state\`, line ${line}, cannot be read`;
    expect(await state.hold("prod", "webapp", NOW)).toMatchObject({
      by: "sluice",
      cause: "person",
      reason: expect.stringContaining(message),
    });
    const error = { kind: "config", place: { file: "environments/prod/webapp.yaml", line } };
    await expect(state.history("prod", "webapp")).rejects.toMatchObject(error);
    await expect(store.record(where, released("r"), signal())).rejects.toMatchObject(error);
    expect(await state.hold("prod", "other", NOW)).toMatchObject({ by: "alice" });
    expect(await state.history("prod", "other")).toHaveLength(1);
  });

  it("is read although an entry of the history is broken, and keeps what a person added", async () => {
    const store = world.store();
    await store.record(where, held("h"), signal());
    const path = "environments/prod/webapp.yaml";
    const text = git("show", `sluice-state:${path}`);
    const branch = "sluice-state";
    const odd = text.replace("environment: prod", "environment: prod\nowner: team-a");
    await world.local.commit({ ...where.repository, branch, files: { [path]: `${odd}  - id: [\n` } });
    const state = await store.read(where, signal());
    expect(await state.hold("prod", "webapp", NOW)).toMatchObject({ by: "alice", reason: "it is Friday" });
    await expect(state.history("prod", "webapp")).rejects.toMatchObject({ kind: "config" });
    const later = "  - id: future\n    kind: teleported\n    at: 2027-01-01T00:00:00Z\n    by: bob\n    speed: 9\n";
    await world.local.commit({ ...where.repository, branch, files: { [path]: odd + later } });
    await store.record(where, released("r"), signal());
    const written = git("show", `sluice-state:${path}`);
    expect(written).toContain("owner: team-a");
    expect(written).toContain("kind: teleported");
    expect(written).toContain("speed: 9");
    expect(written).not.toMatch(/^hold:/m);
    expect((await (await store.read(where, signal())).history("prod", "webapp")).map(({ id }) => id)).toEqual([
      "h",
      "r",
    ]);
  });

  it("stands when its file was put out of the way by a link", async () => {
    const store = world.store();
    await store.record(where, held("h", { apps: ["other"] }), signal());
    const tree = git("rev-parse", "sluice-state^{tree}:environments/prod").trim();
    const listed = git("ls-tree", tree).trim();
    const link = listed.replace("100644", "120000").replace("other.yaml", "webapp.yaml");
    const make = (input: string): string =>
      runSync("git", ["mktree"], {
        cwd: world.local.gitDir(where.repository),
        input,
      }).stdout.trim();
    const root = make(`040000 tree ${make(`040000 tree ${make(`${link}\n`)}\tprod\n`)}\tenvironments\n`);
    const identity = ["-c", "user.name=x", "-c", "user.email=x@y"];
    const commit = git(...identity, "commit-tree", root, "-p", "sluice-state", "-m", "x").trim();
    git("update-ref", "refs/heads/sluice-state", commit);
    const state = await store.read(where, signal());
    expect(await state.hold("prod", "webapp", NOW)).toMatchObject({
      reason: expect.stringContaining("not a plain file"),
    });
  });
});

describe("deferred requests", () => {
  it("are kept until they are done, each of its own", async () => {
    const store = world.store();
    for (const decision of [
      waiting("w1", 5, { apps: [] }),
      waiting("w2", 5, { apps: ["a", "b"] }),
      waiting("w3", 6),
      waiting("w3", 6),
      waiting("d1", 5, { kind: "done-waiting", apps: ["a"] }),
    ]) {
      await store.record(where, decision, signal());
    }
    expect(await (await store.read(where, signal())).deferredRequests()).toMatchObject([
      { pullRequest: 5, environment: "prod", apps: [], by: "alice" },
      { pullRequest: 5, apps: ["b"] },
      { pullRequest: 6, apps: ["webapp"] },
    ]);
    const done = waiting("d2", 5, { kind: "done-waiting", apps: [] });
    expect(await store.record(where, done, signal())).toBe(true);
    expect(await store.record(where, done, signal())).toBe(false);
    expect(await store.record(where, waiting("w1", 5, { apps: [] }), signal())).toBe(false);
    expect(
      (await (await store.read(where, signal())).deferredRequests()).map(({ pullRequest }) => pullRequest),
    ).toEqual([6]);
  });
});
