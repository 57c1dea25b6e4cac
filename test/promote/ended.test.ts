import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { runGates } from "../../src/promote/run/index.ts";
import { appFiles, type PromotionWorld, promotionWorld, worldConfig } from "./support/memory-world.ts";

const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
const signal = AbortSignal.timeout(600_000);

/** An open promotion of 1.5.0 that opened by itself. */
async function opened(gates = "healthy: false", auto = true) {
  const config = worldConfig(`gates: { ${gates} }\npromote: { auto: ${auto} }`);
  const world = promotionWorld({ files: { ".sluice.yaml": config, ...files } });
  await world.merge(appFiles("web", "staging", "1.5.0"));
  if (!auto) await world.say("/promote prod");
  const [pull] = world.promotions("open");
  if (pull === undefined) throw new Error("no promotion");
  return { world, pull };
}

async function entries(world: PromotionWorld) {
  const state = await world.ports.state.read(where, signal);
  return state.history("prod", "web");
}

/** What was merged is taken back on the base branch, and something newer comes to the source. */
async function takenBack(world: PromotionWorld) {
  await world.pass(5);
  await world.merge(appFiles("web", "prod", "1.4.0"), "bob", "Revert");
  const state = await world.ports.state.read(where, signal);
  const hold = await state.hold("prod", "web", world.now());
  await world.merge(appFiles("web", "staging", "1.5.1"));
  return { cause: hold?.cause, open: world.promotions("open").map(({ title }) => title) };
}

function empty(world: PromotionWorld, pull: PullRequest) {
  return world.github.updatePullRequest(pull.number, { body: "Brings 1.5.0" });
}

describe("a promotion whose description was emptied before it was merged", () => {
  it("is in the history, says which gates had not passed, and loses its branch", async () => {
    const { world, pull } = await opened("healthy: false, approvals: 1");
    await empty(world, pull);
    await world.land(await world.again(pull), "grace");
    expect(await entries(world)).toMatchObject([
      { kind: "promoted", id: `merged-${pull.number}`, mergedBy: "grace", reason: expect.stringContaining("was gone") },
    ]);
    expect(world.comments(pull).has("merged-unmet")).toBe(true);
    expect(world.github.repository.branches.has(pull.head.ref)).toBe(false);
  });

  it("is held when it is taken back", async () => {
    const { world, pull } = await opened();
    await empty(world, pull);
    await world.land(await world.again(pull), "grace");
    expect(await takenBack(world)).toEqual({ cause: "revert", open: [] });
  });

  it("names each app of a group that its merge changed", async () => {
    const config = worldConfig("gates: { healthy: false }");
    const api = { ...appFiles("api", "staging", "1.4.0"), ...appFiles("api", "prod", "1.4.0") };
    const world = promotionWorld({ files: { ".sluice.yaml": config, ...files, ...api } });
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), ...appFiles("api", "staging", "1.5.0") });
    await world.say("/promote prod web api");
    const [pull] = world.promotions("open");
    if (pull === undefined) throw new Error("no promotion");
    await empty(world, pull);
    await world.land(await world.again(pull), "grace");
    const state = await world.ports.state.read(where, signal);
    for (const app of ["web", "api"])
      expect((await state.history("prod", app)).map(({ kind }) => kind)).toContain("promoted");
  });

  it("that a person closed is settled, and says nothing", async () => {
    const { world, pull } = await opened("healthy: false", false);
    await empty(world, pull);
    world.github.closePull(pull.number);
    await world.hear(pull);
    expect((await entries(world)).map(({ kind }) => kind)).toEqual(["requested"]);
    const state = await world.ports.state.read(where, signal);
    expect(await state.published(pull.head.ref)).toMatchObject({ settled: true });
  });
});

describe("a promotion of whose end no event told", () => {
  it.each(["there", "deleted"])("is in the history by the next sweep, its branch %s", async (branch) => {
    const { world, pull } = await opened();
    await world.landUnheard(pull, "mona");
    if (branch === "deleted") world.github.repository.branches.delete(pull.head.ref);
    await world.settle();
    expect(await entries(world)).toMatchObject([{ kind: "promoted", mergedBy: "mona", versions: [{ to: "1.5.0" }] }]);
    expect(await takenBack(world)).toEqual({ cause: "revert", open: [] });
  });

  it("is seen in the sweep that sees that it was taken back", async () => {
    const { world, pull } = await opened();
    await world.landUnheard(pull, "mona");
    world.github.repository.branches.delete(pull.head.ref);
    await world.push("main", appFiles("web", "prod", "1.4.0"), "bob");
    await world.settle();
    const state = await world.ports.state.read(where, signal);
    expect((await state.hold("prod", "web", world.now()))?.cause).toBe("revert");
    expect(world.promotions("open")).toEqual([]);
  });

  it("is in the history before the next one takes its branch", async () => {
    const { world, pull } = await opened();
    const source = await world.merge({ "notes.md": "asked here" });
    await world.landUnheard(pull, "mona");
    world.github.repository.branches.delete(pull.head.ref);
    await world.push("main", appFiles("web", "staging", "1.6.0"), "bob");
    await world.say("/promote prod web", "ada", source);
    expect((await entries(world)).map(({ id }) => id)).toContain(`merged-${pull.number}`);
    expect(world.promotions("open")).toHaveLength(1);
  });

  it("is asked about once", async () => {
    const { world, pull } = await opened();
    await world.landUnheard(pull, "mona");
    world.github.repository.branches.delete(pull.head.ref);
    await world.settle();
    const before = world.github.calls.length;
    await world.settle();
    expect(world.github.calls.slice(before).filter((call) => call === "pullRequest")).toEqual([]);
  });
});

it("a promotion that was closed and opened again before the job ran brings nothing", async () => {
  const config = worldConfig("gates: { healthy: false, approvals: 1 }\npromote: { merge: automatic }");
  const world = promotionWorld({ files: { ".sluice.yaml": config, ...files } });
  await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.say("/promote prod");
  const [pull] = world.promotions("open");
  if (pull === undefined) throw new Error("no promotion");
  const run = { signal, attempt: 1, lastAttempt: false, firstRun: true };
  await runGates({ type: "gates", ...where, pullRequest: pull.number, ended: true }, world.ports, run);
  await world.approve(pull);
  expect((await world.again(pull)).state).toBe("open");
  expect((await world.check(pull))?.title).toContain("was closed, and opening it again brings nothing");
});
