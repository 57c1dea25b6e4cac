import { afterAll, beforeAll, expect, it } from "vitest";
import type { InstalledRepository } from "../../src/model/github.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, startLocal, templateOf } from "./world.ts";

let world: EdgeWorld;
let where: InstalledRepository;
const signal = AbortSignal.timeout(600_000);
beforeAll(async () => {
  world = edgeWorld(await startLocal());
  where = { installationId: world.local.installationId, repository: REPOSITORY, defaultBranch: "main" };
});
afterAll(() => world?.local.close());

it("rules of a branch are those of all rulesets whose patterns it matches, of branches that are not there too", async () => {
  const rules = (branch: string) => world.edge.branchRules(where, branch, signal);
  expect(await rules("sluice/promote/prod/web")).toEqual({ rules: new Set() });
  world.local.addRuleset({ ...REPOSITORY, branches: ["sluice-state", "sluice/**/*"], rules: ["creation", "update"] });
  world.local.addRuleset({ ...REPOSITORY, branches: ["sluice-state"], rules: ["deletion"] });
  expect(await rules("sluice/promote/prod/web")).toEqual({ rules: new Set(["creation", "update"]) });
  expect(await rules("sluice-state")).toEqual({ rules: new Set(["creation", "update", "deletion"]) });
  expect(await rules("main")).toEqual({ rules: new Set() });
  expect(world.asked().filter((one) => one === ROUTES.token)).toHaveLength(1);
});

it("rules that GitHub does not tell are told as that, and an outage is a Fault", async () => {
  const template = templateOf(ROUTES.branchRules);
  const message = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
  world.local.injectFault({ template, effect: { kind: "instead", status: 403, message } });
  expect(await world.edge.branchRules(where, "sluice-state", signal)).toEqual({ refused: message });
  world.local.injectFault({ template, effect: { kind: "instead", status: 502 } });
  await expect(world.edge.branchRules(where, "sluice-state", signal)).rejects.toMatchObject({ kind: "unavailable" });
});
