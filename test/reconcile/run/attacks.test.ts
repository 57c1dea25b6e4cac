import { describe, expect, it } from "vitest";
import { recordRequest, requestOf } from "../../../src/reconcile/run/requests.ts";
import { where } from "../../support/memory-world.ts";
import { applyWorld, config, files } from "./apply-world.ts";

/** A world in which `web` is live at 1. */
async function liveWorld(more: Readonly<Record<string, string>> = {}) {
  const world = applyWorld({}, { ...files("web", "1"), ...more });
  await world.settle();
  await world.wait();
  return world;
}

const deployLine = "deploy: { engine: apply, cluster: prod-1, namespace: shop, stability: 0s }";

describe("a configuration cannot bring its own way into a cluster", () => {
  it.each([
    "kubeconfig: { file: /etc/sluice/other.kubeconfig }",
    "context: admin",
    "server: https://evil.test",
    "token: abc",
    "serviceAccount: kube-system/admin",
    "impersonate: system:masters",
    "headers: { Impersonate-User: root }",
    "namespaces: ['*']",
    "allow: [{ namespaces: ['*'] }]",
  ])("by %s", async (key) => {
    const world = await liveWorld();
    const before = world.cluster.calls.length;
    const rounds = world.rounds.length;
    const evil = config.replace("stability: 0s }", `stability: 0s, ${key} }`);
    await world.merge({ ".sluice.yaml": evil, ...files("web", "2") });
    await world.wait();
    expect(world.cluster.calls).toHaveLength(before);
    expect(world.rounds).toHaveLength(rounds);
  });
});

describe("only what is on the base counts", () => {
  it("and not the configuration or the manifests of a pull request", async () => {
    const world = await liveWorld();
    const evil = { ".sluice.yaml": config.replaceAll("prod", "evil"), ...files("web", "2"), ...files("evil", "1") };
    const pull = await world.propose(evil);
    await world.say("/reconcile prod", "ada", pull);
    await world.wait();
    expect([world.value("web"), world.value("evil")]).toEqual(['{"value":"1"}', undefined]);
  });

  it("and not a branch with a configuration of its own that somebody opens pull requests into", async () => {
    const world = await liveWorld();
    const { branches } = world.github.repository;
    branches.set("evil", branches.get("main") ?? "");
    await world.push("evil", { ".sluice.yaml": config, ...files("web", "2") });
    const pull = await world.propose({ a: "1" });
    const into = { ...pull, base: { ...pull.base, ref: "evil" } };
    world.github.pulls.set(pull.number, into);
    expect(await world.say("/reconcile prod", "ada", into)).toContain("goes into `evil`");
    await world.wait();
    expect(world.value("web")).toBe('{"value":"1"}');
  });
});

describe("a person's hold is passed", () => {
  const held = async () => {
    const world = await liveWorld();
    const pull = await world.propose({ a: "1" });
    await world.say("/hold prod/web sale", "mona", pull);
    return { ...world, pull };
  };

  it("by no /reconcile, with --prune or without", async () => {
    const world = await held();
    await world.merge(files("web", "2"));
    for (const flag of ["", " --prune"]) await world.say(`/reconcile prod${flag}`, "ada", world.pull);
    await world.wait();
    expect([world.value("web"), world.last("web")?.state]).toEqual(['{"value":"1"}', "waiting"]);
  });

  it("by no removal of the app", async () => {
    const world = await held();
    await world.merge({ "apps/web": null });
    await world.wait();
    expect(world.value("web")).toBe('{"value":"1"}');
  });

  it("by no other app that has its objects", async () => {
    const world = await held();
    await world.merge(files("thief", "2", "", "web"));
    await world.wait();
    expect([world.value("web"), world.last("thief")?.state]).toEqual(['{"value":"1"}', "failed"]);
  });
});

describe("what is asked for one app", () => {
  it("is not asked for another that is only written alike", async () => {
    const { ports } = applyWorld();
    const { repository } = where;
    const asked = { environment: "prod", apps: ["Web", "a/b"] };
    await recordRequest(ports.records, repository, asked, { id: "c1", at: 1, prune: true });
    const found = (app: string, environment = "prod") => requestOf(ports.records, repository, environment, app);
    expect(await found("Web")).toMatchObject({ id: "c1" });
    expect([await found("web"), await found("a%2Fb"), await found("a"), await found("Web", "PROD")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    const loud = { owner: repository.owner.toUpperCase(), name: repository.name };
    expect(await requestOf(ports.records, loud, "prod", "Web")).toMatchObject({ id: "c1" });
  });
});

describe("`prune: false`", () => {
  it("deletes nothing", async () => {
    const world = await liveWorld({
      ".sluice.yaml": config.replace(deployLine, `${deployLine.slice(0, -2)}, prune: false }`),
    });
    await world.merge({ ...files("web", "2", "", "renamed") });
    await world.wait();
    expect(world.last("web")).toMatchObject({ state: "live", kept: [{ object: { name: "web" } }] });
    expect(world.value("web")).toBe('{"value":"1"}');
  });
});
