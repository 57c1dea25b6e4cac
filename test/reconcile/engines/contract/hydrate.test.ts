import type { Desired } from "../../../../src/reconcile/engines/engine.ts";
import { hydrateEngine } from "../../../../src/reconcile/engines/hydrate/index.ts";
import { desiredOf } from "../../../support/apply-world.ts";
import { fakeGitHub } from "../../../support/fake-github.ts";
import { type EngineWorld, engineContract, older } from "./engine-contract.ts";

function open(): EngineWorld {
  const github = fakeGitHub();
  const world: EngineWorld = {
    now: Date.UTC(2026, 0, 1),
    outcome: "works",
    away: undefined,
    async step({ head = older }) {
      const target: Desired = {
        ...desiredOf({ head, objects: [] }),
        digest: head,
        yaml: async () => `head: ${head}\n`,
      };
      const ports = { github, repositoryUrl: "https://github.com/acme/shop", clock: () => world.now };
      const opened = async () => (world.away === undefined ? github.repository : Promise.reject(world.away));
      const engine = hydrateEngine(
        { ...ports, open: opened },
        { branch: "env/staging", path: "{app}", base: "main", pullRequest: false },
      );
      const { environment } = target;
      const repository = { owner: "acme", name: "shop" };
      const wanted = { repository, environment, head, targets: [target], gone: async () => [] };
      const { reports, ...rest } = await engine.step(wanted, new AbortController().signal);
      const [report] = reports;
      if (report === undefined) throw new Error("nothing is reported");
      return { ...report, ...rest };
    },
    work: () => undefined,
    writes: () => github.calls.filter((call) => /commit|Branch/.test(call)).length,
  };
  return world;
}

// A branch is never half way, and knows nothing of what runs.
engineContract("hydrate", open, { health: true });
