import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
beforeAll(async () => {
  start = await startLocal();
  for (const login of ["octo", "hub"]) {
    start.local.user(login);
    start.local.setPermission({ ...REPOSITORY, login, permission: "write" });
  }
  start.local.team({ org: "acme", slug: "release", members: ["octo"], permission: "write" });
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
});

describe("reviews", () => {
  it("are read oldest first, in our words, and dismissed once", async () => {
    const { pull } = world;
    const first = await world.local.review({ ...pull, by: "octo", event: "APPROVE" });
    await world.local.review({ ...pull, by: "hub", event: "COMMENT", body: "hm" });
    await world.local.review({ ...pull, by: "hub", event: "REQUEST_CHANGES", body: "no" });
    const read = await github.reviews(pull.number);
    expect(read.map((one) => [one.user, one.state, one.bot, one.commit])).toEqual([
      ["octo", "approved", false, pull.headSha],
      ["hub", "commented", false, pull.headSha],
      ["hub", "changes-requested", false, pull.headSha],
    ]);
    expect(read[0]).toMatchObject({ id: first.id, at: first.submittedAt });
    world.asked();

    await github.dismissReview(pull.number, first.id, "the render changed");
    await github.dismissReview(pull.number, first.id, "the render changed");
    await github.dismissReview(pull.number, 4711, "it never was");
    expect(world.asked()).toEqual([ROUTES.dismissReview, ROUTES.dismissReview, ROUTES.dismissReview]);
    expect((await github.reviews(pull.number))[0]).toMatchObject({ user: "octo", state: "dismissed" });
  });

  it("are read to the last page", async () => {
    const { pull } = world;
    const before = (await github.reviews(pull.number)).length;
    for (let i = 0; i < 101; i++) await world.local.review({ ...pull, by: "hub", event: "COMMENT", body: `${i}` });
    expect(await github.reviews(pull.number)).toHaveLength(before + 101);
  });

  it("that may not be dismissed are told with GitHub's reason", async () => {
    const effect = { kind: "instead", status: 422, message: "Could not dismiss it" } as const;
    world.local.injectFault({ method: "PUT", template: templateOf(ROUTES.dismissReview), effect });
    await expect(github.dismissReview(world.pull.number, 1, "x")).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("Could not dismiss it"),
    });
  });
});

describe("asking for reviews", () => {
  const ask = (users: readonly string[], teams: readonly string[]) =>
    github.requestReviewers(world.pull.number, { users, teams });
  const asked = () => {
    const { requestedReviewers, requestedTeams } = world.local.pull(world.pull);
    return [requestedReviewers.toSorted(), requestedTeams];
  };

  it("asks nobody nothing", async () => {
    expect(await ask([], [])).toEqual({ refused: undefined });
    expect(world.asked()).toEqual([]);
  });

  it("of persons and teams is one request", async () => {
    expect(await ask(["octo", "hub"], ["release"])).toEqual({ refused: undefined });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.requestReviewers]);
    expect(asked()).toEqual([["hub", "octo"], ["release"]]);
  });

  it("of the author tells GitHub's refusal, and the teams are asked without the persons", async () => {
    const other = edgeWorld(await startLocal());
    other.local.team({ org: "acme", slug: "release", members: ["octo"], permission: "write" });
    github = await other.github();
    const { refused } = await github.requestReviewers(other.pull.number, { users: ["mona"], teams: ["release"] });
    expect(refused).toMatch(/author/i);
    expect(other.local.pull(other.pull).requestedTeams).toEqual(["release"]);
    expect(other.asked().filter((one) => one === ROUTES.requestReviewers)).toHaveLength(2);
    const alone = await github.requestReviewers(other.pull.number, { users: ["mona"], teams: [] });
    expect(alone.refused).toMatch(/author/i);
    expect(other.asked()).toEqual([ROUTES.requestReviewers]);
    await other.local.close();
  });

  it("of nobody who exists is told, not thrown", async () => {
    const { refused } = await ask(["nobody-at-all"], ["no-such-team"]);
    expect(refused).toBeTypeOf("string");
  });
});
