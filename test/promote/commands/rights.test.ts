import { describe, expect, it } from "vitest";
import { commandWorld } from "./world.ts";

describe("who may not act on an environment", () => {
  it.each([
    ["/promote prod web", "stranger", "`stranger`, who has no access"],
    ["/promote prod web", "reader", "this needs write access"],
    ["/promote prod web", "mallory", "anyone in release"],
    ["/rollback prod web", "mallory", "anyone in release"],
    ["/hold prod because", "reader", "this needs write access"],
    ["/hold prod/web because", "mallory", "anyone in release"],
    ["/release prod", "mallory", "anyone in release"],
  ])("is refused %s as %s, and nothing is done", async (command, actor, why) => {
    const { github, jobs, received, say } = commandWorld();
    const reply = await say(command, actor);
    expect(reply).toMatch(/^❌/);
    expect(reply).toContain(why);
    expect({ jobs, received }).toEqual({ jobs: [], received: [] });
    expect([...github.repository.branches.keys()].filter((branch) => branch.startsWith("sluice"))).toEqual([]);
  });

  it("is refused although the pull request's own configuration would allow it", async () => {
    const { say } = commandWorld();
    expect(await say("/promote prod web", "mallory")).toContain("anyone in release");
  });

  it.each(["/promote prod web", "/hold prod", "/release prod", "/rollback prod web"])(
    "is refused %s on a pull request into a branch with a configuration of their own",
    async (command) => {
      const { jobs, say } = commandWorld({ base: "mine" });
      expect(await say(command, "mallory")).toContain("promotions live on `main`");
      expect(jobs).toEqual([]);
    },
  );
});

describe("a command for promotions", () => {
  it("is refused elsewhere", async () => {
    const { say } = commandWorld();
    expect(await say("/override approvals I want it", "ada")).toContain(
      "is for an open promotion pull request, and this is none",
    );
  });
});

describe("names that are nothing", () => {
  it.each([
    ["/hold pord", "pord"],
    ["/hold prod/wbe", "wbe"],
    ["/release prod/wbe", "wbe"],
  ])("are refused in %s", async (command, name) => {
    const { jobs, received, say } = commandWorld();
    const reply = await say(command, "ada");
    expect(reply).toMatch(/^❌/);
    expect(reply).toContain(name);
    expect({ jobs, received }).toEqual({ jobs: [], received: [] });
  });
});
