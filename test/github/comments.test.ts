import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

function ours() {
  return world.local.comments(world.pull).filter((one) => one.byApp);
}

const BODY = "<!-- sluice:preview -->\n";

describe("the one comment", () => {
  it("is created with its marker as the hidden first line, and its address is told", async () => {
    const github = await world.github();
    const { url } = await github.upsertComment(world.pull.number, "preview", "# Preview");
    expect(ours().map((one) => one.body)).toEqual([`${BODY}# Preview`]);
    expect(url).toBe(ours()[0]?.url);
  });

  it("is read without its marker, and is nothing where there is none", async () => {
    const github = await world.github();
    expect(await github.ownComment(world.pull.number, "preview")).toBeUndefined();
    await github.upsertComment(world.pull.number, "preview", "# Preview");
    expect(await github.ownComment(world.pull.number, "preview")).toBe("# Preview");
  });

  it("is changed in place, with one request, when it was seen before", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "one");
    world.asked();
    await github.upsertComment(world.pull.number, "preview", "two");
    expect(world.asked()).toEqual([ROUTES.updateComment]);
    expect(ours().map((one) => one.body)).toEqual([`${BODY}two`]);
  });

  it("is found again by a worker that knows nothing, and not written when it reads so already", async () => {
    await (await world.github()).upsertComment(world.pull.number, "preview", "same");
    world.asked();
    await (await world.github(world.fresh())).upsertComment(world.pull.number, "preview", "same");
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.listComments]);
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "same");
    expect(world.asked()).toEqual([ROUTES.listComments]);
    expect(ours()).toHaveLength(1);
  });

  it("is written again when a person changed it", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "ours");
    await world.local.editComment({ ...REPOSITORY, id: ours()[0]?.id ?? 0, body: `${BODY}theirs` });
    await github.upsertComment(world.pull.number, "preview", "ours");
    expect(ours().map((one) => one.body)).toEqual([`${BODY}ours`]);
  });

  it("is not a person's comment that copies the marker", async () => {
    await world.local.comment({ ...world.pull, body: `${BODY}mine` });
    await (await world.github()).upsertComment(world.pull.number, "preview", "ours");
    expect(world.local.comments(world.pull).map((one) => [one.byApp, one.body])).toEqual([
      [false, `${BODY}mine`],
      [true, `${BODY}ours`],
    ]);
  });

  it("is one for each marker", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "a");
    await github.upsertComment(world.pull.number, "reply-7", "b");
    await github.upsertComment(world.pull.number, "preview", "c");
    expect(ours().map((one) => one.body)).toEqual([`${BODY}c`, "<!-- sluice:reply-7 -->\nb"]);
  });

  it("is found behind a hundred others", async () => {
    for (let i = 0; i < 101; i++) await world.local.comment({ ...world.pull, body: `chat ${i}` });
    await (await world.github()).upsertComment(world.pull.number, "preview", "one");
    await (await world.github(world.fresh())).upsertComment(world.pull.number, "preview", "two");
    expect(ours().map((one) => one.body)).toEqual([`${BODY}two`]);
  });

  it("loses its doubles, which two workers at once can make", async () => {
    const [one, two] = await Promise.all([world.github(), world.github(world.fresh())]);
    await Promise.all([
      one.upsertComment(world.pull.number, "preview", "a"),
      two.upsertComment(world.pull.number, "preview", "b"),
    ]);
    await (await world.github(world.fresh())).upsertComment(world.pull.number, "preview", "c");
    expect(ours().map((one) => one.body)).toEqual([`${BODY}c`]);
  });

  it("is made anew when somebody deleted it", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "one");
    await removeComments(world, ours()[0]?.id);
    world.asked();
    await github.upsertComment(world.pull.number, "preview", "two");
    expect(world.asked()).toEqual([ROUTES.updateComment, ROUTES.listComments, ROUTES.createComment]);
    expect(ours()).toHaveLength(1);
  });

  it.each([
    ["502 after it was made", { kind: "after", status: 502 }],
    ["connection that breaks after it was made", { kind: "reset" }],
  ] as const)("is not doubled by a %s: it is looked for, not sent again", async (_name, effect) => {
    const github = await world.github();
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createComment), effect });
    const { url } = await github.upsertComment(world.pull.number, "preview", "once");
    expect(ours().map((one) => [one.body, one.url])).toEqual([[`${BODY}once`, url]]);
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.listComments, ROUTES.createComment, ROUTES.listComments]);
  });

  it("is not sent twice after a 502 that made nothing: the queue tries again", async () => {
    const github = await world.github();
    world.local.injectFault({
      method: "POST",
      template: templateOf(ROUTES.createComment),
      effect: { kind: "instead", status: 502 },
    });
    await expect(github.upsertComment(world.pull.number, "preview", "x")).rejects.toMatchObject({
      kind: "unavailable",
      fields: { status: 502 },
    });
    expect(world.asked().filter((one) => one === ROUTES.createComment)).toHaveLength(1);
    await github.upsertComment(world.pull.number, "preview", "x");
    expect(ours()).toHaveLength(1);
  });

  it("takes as much as GitHub does, and refuses more as a bug of the caller", async () => {
    const github = await world.github();
    const room = 65_536 - BODY.length;
    await github.upsertComment(world.pull.number, "preview", "x".repeat(room));
    await expect(github.upsertComment(world.pull.number, "preview", "x".repeat(room + 1))).rejects.toMatchObject({
      kind: "bug",
    });
  });

  it("on a pull request that is not there is a not-found for the user", async () => {
    const github = await world.github();
    await expect(github.upsertComment(99, "preview", "x")).rejects.toMatchObject({
      name: "UserError",
      kind: "not-found",
    });
  });
});

describe("the list of comments", () => {
  it("is spared for a marker that nobody wrote before, but not after an answer that was lost", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "reply-1", "done", { first: true });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createComment]);
    const effect = { kind: "reset" } as const;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createComment), effect });
    await github.upsertComment(world.pull.number, "reply-2", "done", { first: true });
    expect(world.asked()).toEqual([ROUTES.createComment, ROUTES.listComments]);
    await github.upsertComment(world.pull.number, "reply-2", "done better", { first: true });
    expect(world.asked()).toEqual([ROUTES.updateComment]);
    expect(ours()).toHaveLength(2);
  });

  it("serves all markers for ten seconds, and no longer", async () => {
    const before = await world.github(world.fresh());
    await before.upsertComment(world.pull.number, "chain", "a");
    await before.upsertComment(world.pull.number, "preview", "b");
    world.asked();
    const github = await world.github();
    await github.upsertComment(world.pull.number, "reply-1", "c");
    await github.upsertComment(world.pull.number, "chain", "a2");
    await github.upsertComment(world.pull.number, "preview", "b");
    await github.upsertComment(world.pull.number, "reply-2", "d");
    expect(world.asked()).toEqual([
      ROUTES.token,
      ROUTES.listComments,
      ROUTES.createComment,
      ROUTES.updateComment,
      ROUTES.createComment,
    ]);
    world.later(10_000);
    await github.upsertComment(world.pull.number, "reply-3", "e");
    expect(world.asked()).toEqual([ROUTES.listComments, ROUTES.createComment]);
    expect(ours()).toHaveLength(5);
  });

  it("is not needed on a pull request that was opened just now", async () => {
    const github = await world.github();
    await world.local.commit({ ...REPOSITORY, branch: "born", files: { born: "1\n" } });
    const opened = await github.openPullRequest({ head: "born", base: "main", title: "Born", body: "" });
    const number = opened?.pull.number ?? 0;
    world.asked();
    await github.upsertComment(number, "gates", "a");
    await github.upsertComment(number, "preview", "b");
    await github.upsertComment(number, "gates", "a2");
    expect(world.asked()).toEqual([ROUTES.createComment, ROUTES.createComment, ROUTES.updateComment]);
    expect(world.local.comments({ ...REPOSITORY, number })).toHaveLength(2);
  });

  it("is asked for again after a comment could not be made", async () => {
    const github = await world.github();
    await github.upsertComment(world.pull.number, "preview", "a");
    const effect = {
      kind: "instead",
      status: 403,
      message: "Unable to create comment because issue is locked.",
    } as const;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createComment), effect });
    await expect(github.upsertComment(world.pull.number, "chain", "b")).rejects.toMatchObject({ kind: "permission" });
    world.asked();
    await github.upsertComment(world.pull.number, "chain", "b");
    expect(world.asked()).toEqual([ROUTES.listComments, ROUTES.createComment]);
  });
});
