import { describe } from "vitest";
import { ArgocdWorld, source } from "../../../support/argocd-world.ts";
import { type EngineWorld, engineContract, older } from "./engine-contract.ts";

function open(spec: ConstructorParameters<typeof ArgocdWorld>[0]): EngineWorld {
  const inner = new ArgocdWorld(spec);
  let watchOnly = false;
  const world: EngineWorld = {
    now: inner.now,
    outcome: "works",
    away: undefined,
    step({ head = older, request }) {
      inner.now = world.now;
      inner.head = head;
      const { away } = world;
      inner.cluster.trouble = away && (() => ({ when: "before", error: away }));
      return inner.step({ head, ...(request !== undefined && { request }) }, { watchOnly });
    },
    work() {
      inner.now = world.now;
      inner.outcome = world.outcome;
      for (let round = 0; round < 4; round += 1) inner.work();
    },
    writes: () => inner.writes,
    foreign: () => inner.put({ spec: { source: { ...source, repoURL: "https://github.com/other/shop" } } }),
    watch() {
      watchOnly = true;
      return {
        begin() {
          inner.put({ metadata: { annotations: { "argocd.argoproj.io/refresh": "normal" } } });
          const operation = { initiatedBy: { username: "mona" }, sync: { revision: inner.head } };
          if (spec?.syncPolicy === undefined) inner.put({ operation });
        },
      };
    },
  };
  return world;
}

describe("with automated sync", () => engineContract("argocd", () => open({ source, syncPolicy: { automated: {} } })));
describe("without it", () => engineContract("argocd", () => open({ source })));
