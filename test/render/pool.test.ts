import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../src/model/errors.ts";
import type { GitObject, ObjectReader } from "../../src/model/tree.ts";
import type { Outcome } from "../../src/render/engine.ts";
import { defaultLimits, hostGrace } from "../../src/render/limits.ts";
import { EnginePool } from "../../src/render/pool.ts";
import { tempDir } from "../support/temp-git.ts";
import { memoryLog, misbehavingEngine } from "./support/engines.ts";

// A minute passes only where a test says so: on a busy machine no render meets it before that.
const limits = { ...defaultLimits, wallMs: 60_000, outputBytes: 1024 * 1024, memoryBytes: 400 * 1024 * 1024 };
const nothing: ObjectReader = { read: async () => undefined };

describe("the pool of engines", () => {
  let folder: string;
  let log: ReturnType<typeof memoryLog>;
  const pools: EnginePool[] = [];

  beforeEach(() => {
    folder = tempDir();
    log = memoryLog();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const make = (workers: number, mood?: string): EnginePool => {
    const pool = new EnginePool({ binary: misbehavingEngine(folder, mood), limits, log }, workers);
    pools.push(pool);
    return pool;
  };
  const run = (
    pool: EnginePool,
    path: string,
    objects = nothing,
    signal = AbortSignal.timeout(600_000),
  ): Promise<Outcome> =>
    pool.run(
      { type: "render", spec: { kind: "plain", path, options: {} }, rootTree: "0".repeat(40), objects, output: "json" },
      signal,
    );

  it.each(["loop", "hang"])("ends a render that takes too long (%s) and no other", async (deed) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const pool = make(2);
    const bad = run(pool, deed);
    const good = await Promise.all(["slow", "ok", "ok", "slow", "ok"].map((path) => run(pool, path)));
    expect(good.map(({ type }) => type)).toEqual(["result", "result", "result", "result", "result"]);
    await pool.hello();
    vi.advanceTimersByTime(limits.wallMs + hostGrace.wallMs);
    expect(await bad).toMatchObject({ type: "killed", limit: "wallMs" });
    expect(await run(pool, "ok")).toMatchObject({ type: "result" });
  });

  it.each([
    ["flood", { type: "killed", limit: "outputBytes" }],
    ["crash", { type: "crashed", message: "the engine ended: exit code 3" }],
    ["out-of-memory", { type: "killed", limit: "memoryBytes" }],
    ["garbage", { type: "crashed" }],
    ["stranger", { type: "crashed" }],
    ["fatal", { type: "error", kind: "limit", limit: "wallMs" }],
  ])("ends a render that goes wrong (%s) and no other", async (deed, outcome) => {
    const pool = make(2);
    const [bad, ...good] = await Promise.all([deed, "slow", "ok", "ok", "slow", "ok"].map((path) => run(pool, path)));
    expect(bad).toMatchObject(outcome);
    expect(good.map(({ type }) => type)).toEqual(["result", "result", "result", "result", "result"]);
  });

  it("kills a render that eats memory, by the process's resident size", async () => {
    const pool = make(2);
    const [bad, good] = await Promise.all([run(pool, "memory"), run(pool, "slow")]);
    expect(bad).toMatchObject({ type: "killed", limit: "memoryBytes" });
    expect(good.type).toBe("result");
  });

  it("tries once more on a fresh process when one dies", async () => {
    expect(await run(make(1), `crash-once:${join(folder, "marker")}`)).toMatchObject({ type: "result" });
    expect(log.lines.some(({ message }) => message.includes("once more"))).toBe(true);
  });

  it("gives a process nothing of the host's environment", async () => {
    process.env.SLUICE_TEST_SECRET = "secret";
    expect(await run(make(1), "environment")).toMatchObject({ type: "result", trace: [] });
    delete process.env.SLUICE_TEST_SECRET;
  });

  it("serves trees and blobs, and says what is missing", async () => {
    const blob: GitObject = { kind: "blob", bytes: Buffer.alloc(700_000, "x") };
    const oid = "a".repeat(40);
    const objects: ObjectReader = { read: async (wanted) => (wanted === oid ? blob : undefined) };
    expect(await run(make(1), `need:${oid}`, objects)).toMatchObject({
      trace: [
        ["blob/700000", "absent"],
        ["missing/0", "absent"],
      ],
    });
  });

  it("rejects when the objects cannot be read, and calls too large an object a limit", async () => {
    const pool = make(1);
    const broken: ObjectReader = { read: () => Promise.reject(new Error("no disk")) };
    await expect(run(pool, `need:${"a".repeat(40)}`, broken)).rejects.toThrow("no disk");
    const large: ObjectReader = { read: () => Promise.reject(new UserError("limit", "x has 9 bytes")) };
    expect(await run(pool, `need:${"a".repeat(40)}`, large)).toMatchObject({
      type: "killed",
      limit: "fileBytes",
      message: "x has 9 bytes",
    });
    expect(await run(pool, "ok")).toMatchObject({ type: "result" });
  });

  it("lets go of a render that is aborted, waiting or under way, and goes on", async () => {
    const pool = make(1);
    const [one, two] = [new AbortController(), new AbortController()];
    const running = run(pool, "hang", nothing, one.signal);
    const waiting = run(pool, "ok", nothing, two.signal);
    two.abort(new Error("not needed"));
    await expect(waiting).rejects.toThrow("not needed");
    one.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(await run(pool, "ok")).toMatchObject({ type: "result" });
  });

  it("keeps only so much of what a process says on stderr", async () => {
    expect(await run(make(1), "chatter")).toMatchObject({ type: "result" });
    expect(log.lines.length).toBeLessThanOrEqual(101);
  });

  it("keeps using a process that behaves", async () => {
    const pool = make(1);
    const pids = new Set<string>();
    for (let turn = 0; turn < 5; turn += 1) {
      const outcome = await run(pool, "ok");
      if (outcome.type === "result") pids.add(outcome.body.toString("utf8"));
    }
    expect(pids.size).toBe(1);
  });

  it("says so when the engine speaks another protocol", async () => {
    await expect(make(1, "old").hello()).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
  });

  it("is unavailable when the binary does not exist", async () => {
    const pool = new EnginePool({ binary: join(folder, "none"), limits, log }, 1);
    await expect(pool.hello()).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
    await expect(run(pool, "ok")).rejects.toMatchObject({ name: "Fault", kind: "unavailable" });
  });

  it("rejects what waits when it is closed", async () => {
    const pool = make(1);
    const running = run(pool, "hang");
    const waiting = run(pool, "ok");
    waiting.catch(() => undefined);
    await pool.hello();
    await pool.close();
    await expect(waiting).rejects.toMatchObject({ kind: "unavailable" });
    expect(await running).toMatchObject({ type: "crashed" });
    await expect(run(pool, "ok")).rejects.toThrow(/closed/);
  });
});
