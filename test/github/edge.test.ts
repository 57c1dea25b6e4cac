import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { messageOf } from "../../src/model/errors.ts";
import { eventually } from "../support/wait.ts";
import {
  type EdgeWorld,
  edgeWorld,
  REPOSITORY,
  ROUTES,
  removeComments,
  type Start,
  startLocal,
  templateOf,
} from "./world.ts";

let start: Start;
let world: EdgeWorld;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  await removeComments(start);
  world = edgeWorld(start);
});

const HOUR = 3_600_000;

function revoke(token: string): Promise<Response> {
  return fetch(`${world.local.apiUrl}/installation/token`, {
    method: "DELETE",
    headers: { authorization: `token ${token}` },
  });
}

describe("a pull request", () => {
  it("is read in our words", async () => {
    expect(await (await world.github()).pullRequest(world.pull.number)).toEqual({
      number: world.pull.number,
      title: "Change",
      state: "open",
      draft: false,
      head: { sha: world.pull.headSha, ref: "change", repository: REPOSITORY },
      base: { sha: world.pull.baseSha, ref: "main" },
      defaultBranch: "main",
      fork: false,
      nodeId: expect.stringMatching(/./),
      url: world.pull.url,
      body: "",
      author: "mona",
      byApp: false,
      repositoryId: expect.any(Number),
      merged: false,
      mergeCommit: undefined,
      openedAt: expect.any(Number),
      closedAt: undefined,
      labels: [],
    });
  });

  it("of a fork says so", async () => {
    await world.local.fork({ ...REPOSITORY, by: "mona" });
    await world.local.commit({ owner: "mona", name: "gitops", branch: "mine", files: { a: "b" }, by: "mona" });
    const pull = await world.local.openPull({ ...REPOSITORY, head: "mona:mine", title: "From a fork", by: "mona" });
    const read = await (await world.github()).pullRequest(pull.number);
    expect(read.fork).toBe(true);
    expect(read.head.repository).toEqual({ owner: "mona", name: "gitops" });
  });

  it("costs at most eight requests with its check and its comment, the token included", async () => {
    const github = await world.github();
    const { number, headSha } = world.pull;
    await github.pullRequest(number);
    await github.upsertCheck({ name: "Sluice", headSha, status: "in_progress", title: "…", summary: "…" });
    await world.edge.token(REPOSITORY);
    await github.pullRequest(number);
    await github.upsertComment(number, "preview", "body");
    await github.upsertCheck({
      name: "Sluice",
      headSha,
      status: "completed",
      conclusion: "success",
      title: "ok",
      summary: "ok",
    });
    const asked = world.asked();
    expect(asked).toEqual([
      ROUTES.token,
      ROUTES.pull,
      ROUTES.listChecks,
      ROUTES.createCheck,
      ROUTES.pull,
      ROUTES.listComments,
      ROUTES.createComment,
      ROUTES.updateCheck,
    ]);
    expect(world.counted.map((one) => one.route)).toEqual(asked);
    expect(new Set(world.counted.map((one) => one.repository))).toEqual(new Set(["acme/gitops"]));
  });
});

describe("a promotion", () => {
  it("costs twelve requests from the command to its reply, the token and the last answer included", async () => {
    const command = await world.local.comment({ ...world.pull, body: "/promote prod" });
    const github = await world.github();
    await github.react(command.id, "eyes");
    await github.permission("mona");
    const bytes = Buffer.from("image: web:2\n");
    const { sha } = await github.commit({
      parents: [world.pull.baseSha],
      baseTree: world.pull.baseSha,
      changes: [{ kind: "write", path: "web.yaml", bytes, executable: false }],
      message: "Promote web to prod",
    });
    const head = "sluice/promote/prod/web";
    await github.createBranch(head, sha);
    const opened = await github.openPullRequest({ head, base: "main", title: "Promote web to prod", body: "1 → 2" });
    const number = opened?.pull.number ?? 0;
    await github.setLabelsAndAssignees(number, ["promotion"], ["mona"]);
    const check = { name: "Sluice promotion", headSha: sha, title: "Waits", summary: "for approval" } as const;
    await github.upsertCheck({ ...check, status: "in_progress" });
    await github.upsertComment(number, "gates", "the gates");
    await github.upsertComment(world.pull.number, `reply-${command.id}`, "done", { first: true });
    await github.react(command.id, "rocket");
    expect(world.asked()).toEqual([
      ROUTES.token,
      ROUTES.react,
      ROUTES.permission,
      ROUTES.createTree,
      ROUTES.createCommit,
      ROUTES.createRef,
      ROUTES.createPull,
      ROUTES.updateIssue,
      ROUTES.createCheck,
      ROUTES.createComment,
      ROUTES.createComment,
      ROUTES.react,
    ]);
  });
});

describe("permissions of people", () => {
  it("tell all of GitHub's levels apart", async () => {
    const github = await world.github();
    for (const permission of ["admin", "maintain", "write", "triage", "read"] as const) {
      world.local.setPermission({ ...REPOSITORY, login: "mona", permission });
      expect(await github.permission("mona")).toBe(permission);
    }
  });

  it("are none for somebody whom GitHub does not know", async () => {
    expect(await (await world.github()).permission("nobody-at-all")).toBe("none");
  });
});

describe("reactions", () => {
  it("are there once however often they are given", async () => {
    const comment = await world.local.comment({ ...world.pull, body: "/diff" });
    const github = await world.github();
    await github.react(comment.id, "eyes");
    await github.react(comment.id, "eyes");
    await github.react(comment.id, "-1");
    const [read] = world.local.comments(world.pull);
    expect(read?.reactions.map((one) => one.content)).toEqual(["eyes", "-1"]);
  });
});

describe("tokens", () => {
  it("reach one repository only, with what Sluice needs there, and serve REST and git", async () => {
    await world.local.createRepository({ owner: "acme", name: "other", files: { a: "b" }, private: true });
    const token = await world.edge.token(REPOSITORY);
    const headers = { authorization: `token ${token}` };
    expect((await fetch(`${world.local.apiUrl}/repos/acme/gitops`, { headers })).status).toBe(200);
    expect((await fetch(`${world.local.apiUrl}/repos/acme/other`, { headers })).status).toBe(404);
    const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
    const refs = await fetch(`${world.local.gitUrl(REPOSITORY)}/info/refs?service=git-upload-pack`, {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(refs.status).toBe(200);
    // Needs `administration`, which Sluice never asks for.
    expect((await fetch(`${world.local.apiUrl}/repos/acme/gitops/teams`, { headers })).status).toBe(403);
  });

  it("are found without an event through the repository's installation, which is remembered", async () => {
    expect(await world.edge.token(REPOSITORY)).toBe(await world.edge.token(REPOSITORY));
    expect(world.asked()).toEqual([ROUTES.installation, ROUTES.token]);
    await expect(world.edge.token({ owner: "acme", name: "nowhere" })).rejects.toMatchObject({ kind: "not-found" });
  });

  it("are asked for once by many at the same time, and kept until five minutes before their end", async () => {
    const github = await world.github();
    await Promise.all([github.permission("mona"), github.permission("mona"), world.edge.token(REPOSITORY)]);
    world.later(HOUR - 6 * 60_000);
    await github.permission("mona");
    expect(world.asked().filter((one) => one === ROUTES.token)).toHaveLength(1);
    world.later(2 * 60_000);
    await github.permission("mona");
    expect(world.asked().filter((one) => one === ROUTES.token)).toHaveLength(1);
  });

  it("that GitHub refuses are replaced once, in the middle of the work", async () => {
    const github = await world.github();
    await github.pullRequest(world.pull.number);
    expect((await revoke(await world.edge.token(REPOSITORY))).status).toBe(204);
    world.asked();
    await github.upsertComment(world.pull.number, "preview", "still here");
    expect(world.asked()).toEqual([ROUTES.listComments, ROUTES.token, ROUTES.listComments, ROUTES.createComment]);
    expect(world.local.comments(world.pull)).toHaveLength(1);
  });

  it("and keys never come into a log line or an error", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "x");
    const token = await world.edge.token(REPOSITORY);
    const errors = await Promise.all([
      github.pullRequest(99).catch((error: unknown) => error),
      (await world.github(world.fresh({ apiUrl: "http://127.0.0.1:1" })))
        .pullRequest(1)
        .catch((error: unknown) => error),
    ]);
    const told = [...world.log.lines, ...errors.map((error) => describeDeep(error))].join("\n");
    expect(told).toContain("called GitHub");
    for (const secret of [token, "ghs_", "bearer", "PRIVATE KEY", "eyJ"]) expect(told).not.toContain(secret);
  });
});

describe("a repository that was renamed", () => {
  it("has another name by now, gives no token under the former one, and answers there all the same", async () => {
    const { installationId } = world.local;
    await world.local.createRepository({ owner: "acme", name: "former", files: { a: "b" } });
    const former = { owner: "acme", name: "former" };
    const before = await world.edge.for(installationId, former);
    await before.about();
    const renamed = await world.local.renameRepository({ ...former, to: "renamed" });
    expect(await before.about()).toMatchObject({ repository: renamed });
    await expect((await world.fresh().for(installationId, former)).about()).rejects.toMatchObject({
      name: "UserError",
      kind: "permission",
    });
    expect(await world.edge.currentName(installationId, former)).toEqual(renamed);
    expect(await world.edge.currentName(installationId, { owner: "acme", name: "nowhere" })).toBeUndefined();
  });
});

describe("GitHub's refusals", () => {
  const pullRoute = templateOf(ROUTES.pull);

  it("a secondary limit is throttled, with the time to wait, and nothing sleeps in the worker", async () => {
    world.local.injectFault({ template: pullRoute, effect: { kind: "secondary-limit", retryAfter: 90 } });
    const github = await world.github();
    await expect(github.pullRequest(world.pull.number)).rejects.toMatchObject({
      name: "Fault",
      kind: "throttled",
      retryAfterMs: 90_000,
    });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.pull]);
  });

  it("a secondary limit holds for all of its installation: nothing is sent until GitHub takes it again", async () => {
    const other = { owner: "acme", name: "limited" };
    await world.local.createRepository({ ...other, files: { a: "b" } });
    const [one, two] = [await world.github(), await world.edge.for(world.local.installationId, other)];
    await two.about();
    world.local.injectFault({ template: pullRoute, effect: { kind: "secondary-limit", retryAfter: 90 } });
    await expect(one.pullRequest(world.pull.number)).rejects.toMatchObject({ kind: "throttled" });
    world.asked();
    await expect(two.about()).rejects.toMatchObject({ kind: "throttled", message: expect.stringContaining("to wait") });
    world.later(90_000);
    expect(await two.about()).toMatchObject({ repository: other });
    expect(await one.pullRequest(world.pull.number)).toMatchObject({ number: world.pull.number });
    expect(world.asked()).toHaveLength(2);
  });

  it("an App that is suspended or uninstalled in the middle is a user's error: nothing is tried again", async () => {
    const said = [
      { status: 403, message: "This installation has been suspended", kind: "permission" },
      { status: 404, message: "Not Found", kind: "not-found" },
    ];
    for (const { status, message, kind } of said) {
      const edge = world.fresh();
      const github = await world.github(edge);
      await github.pullRequest(world.pull.number);
      await revoke(await edge.token(REPOSITORY));
      world.local.injectFault({ template: templateOf(ROUTES.token), effect: { kind: "instead", status, message } });
      await expect(github.pullRequest(world.pull.number)).rejects.toMatchObject({ name: "UserError", kind });
    }
  });

  it("a server error is not repeated here", async () => {
    world.local.injectFault({ template: pullRoute, effect: { kind: "instead", status: 503 } });
    await expect((await world.github()).pullRequest(world.pull.number)).rejects.toMatchObject({ kind: "unavailable" });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.pull]);
  });

  it("an answer that does not come in time is a timeout, and what it made is found later", async () => {
    const github = await world.github(world.fresh({ deadlineMs: 1_000 }));
    const late = Promise.withResolvers<void>();
    world.local.injectFault({
      method: "POST",
      template: templateOf(ROUTES.createComment),
      effect: { kind: "hang", until: late.promise },
    });
    // On a busy machine what is not held may come too late as well.
    await eventually("the comment to be held", async () => {
      const asking = github.upsertComment(world.pull.number, "preview", "late");
      const error: unknown = await asking.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "Fault", kind: "timeout" });
      return messageOf(error).includes(ROUTES.createComment);
    });
    late.resolve();
    await expect.poll(() => world.local.comments(world.pull).length).toBe(1);
    await (await world.github()).upsertComment(world.pull.number, "preview", "late");
    expect(world.local.comments(world.pull)).toHaveLength(1);
  });

  it("a server that cannot be reached is unavailable", async () => {
    const github = await world.github(world.fresh({ apiUrl: "http://127.0.0.1:1" }));
    await expect(github.pullRequest(1)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("another App's key is told apart from an outage only by its message", async () => {
    const github = await world.github(world.fresh({ app: { id: 4711, privateKey: world.local.app.privateKey } }));
    await expect(github.pullRequest(world.pull.number)).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("401"),
    });
  });
});

/** Everything that a logger could find in an error. */
function describeDeep(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return JSON.stringify(error) ?? "";
  return [error.message, error.stack, JSON.stringify(error), describeDeep(error.cause, depth + 1)].join("\n");
}
