import { describe, expect, it } from "vitest";
import type { OperationReport, ReconcileJob } from "../../../src/model/deploy.ts";
import { runPromotions } from "../../../src/promote/run/index.ts";
import { reconcileAfterHold, runReconcile, sweepDeploys } from "../../../src/reconcile/run/index.ts";
import { appFiles } from "../../promote/support/memory-world.ts";
import { memoryWorld, where } from "../../support/memory-world.ts";
import { noting } from "./support.ts";

const deploys = "deploy: { engine: hydrate }";

function configOf(prod = deploys): string {
  return `version: 1
environments:
  - name: staging
    path: apps/{app}/staging
  - name: prod
    path: apps/{app}/prod
    from: staging
    ${prod}
`;
}

const two = { ...appFiles("web", "prod", "1.2.0"), ...appFiles("api", "prod", "3.0.0") };

/** A repository whose prod is deployed, and what was reported of it. */
function deployWorld(files: Readonly<Record<string, string>> = { ".sluice.yaml": configOf(), ...two }) {
  const rounds: (readonly OperationReport[])[] = [];
  const job: ReconcileJob = { type: "reconcile", ...where, defaultBranch: "main" };
  const world = memoryWorld({
    files,
    pushed: [job],
    async run(one, ports, context) {
      if (one.type === "reconcile") await runReconcile(one, ports, context, noting(rounds));
      else if (one.type === "promotions") await runPromotions(one, ports, context);
    },
    on: (event, ports) => reconcileAfterHold(event, ports),
  });
  const states = () =>
    (rounds.at(-1) ?? []).map(({ operation, status }) => `${operation.app} ${status.state}`).toSorted();
  const reported = (app: string) => (rounds.at(-1) ?? []).find(({ operation }) => operation.app === app)?.status;
  const hydrated = () => world.github.repository.branches.get("env/prod");
  return { ...world, job, rounds, states, reported, hydrated };
}

describe("a push to the base", () => {
  it("brings what Git has to each environment that is deployed", async () => {
    const world = deployWorld();
    await world.settle();
    expect(world.states()).toEqual(["api live", "web live"]);
    expect(await world.file("web/manifest.yaml", "env/prod")).toContain("ghcr.io/acme/web:1.2.0");
    await world.merge(appFiles("web", "prod", "1.3.0"));
    expect(await world.file("web/manifest.yaml", "env/prod")).toContain("ghcr.io/acme/web:1.3.0");
  });

  it("waits for a person where the branch takes changes by pull request alone", async () => {
    const config = configOf("deploy: { engine: hydrate, pullRequest: true }");
    const world = deployWorld({ ".sluice.yaml": config, ...two });
    await world.settle();
    expect(world.states()).toEqual(["api waiting", "web waiting"]);
    expect(world.reported("web")).toMatchObject({ reason: "#1 has to be merged into env/prod" });
    expect(world.github.pulls.get(1)).toMatchObject({ title: "Deploy prod: 2 rendered files" });
    expect(await world.file("web/manifest.yaml", "env/prod")).toBe("");
  });

  it("deploys the head of the base, whatever the job is late for", async () => {
    const world = deployWorld();
    await world.push("main", appFiles("web", "prod", "1.3.0"));
    await world.push("main", appFiles("web", "prod", "1.4.0"));
    await world.settle();
    expect(await world.file("web/manifest.yaml", "env/prod")).toContain("web:1.4.0");
    expect((await world.github.repository.log({ to: "env/prod" })).length).toBe(1);
  });

  it.each<[string, string]>([
    ["no environment is deployed", configOf("promote: {}")],
    ["the configuration is broken", "version: 1\nenvironments: 7\n"],
  ])("does nothing where %s", async (_, config) => {
    const world = deployWorld({ ".sluice.yaml": config, ...two });
    await world.settle();
    expect(world.rounds).toEqual([]);
    expect(world.hydrated()).toBeUndefined();
  });
});

describe("a target that does not render whole", () => {
  const broken = { "apps/api/prod/app.yaml": "- not a map\n" };

  it("is failed with the render's reason, keeps what was deployed, and keeps no other waiting", async () => {
    const world = deployWorld();
    await world.settle();
    await world.merge({ ...broken, ...appFiles("web", "prod", "1.3.0") });
    expect(world.states()).toEqual(["api failed", "web live"]);
    expect(world.reported("api")).toMatchObject({ failure: { kind: "render", applied: false } });
    expect(await world.file("api/manifest.yaml", "env/prod")).toContain("api:3.0.0");
    expect(await world.file("web/manifest.yaml", "env/prod")).toContain("web:1.3.0");
  });
});

describe("an app that Git no longer has", () => {
  it("is taken away", async () => {
    const world = deployWorld();
    await world.settle();
    await world.merge({ "apps/api": null });
    expect(world.states()).toEqual(["web live"]);
    expect(await (await world.github.repository.tree("env/prod")).at("api")).toBeUndefined();
  });
});

describe("a hold of a person", () => {
  it("keeps deploys waiting, and its end goes on with them", async () => {
    const world = deployWorld();
    await world.settle();
    const pull = await world.propose({ "README.md": "hello\n" });
    await world.say("/hold prod/web sale", "mona", pull);
    await world.merge({ ...appFiles("web", "prod", "1.3.0"), ...appFiles("api", "prod", "3.1.0") });
    expect(world.states()).toEqual(["api live", "web waiting"]);
    expect(world.reported("web")).toEqual({ state: "waiting", reason: "prod/web is on hold by mona" });
    expect(await world.file("web/manifest.yaml", "env/prod")).toContain("web:1.2.0");
    await world.say("/release prod/web", "mona", pull);
    expect(world.states()).toEqual(["api live", "web live"]);
    expect(await world.file("web/manifest.yaml", "env/prod")).toContain("web:1.3.0");
  });

  it("goes on by itself when its time is over", async () => {
    const world = deployWorld();
    await world.settle();
    await world.say("/hold prod sale --until 2026-11-23T10:00:00Z", "mona", await world.propose({ a: "1" }));
    await world.merge(appFiles("web", "prod", "1.3.0"));
    expect(world.states()).toEqual(["api waiting", "web waiting"]);
    await world.pass(120);
    expect(world.states()).toEqual(["api live", "web live"]);
  });
});

describe("/reconcile", () => {
  const asked = async (world: ReturnType<typeof deployWorld>, text: string, by = "ada") =>
    world.say(text, by, await world.propose({ "README.md": "hello\n" }));

  it("deploys what the base has, and says which commit", async () => {
    const world = deployWorld();
    expect(await asked(world, "/reconcile prod")).toMatch(
      /\*\*Deploying api and web to prod:\*\* main at \[`[0-9a-f]{7}`\]/,
    );
    expect(world.states()).toEqual(["api live", "web live"]);
  });

  it.each<[string, string, RegExp]>([
    ["an environment that is not there", "/reconcile prd", /Did you mean this\?[^/]*\/reconcile prod\n/],
    ["an environment that Sluice does not deploy", "/reconcile staging", /deploys nothing to `staging`/],
    ["an app that Sluice does not deploy there", "/reconcile prod shop", /does not deploy shop to `prod`/],
  ])("refuses %s", async (_, text, answer) => {
    const world = deployWorld({ ".sluice.yaml": configOf(), ...two, ...appFiles("web", "staging", "1.3.0") });
    expect(await asked(world, text)).toMatch(answer);
    expect(world.hydrated()).toBeUndefined();
  });

  it("is not for everybody", async () => {
    const world = deployWorld();
    expect(await asked(world, "/reconcile prod", "eve")).toContain("Not allowed");
    expect(world.hydrated()).toBeUndefined();
  });

  it("passes no hold", async () => {
    const world = deployWorld();
    await asked(world, "/hold prod sale", "mona");
    expect(await asked(world, "/reconcile prod web")).toContain("End it with `/release prod`");
  });
});

describe("the sweep", () => {
  it("has every repository looked at that deploys, and all of them where that is not known", async () => {
    const world = deployWorld();
    let listed = 0;
    const installed = async function* () {
      listed += 1;
      yield { ...where, defaultBranch: "main" };
    };
    const added: unknown[] = [];
    const queue = { add: async (job: unknown) => void added.push(job) };
    const ports = { ...world.ports, queue };
    const signal = new AbortController().signal;
    expect(await sweepDeploys(ports, installed, signal)).toBe(1);
    expect(added).toEqual([world.job]);
    await world.settle();
    expect(await sweepDeploys(ports, installed, signal)).toBe(0);
    expect(added).toEqual([world.job, world.job]);
    expect(listed).toBe(1);
  });
});
