import { describe, expect, it } from "vitest";
import { commandWorld } from "./world.ts";

describe("who may not act on an environment", () => {
  it.each([
    ["/promote prod web", "stranger", "`stranger`, who has no access"],
    [
      "/promote prod web",
      "reader",
      "only members of release with write access may promote to `prod`. Ask one of them to comment:\n\n```text\n/promote prod web\n```",
    ],
    ["/promote prod web", "mallory", "members of release"],
    ["/rollback prod web", "mallory", "members of release"],
    ["/hold prod because", "reader", "only members of release with write access may act on all of `prod`"],
    ["/hold prod/web because", "mallory", "members of release"],
    ["/release prod", "mallory", "only members of release may act on all of `prod`. Ask one of them to comment:"],
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
    expect(await say("/promote prod web", "mallory")).toContain("members of release");
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
