import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import type { SourceComparison } from "../../src/model/github.ts";
import { type EdgeWorld, edgeWorld, ROUTES, type Start, startLocal } from "./world.ts";

const COMPARE = "GET /repos/{owner}/{repo}/compare/{basehead}";
const SOURCE = { owner: "acme", name: "api" };
const FOREIGN = { owner: "globex", name: "api" };

let start: Start;
let world: EdgeWorld;
const shas: string[] = [];
let aside = "";
beforeAll(async () => {
  start = await startLocal();
  const { local } = start;
  for (const repository of [SOURCE, FOREIGN]) await local.createRepository({ ...repository, files: { a: "0\n" } });
  for (const message of ["Start", "Fix the cart\n\nIt was empty.", "Add a button"])
    shas.push(await local.commit({ ...SOURCE, branch: "main", files: { a: message }, message, by: "ada" }));
  aside = await local.commit({ ...SOURCE, branch: "aside", from: "main", files: { b: "1" }, message: "Aside" });
  await local.commit({ ...SOURCE, branch: "main", files: { a: "4" }, message: "Go on" });
});
afterAll(() => start.local.close());
beforeEach(() => {
  world = edgeWorld(start);
});

const [first, last] = [() => shas[0] ?? "", () => shas[2] ?? ""];

function compare(from = first(), to = last(), source = SOURCE): Promise<SourceComparison | undefined> {
  return world.edge.sourceCommits(world.local.installationId, source, from, to);
}

describe("the commits between two images' sources", () => {
  it("are told oldest first, with the first line of each message, its author and its page", async () => {
    const page = `${world.local.url}/acme/api`;
    expect(await compare()).toEqual({
      commits: [
        { sha: shas[1], title: "Fix the cart", author: "ada", url: `${page}/commit/${shas[1]}` },
        { sha: shas[2], title: "Add a button", author: "ada", url: `${page}/commit/${shas[2]}` },
      ],
      total: 2,
      status: "ahead",
      behind: 0,
      compareUrl: `${page}/compare/${first()}...${last()}`,
    });
    expect(world.asked()).toEqual([ROUTES.installation, ROUTES.token, COMPARE]);
  });

  it("tell a way back, two ways, and none", async () => {
    expect(await compare(last(), first())).toMatchObject({ status: "behind", behind: 2, total: 0, commits: [] });
    expect(await compare(first(), first())).toMatchObject({ status: "identical", behind: 0, total: 0 });
    const head = await start.local.commit({ ...SOURCE, branch: "main", files: { a: "5" }, message: "More" });
    expect(await compare(aside, head)).toMatchObject({ status: "diverged", behind: 1, total: 2 });
  });

  it("are found by short ids, and asked for once in ten minutes", async () => {
    expect(await compare(first().slice(0, 7).toUpperCase(), last().slice(0, 12))).toMatchObject({ total: 2 });
    await compare();
    world.asked();
    await compare();
    expect(world.asked()).toEqual([]);
    world.later(11 * 60_000);
    await compare();
    expect(world.asked()).toEqual([ROUTES.installation, COMPARE]);
  });

  it("are a hundred at most, with the number of all", async () => {
    const { local } = world;
    const repository = await local.createRepository({ owner: "acme", name: "busy", files: { a: "0" } });
    const from = await local.commit({ ...repository, branch: "main", files: { a: "start" } });
    let to = from;
    for (let made = 0; made < 103; made++)
      to = await local.commit({ ...repository, branch: "main", files: { a: `${made}` }, message: `Change ${made}` });
    const found = await compare(from, to, repository);
    expect(found?.commits).toHaveLength(100);
    expect(found).toMatchObject({
      total: 103,
      commits: expect.arrayContaining([{ ...found?.commits[0], title: "Change 0" }]),
    });
  });

  it("are read with a token for that repository's contents alone", async () => {
    const tokens: unknown[] = [];
    const own = await startLocal({
      onExchange: ({ template, requestBody }) => {
        if (template?.endsWith("/access_tokens")) tokens.push(requestBody);
      },
    });
    try {
      await own.local.createRepository({ ...SOURCE, files: { a: "0\n" } });
      const sha = await own.local.commit({ ...SOURCE, branch: "main", files: { a: "1" } });
      await edgeWorld(own).edge.sourceCommits(own.local.installationId, SOURCE, sha, sha);
      expect(tokens).toEqual([{ repositories: ["api"], permissions: { contents: "read", metadata: "read" } }]);
    } finally {
      await own.local.close();
    }
  });
});

describe("no comparison", () => {
  it("is made of a repository of another account, although the App is installed there too", async () => {
    const sha = await world.local.commit({ ...FOREIGN, branch: "main", files: { a: "1" } });
    world.asked();
    expect(await compare(sha, sha, FOREIGN)).toBeUndefined();
    expect(world.asked()).toEqual([ROUTES.installation]);
    const own = world.local.installationOf("globex");
    expect(await world.edge.sourceCommits(own, FOREIGN, sha, sha)).toMatchObject({ status: "identical" });
  });

  it("is made where the App is not installed, which is looked up once", async () => {
    const missing = { owner: "acme", name: "nowhere" };
    expect(await compare(first(), last(), missing)).toBeUndefined();
    expect(await compare(first(), last(), missing)).toBeUndefined();
    expect(world.asked()).toEqual([ROUTES.installation]);
  });

  it("is made of commits that are not there, or not told", async () => {
    expect(await compare(first(), "0".repeat(40))).toBeUndefined();
    world.asked();
    for (const odd of ["", "main", "..", "v1.0.0", `${first()}/../..`, "a..b"]) {
      expect(await compare(first(), odd)).toBeUndefined();
      expect(await compare(odd, last())).toBeUndefined();
    }
    expect(world.asked()).toEqual([]);
  });

  it("is made of what is no repository's name: labels of images are anybody's text", async () => {
    for (const name of ["..", ".", "", "api/../gitops", "api?x", "a".repeat(101)])
      expect(await compare(first(), last(), { owner: "acme", name })).toBeUndefined();
    for (const owner of ["..", "-", "acme/api", ""])
      expect(await compare(first(), last(), { owner, name: "api" })).toBeUndefined();
    expect(world.asked()).toEqual([]);
  });

  it("is made without the permission, and an owner who grants it later is heard after ten minutes", async () => {
    world.local.grant({ metadata: "read", pull_requests: "write" });
    try {
      expect(await compare()).toBeUndefined();
    } finally {
      world.local.grant(TOKEN_PERMISSIONS);
    }
    world.later(11 * 60_000);
    expect(await compare()).toMatchObject({ total: 2 });
  });
});

describe("a comparison that GitHub cannot make just now", () => {
  it("is a Fault, and is not kept", async () => {
    const template = COMPARE.slice("GET ".length);
    world.local.injectFault({ template, effect: { kind: "secondary-limit", retryAfter: 70 } });
    await expect(compare()).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 70_000 });
    world.local.injectFault({ template, effect: { kind: "instead", status: 502 } });
    await expect(compare()).rejects.toMatchObject({ kind: "unavailable" });
    expect(await compare()).toMatchObject({ total: 2 });
  });

  it("is asked for again with a new token when the old one is refused", async () => {
    world.local.injectFault({ template: COMPARE.slice("GET ".length), effect: { kind: "instead", status: 401 } });
    expect(await compare()).toMatchObject({ total: 2 });
    expect(world.asked()).toEqual([ROUTES.installation, ROUTES.token, COMPARE, ROUTES.token, COMPARE]);
  });
});
