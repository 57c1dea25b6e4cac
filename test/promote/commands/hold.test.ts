import { describe, expect, it } from "vitest";
import { commandWorld } from "./world.ts";

const promotions = {
  type: "promotions",
  installationId: 1,
  repository: { owner: "acme", name: "gitops" },
  defaultBranch: "main",
};

describe("/hold and /release", () => {
  it("say what is on hold, until when and why, and what was", async () => {
    const { say } = commandWorld();
    expect(await say("/hold prod/web checkout is broken", "ada")).toBe(
      '⏸️ **prod/web is on hold:** "checkout is broken". Promotions and image updates wait. To end it: `/release prod/web`.\n\n<sub>`/hold prod/web checkout is broken` by `ada`</sub>',
    );
    expect(await say("/release prod/web", "olga")).toContain(
      '**prod/web is released**; it was on hold by `ada`: "checkout is broken".',
    );
    expect(await say("/release prod/web", "olga")).toContain("prod/web is not on hold");
    expect(await say("/hold prod --until 2h the big sale", "ada")).toContain("**prod is on hold** until");
  });

  it.each([
    ["the environment", "prod", "Deploys, promotions and image updates wait."],
    ["an app of it", "prod/web", "Deploys, promotions and image updates wait."],
    ["another environment", "staging", "Promotions and image updates wait."],
  ])("say that deploys wait where Sluice deploys: %s", async (_, place, waits) => {
    const { say } = commandWorld({ prod: "    deploy: { engine: hydrate }\n" });
    expect(await say(`/hold ${place}`, "ada")).toContain(`**${place} is on hold.** ${waits}`);
  });

  it("do not end an earlier hold by one that ends before it, and say whose it is", async () => {
    const { jobs, received, say } = commandWorld();
    await say("/hold prod/web checkout is broken", "ada");
    const done = [jobs.length, received.length];
    expect(await say("/hold prod/web --until 2h the load test", "olga")).toContain(
      '⏸️ **prod/web is on hold already** by `ada`: "checkout is broken". That lasts longer, so it stays as it is. To end it: `/release prod/web`.',
    );
    expect([jobs.length, received.length]).toEqual(done);
    expect(await say("/release prod/web", "olga")).toContain('it was on hold by `ada`: "checkout is broken"');
  });

  it("have all promotions looked at again, now and when the hold ends by itself", async () => {
    const { jobs, say } = commandWorld();
    await say("/hold prod --until 2h the big sale", "ada");
    const at = Date.UTC(2026, 10, 23, 11) + 2_000;
    expect(jobs).toEqual([{ type: "scheduled", at, job: promotions }, promotions]);
    await say("/release prod", "ada");
    expect(jobs.slice(2)).toEqual([promotions]);
  });

  it("do not make an exception of one app while the whole environment is held", async () => {
    const { say } = commandWorld();
    await say("/hold prod", "ada");
    expect(await say("/release prod/web", "ada")).toContain(
      "the whole environment `prod` is on hold, not `web` alone. `/release prod` ends it",
    );
  });

  it("are events that other rooms handle, again when the command runs again after a crash", async () => {
    const { received, jobs, say } = commandWorld();
    await say("/hold prod/web broken", "ada", 1);
    await say("/hold prod/web broken", "ada", 1);
    const hold = { kind: "hold.set", environment: "prod", app: "web", reason: "broken", defaultBranch: "main" };
    expect(received).toMatchObject([hold, hold]);
    await say("/release prod/web", "olga", 2);
    expect(await say("/release prod/web", "olga", 2)).toContain("**prod/web is released**");
    const end = { kind: "hold.ended", environment: "prod", app: "web", defaultBranch: "main" };
    expect(received.slice(2)).toMatchObject([{ ...end, held: { by: "ada", reason: "broken" } }, end]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(2);
    expect(jobs).toEqual([promotions, promotions, promotions, promotions]);
  });

  it("are a person's, also one's who is called like Sluice", async () => {
    const { github, received, say } = commandWorld();
    github.permissions.set("sluice", "write");
    github.teams.set("release", ["sluice"]);
    await say("/hold prod", "sluice");
    await say("/release prod", "sluice");
    const actor = { kind: "person", login: "sluice" };
    expect(received).toMatchObject([
      { kind: "hold.set", actor },
      { kind: "hold.ended", actor },
    ]);
  });

  it("are not done while a handler of the event fails: the command is thrown for a retry, and its retry handles it", async () => {
    const world = commandWorld();
    const { dispatch } = world.ports.events;
    let away = true;
    Object.assign(world.ports.events, {
      dispatch: async (...given: Parameters<typeof dispatch>) => {
        if (away) throw new Error("the store is away");
        return dispatch(...given);
      },
    });
    await expect(world.say("/hold prod/web broken", "ada", 1)).rejects.toThrow("the store is away");
    expect(world.github.comments.size).toBe(0);
    away = false;
    expect(await world.say("/hold prod/web broken", "ada", 1)).toContain("**prod/web is on hold:**");
    expect(world.received).toMatchObject([{ kind: "hold.set" }]);
  });
});
