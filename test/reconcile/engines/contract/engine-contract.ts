import { describe, expect, it } from "vitest";
import { Fault } from "../../../../src/model/errors.ts";
import type { StepResult } from "../../../../src/reconcile/engines/engine.ts";

/** Two commits of the base branch, the older one first. */
export const [older, newer] = ["a".repeat(40), "b".repeat(40)] as const;

/** What is wanted of a step. */
export interface Wish {
  /** Absent: `older`. */
  readonly head?: string;
  /** The id of a person's request. */
  readonly request?: string;
}

/** One target in a world of its own, which stands still until it is told to go on. */
export interface EngineWorld {
  /** In milliseconds since the epoch. */
  now: number;
  /** What becomes of what is deployed from now on. */
  outcome: "works" | "fails" | "hangs";
  /** Where it is, nothing outside answers. */
  away: Error | undefined;
  /** One step of a new process. */
  step(wish: Wish): Promise<StepResult>;
  /** Whoever else is there, such as a controller, does what it can do by now. */
  work(): void;
  /** How often something was written to the outside. */
  writes(): number;
  /** What would be deployed is another team's. */
  foreign?(): void;
  /** Engines that watch only: somebody else starts what Sluice would have started. */
  watch?(): { begin(): void };
}

/** What an engine cannot do, or does not know. */
export interface Lacks {
  /** It knows of no failure, and is done at once. */
  readonly health?: boolean;
  /** Whoever takes a step is alone by other means. */
  readonly together?: boolean;
}

const maxSteps = 300;

/** Takes steps when they are due, until there is a result. */
export async function deploy(world: EngineWorld, wish: Wish = {}): Promise<StepResult> {
  for (let step = 1; step <= maxSteps; step += 1) {
    const result = await world.step(wish);
    const { state } = result.status;
    if (result.again === undefined || state === "live" || state === "failed") return result;
    expect(result.again).toBeGreaterThanOrEqual(world.now);
    world.now = Math.max(world.now + 1, result.again);
    world.work();
  }
  throw new Error(`there is no result after ${maxSteps} steps`);
}

/** What every deploy engine keeps, whatever brings the target to where it runs. */
export function engineContract(name: string, open: () => EngineWorld, lacks: Lacks = {}): void {
  describe(`the engine ${name}`, () => {
    it("is live when it is done, at the commit that is wanted, and says the same at each later step", async () => {
      const world = open();
      const { operation, status } = await deploy(world);
      expect(operation).toMatchObject({ app: "web", environment: "staging", head: older });
      expect(status).toMatchObject({ state: "live" });
      expect(status.state === "live" && status.since).toBeGreaterThanOrEqual(operation.startedAt);
      const writes = world.writes();
      for (const later of [1_000, 60_000, 24 * 3_600_000]) {
        world.now += later;
        world.work();
        expect(await world.step({})).toMatchObject({ operation: { id: operation.id }, status: { state: "live" } });
      }
      expect(world.writes()).toBe(writes);
    });

    it("brings a newer commit", async () => {
      const world = open();
      const first = await deploy(world);
      world.now += 60_000;
      const second = await deploy(world, { head: newer });
      expect(second).toMatchObject({ operation: { head: newer }, status: { state: "live" } });
      expect(second.operation.id).not.toBe(first.operation.id);
    });

    it("throws what is no one's to fix, and goes on from there at the next step", async () => {
      const world = open();
      world.away = new Fault("unavailable", "nothing answers");
      await expect(world.step({})).rejects.toBe(world.away);
      world.away = undefined;
      expect(await deploy(world)).toMatchObject({ status: { state: "live" } });
    });

    it.skipIf(lacks.health)(
      "says how far it is while it is under way, and when it wants to be called again",
      async () => {
        const world = open();
        world.outcome = "hangs";
        const ids = new Set<string>();
        for (let step = 1; step <= 5; step += 1) {
          const { operation, status, again = 0 } = await world.step({});
          ids.add(operation.id);
          expect(status).toMatchObject({ state: "progressing" });
          expect(status.state === "progressing" && status.deadline).toBeGreaterThan(world.now);
          expect(again).toBeGreaterThan(world.now - 1);
          world.now = Math.max(world.now + 1, again);
          world.work();
        }
        expect(ids.size).toBe(1);
      },
    );

    it.skipIf(lacks.health)("fails when its time is over", async () => {
      const world = open();
      world.outcome = "hangs";
      await world.step({});
      world.work();
      await world.step({});
      world.now += 24 * 3_600_000;
      expect(await deploy(world)).toMatchObject({ status: { state: "failed", failure: { kind: "timeout" } } });
    });

    it.skipIf(lacks.health)("fails with a reason, begins nothing again by itself, and again for who asks", async () => {
      const world = open();
      world.outcome = "fails";
      const { operation, status } = await deploy(world);
      expect(status).toMatchObject({ state: "failed" });
      expect(status.state === "failed" && status.failure.summary).toMatch(/\w{4}/);
      const writes = world.writes();
      world.now += 60_000;
      expect(await world.step({})).toMatchObject({ operation: { id: operation.id }, status: { state: "failed" } });
      expect(world.writes()).toBe(writes);
      const again = await deploy(world, { request: "7/1" });
      expect(again.status).toMatchObject({ state: "failed" });
      expect(again.operation.id).not.toBe(operation.id);
    });

    it.skipIf(lacks.health)("leaves what hangs for a newer commit, and gets there", async () => {
      const world = open();
      world.outcome = "hangs";
      await world.step({});
      world.work();
      await world.step({});
      world.outcome = "works";
      const states: string[] = [];
      for (let step = 1; step <= maxSteps && states.at(-1) !== "live"; step += 1) {
        const { operation, status, again = 0 } = await world.step({ head: newer });
        if (operation.head === newer) states.push(status.state);
        else expect(status).toEqual({ state: "superseded", by: newer });
        world.now = Math.max(world.now + 1, again);
        world.work();
      }
      expect(states.at(-1)).toBe("live");
    });

    it.skipIf(lacks.together)("is one operation though two workers step at once", async () => {
      const world = open();
      for (let step = 1; step <= maxSteps; step += 1) {
        const both = await Promise.all([world.step({}), world.step({})]);
        expect(new Set(both.map(({ operation }) => operation.id)).size).toBe(1);
        if (both.every(({ status }) => status.state === "live")) return;
        expect(both.map(({ status }) => status.state)).not.toContain("failed");
        world.now = Math.max(world.now + 1, ...both.map(({ again = 0 }) => again));
        world.work();
      }
      expect.unreachable("there is no result");
    });

    it.runIf(open().foreign)("neither pokes nor tells of what is another team's", async () => {
      const world = open();
      world.foreign?.();
      const { status, again } = await world.step({});
      expect(status).toMatchObject({ state: "failed", failure: { kind: "refused", applied: false } });
      expect([world.writes(), again]).toEqual([0, undefined]);
    });

    it.runIf(open().watch)("writes nothing where it is to watch, and tells what others start", async () => {
      const world = open();
      const others = world.watch?.();
      expect((await world.step({})).status.state).toMatch(/waiting|progressing/);
      others?.begin();
      world.work();
      expect(await deploy(world)).toMatchObject({ operation: { head: older }, status: { state: "live" } });
      expect(world.writes()).toBe(0);
    });
  });
}
