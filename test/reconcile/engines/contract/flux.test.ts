import { FluxWorld, outcomes } from "../../../support/flux-world.ts";
import { type EngineWorld, engineContract, older } from "./engine-contract.ts";

function open(): EngineWorld {
  const inner = new FluxWorld();
  const world: EngineWorld = {
    now: inner.now,
    outcome: "works",
    away: undefined,
    step({ head = older, request }) {
      inner.now = world.now;
      const { away } = world;
      inner.cluster.trouble = away && (() => ({ when: "before", error: away }));
      inner.push(head);
      return inner.step({ head, ...(request !== undefined && { request }) });
    },
    work() {
      inner.now = world.now;
      inner.outcome = outcomes[world.outcome];
      inner.work();
    },
    writes: () => inner.writes,
    foreign: () => inner.put("GitRepository", { url: "https://github.com/acme/other", ref: { branch: "main" } }),
    watch() {
      inner.watchOnly = true;
      return { begin: () => inner.ask("GitRepository") };
    },
  };
  return world;
}

engineContract("flux", open);
