import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, removeComments, type Start, startLocal } from "./world.ts";

/** What Sluice asked for before it wrote to repositories. */
const OLD = { checks: "write", contents: "read", issues: "write", metadata: "read", pull_requests: "write" } as const;
const NARROW = [ROUTES.token, ROUTES.grant, ROUTES.token];

let start: Start;
let world: EdgeWorld;
beforeAll(async () => {
  start = await startLocal();
  await start.local.createRepository({ owner: "acme", name: "other", files: { a: "b" } });
});
afterAll(() => start.local.close());
beforeEach(async () => {
  await removeComments(start);
  start.local.grant(OLD);
  world = edgeWorld(start);
});

async function makeBranch(): Promise<unknown> {
  return (await world.github()).createBranch("not-allowed", start.pull.baseSha);
}

describe("an installation that has not accepted the new permissions", () => {
  it("goes on with all that it granted, at the cost of two requests", async () => {
    const github = await world.github();
    await github.pullRequest(world.pull.number);
    await github.upsertComment(world.pull.number, "preview", "body");
    expect(world.asked()).toEqual([...NARROW, ROUTES.pull, ROUTES.listComments, ROUTES.createComment]);
    expect(await world.edge.token(REPOSITORY)).toMatch(/^ghs_/);
    expect(world.log.lines.join("\n")).toContain("contents: write, deployments: write, members: read, statuses: write");
  });

  it("is remembered for its other repositories, and asked again after a while", async () => {
    await (await world.github()).pullRequest(world.pull.number);
    world.asked();
    const other = await world.edge.for(world.local.installationId, { owner: "acme", name: "other" });
    await other.permission("mona");
    expect(world.asked().slice(0, 1)).toEqual([ROUTES.token]);
    await start.local.createRepository({ owner: "acme", name: "third", files: { a: "b" } });
    world.later(11 * 60_000);
    await (await world.edge.for(world.local.installationId, { owner: "acme", name: "third" })).permission("mona");
    expect(world.asked().slice(0, 3)).toEqual(NARROW);
  });

  it("is told what to accept, and where, when it is needed", async () => {
    await expect(makeBranch()).rejects.toMatchObject({
      name: "UserError",
      kind: "permission",
      fix: expect.stringMatching(/accept .*contents: write, deployments: write.* at http/),
    });
  });

  it("that accepts them is served within a minute of the next try", async () => {
    await expect(makeBranch()).rejects.toMatchObject({ kind: "permission" });
    start.local.grant(TOKEN_PERMISSIONS);
    await expect(makeBranch()).rejects.toMatchObject({ kind: "permission" });
    world.later(61_000);
    await expect(makeBranch()).rejects.toMatchObject({ kind: "permission" });
    world.asked();
    expect(await makeBranch()).toBe("created");
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createRef]);
  });

  it("may take more away while its grant is remembered", async () => {
    await (await world.github()).pullRequest(world.pull.number);
    const { issues: _issues, ...rest } = OLD;
    start.local.grant(rest);
    world.asked();
    const other = await world.edge.for(world.local.installationId, { owner: "acme", name: "other" });
    await other.permission("mona");
    expect(world.asked().slice(0, 3)).toEqual(NARROW);
  });

  it("without the right to read is told so before git is", async () => {
    start.local.grant({ metadata: "read" });
    await expect(world.edge.token(REPOSITORY)).rejects.toMatchObject({
      kind: "permission",
      fix: expect.stringContaining("contents: write"),
    });
  });
});

describe("an installation on the account of a person", () => {
  it("lacks nothing when it lacks members", async () => {
    await world.local.createRepository({ owner: "mona", name: "own", files: { a: "b" } });
    const { members: _members, ...rest } = TOKEN_PERMISSIONS;
    start.local.grant(rest, "mona");
    const own = await world.edge.for(world.local.installationOf("mona"), { owner: "mona", name: "own" });
    expect(await own.permission("mona")).toBe("admin");
    expect(world.log.lines.join("\n")).not.toContain("not accepted");
  });
});

describe("a token", () => {
  it("for a repository that the installation does not reach is refused as before", async () => {
    start.local.grant(TOKEN_PERMISSIONS);
    const none = await world.edge.for(world.local.installationId, { owner: "acme", name: "nowhere" });
    await expect(none.pullRequest(1)).rejects.toMatchObject({
      kind: "permission",
      fix: expect.stringContaining("installed on the repository"),
    });
    expect(world.asked()).toEqual([ROUTES.token]);
  });
});
