import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NO_LOGIN } from "../../src/github/app-login.ts";
import { createClient } from "../../src/github/client.ts";
import { readOwnIssue } from "../../src/github/issues.ts";
import { FULL_GRANT } from "../../src/github/permissions.ts";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { request } from "../sandbox/support/api.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
});

const text = (title: string) => ({ title, body: `${title}: two resources` });
const issues = () => world.local.issues(REPOSITORY);
const withMarker = (marker: string) => issues().filter(({ body }) => body.includes(`sluice:${marker} `));

/** What a person does with the API. */
function asPerson(login: string, method: string, path: string, body: object) {
  const { token } = world.local.user(login);
  world.local.setPermission({ ...REPOSITORY, login, permission: "admin" });
  return request(world.local, token, method, `/repos/acme/gitops/issues${path}`, body);
}

describe("the one issue", () => {
  it("is opened with its marker as the hidden first line, found, changed, closed and opened again", async () => {
    expect(await github.ownIssue("drift-prod")).toBeUndefined();
    expect(world.asked()).toEqual([ROUTES.app, ROUTES.token, ROUTES.listIssues, ROUTES.listIssues]);
    const opened = await github.openIssue("drift-prod", text("prod differs"));
    expect(opened).toMatchObject({ title: "prod differs", body: "prod differs: two resources", state: "open" });
    expect(withMarker("drift-prod")).toMatchObject([
      { number: opened.number, body: "<!-- sluice:drift-prod -->\nprod differs: two resources", url: opened.url },
    ]);
    world.asked();
    expect(await github.ownIssue("drift-prod")).toEqual(opened);
    expect(world.asked()).toEqual([ROUTES.listIssues]);
    const { number } = opened;
    const changed = await github.updateIssue(number, "drift-prod", { ...text("prod is fine"), state: "closed" });
    expect(changed).toMatchObject({ title: "prod is fine", state: "closed" });
    expect(await github.ownIssue("drift-prod")).toEqual(changed);
    await github.updateIssue(number, "drift-prod", { ...text("prod differs"), state: "open" });
    expect(withMarker("drift-prod")).toMatchObject([{ number, state: "open", title: "prod differs" }]);
  });

  it("takes comments, each once", async () => {
    const { number, url } = await github.openIssue("talk", text("talk"));
    const said = await github.upsertComment(number, "healed-1", "Undone");
    await github.upsertComment(number, "healed-1", "Undone");
    expect(said.url).toMatch(`${url}#issuecomment-`);
    expect(world.local.comments({ ...REPOSITORY, number })).toHaveLength(1);
  });

  it("is another one for each marker, and the open one where a closed one has the marker too", async () => {
    const first = await github.openIssue("many", text("first"));
    await github.updateIssue(first.number, "many", { ...text("first"), state: "closed" });
    const second = await github.openIssue("many", text("second"));
    await github.openIssue("many-more", text("other"));
    expect(await github.ownIssue("many")).toEqual(second);
  });

  it("is neither a person's issue nor a pull request that has a copy of the marker", async () => {
    const body = "<!-- sluice:copied -->\nmine";
    await asPerson("eve", "POST", "", { title: "mine", body });
    await world.local.commit({ ...REPOSITORY, branch: "copied", files: { copied: "1\n" } });
    await github.openPullRequest({ head: "copied", base: "main", title: "Copied", body });
    expect(await github.ownIssue("copied")).toBeUndefined();
  });

  it.each([
    ["502 after it was opened", { kind: "after", status: 502 }],
    ["connection that breaks after it was opened", { kind: "reset" }],
  ] as const)("is not doubled by a %s (31)", async (name, effect) => {
    const marker = `lost-${name.length}`;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createIssue), effect });
    const made = await github.openIssue(marker, text("once"));
    expect(withMarker(marker).map(({ number }) => number)).toEqual([made.number]);
    expect(world.asked().filter((one) => one === ROUTES.createIssue)).toHaveLength(1);
  });

  it("is not sent twice after a 502 that opened nothing", async () => {
    const effect = { kind: "instead", status: 502 } as const;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createIssue), effect });
    await expect(github.openIssue("nothing", text("nothing"))).rejects.toMatchObject({ kind: "unavailable" });
    expect(withMarker("nothing")).toEqual([]);
  });

  it("takes as much as GitHub does, and refuses more as a bug of the caller", async () => {
    const body = "x".repeat(65_536 - "<!-- sluice:long -->\n".length);
    await github.openIssue("long", { title: "x".repeat(256), body });
    await expect(github.openIssue("long-2", { title: "x", body: `${body}xxx` })).rejects.toMatchObject({ kind: "bug" });
    await expect(github.openIssue("long-2", { title: "x".repeat(257), body })).rejects.toMatchObject({ kind: "bug" });
  });
});

it("an open issue is found on the second page, and closed ones are not asked for", async () => {
  const issue = (number: number, body: string) => ({
    number,
    body,
    title: "prod differs",
    state: "open",
    html_url: `https://github.test/${number}`,
    performed_via_github_app: { id: 7 },
  });
  const lists = [[issue(1, "<!-- sluice:other -->\n"), { ...issue(2, MARKED), pull_request: {} }], [issue(3, MARKED)]];
  const asked: unknown[] = [];
  const client = createClient({
    apiUrl: "https://api.github.test",
    octokit: new Octokit(),
    send: async (_octokit, _call, { state, creator, page }) => {
      asked.push({ state, creator, page });
      return { data: lists[asked.length - 1], refused: undefined, more: asked.length < 2, cursor: undefined };
    },
    owner: "acme",
    repo: "gitops",
    token: async () => ({ token: "t", expiresAt: 0, grant: FULL_GRANT }),
    rejected: () => undefined,
    insufficient: () => undefined,
    appLogin: { ...NO_LOGIN, login: async () => "sluice[bot]" },
  });
  const found = await readOwnIssue(client, 7, "drift-prod");
  expect(found).toEqual({ number: 3, title: "prod differs", body: "x", state: "open", url: "https://github.test/3" });
  const query = { state: "open", creator: "sluice[bot]" };
  expect(asked).toEqual([
    { ...query, page: 1 },
    { ...query, page: 2 },
  ]);
});

const MARKED = "<!-- sluice:drift-prod -->\nx";
