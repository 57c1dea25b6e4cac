import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, ROUTES, type Start, startLocal } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
beforeAll(async () => {
  start = await startLocal();
  start.local.team({ org: "acme", slug: "release", members: ["octo"] });
  start.local.user("hub");
});
afterAll(() => start.local.close());
beforeEach(async () => {
  start.local.grant(TOKEN_PERMISSIONS);
  world = edgeWorld(start);
  github = await world.github();
});

describe("a team", () => {
  it("has its members and nobody else; one that does not exist has none", async () => {
    expect(await github.teamMember("release", "octo")).toBe(true);
    expect(await github.teamMember("release", "hub")).toBe(false);
    expect(await github.teamMember("release", "nobody-at-all")).toBe(false);
    expect(await github.teamMember("no-such-team", "octo")).toBe(false);
  });

  it("is asked about once a minute", async () => {
    await github.teamMember("release", "octo");
    await github.teamMember("Release", "Octo");
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.team]);
    start.local.team({ org: "acme", slug: "release", members: ["hub", "octo"] });
    world.later(61_000);
    await github.teamMember("release", "octo");
    expect(world.asked()).toEqual([ROUTES.team]);
    start.local.team({ org: "acme", slug: "release", members: ["octo"] });
  });

  it("that the App may not see is not taken for one without members", async () => {
    const { members: _members, ...rest } = TOKEN_PERMISSIONS;
    start.local.grant(rest);
    await expect(github.teamMember("release", "octo")).rejects.toMatchObject({
      name: "UserError",
      kind: "permission",
      message: expect.stringContaining("release of acme"),
      fix: expect.stringContaining("members: read"),
    });
    expect(world.asked()).not.toContain(ROUTES.team);
  });

  it("is none in the account of a person", async () => {
    await world.local.createRepository({ owner: "mona", name: "own", files: { a: "b" } });
    const { members: _members, ...rest } = TOKEN_PERMISSIONS;
    start.local.grant(rest, "mona");
    const own = await world.edge.for(world.local.installationOf("mona"), { owner: "mona", name: "own" });
    expect(await own.teamMember("release", "octo")).toBe(false);
    expect(world.asked()).not.toContain(ROUTES.team);
  });
});
