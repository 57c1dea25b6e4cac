import { ApplyWorld, deployment } from "../../../support/apply-world.ts";
import { type EngineWorld, engineContract, older } from "./engine-contract.ts";

const images = { works: "app", fails: "fail", hangs: "slow" } as const;

function open(): EngineWorld {
  const inner = new ApplyWorld();
  const world: EngineWorld = {
    now: inner.now,
    outcome: "works",
    away: undefined,
    step({ head = older, request }) {
      inner.now = world.now;
      const { away, outcome } = world;
      inner.cluster.trouble = away && (() => ({ when: "before", error: away }));
      const objects = [deployment("web", `${images[outcome]}:${head.slice(0, 7)}`)];
      return inner.step({ head, objects, ...(request !== undefined && { request: { id: request } }) });
    },
    work: () => undefined,
    writes: () => inner.writes.length,
  };
  return world;
}

// An environment's lease keeps two workers apart.
engineContract("apply", open, { together: true });
