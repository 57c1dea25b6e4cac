import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type CrashWorld, openCrashWorld } from "../support/crash-world.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { promotionFiles } from "../support/promotions.ts";
import { runSync } from "../support/run-sync.ts";
import { eventually } from "../support/wait.ts";
import { answerOn } from "../support/walk.ts";

// One server, killed once with a job of each room in the middle, and another one. Every point at which a job can end is
// played in memory: test/preview/deaths, test/promote/deaths and test/images/deaths.

let world: CrashWorld;
let repositories = 0;
beforeAll(async () => {
  world = await openCrashWorld();
});
afterAll(() => world?.close());

function repository(files: Readonly<Record<string, string>>): Promise<RepositoryRef> {
  repositories += 1;
  return world.github.createRepository({ owner: "acme", name: `gitops-${repositories}`, files });
}

async function propose(where: RepositoryRef): Promise<PullSummary> {
  const { github } = world;
  const files = { "apps/web/base/deployment.yaml": deployment({ replicas: 4, cpu: "100m" }) };
  await github.commit({ ...where, branch: "change", files });
  return github.openPull({ ...where, head: "change", title: "Change" });
}

/** The preview of a pull request is there once. */
async function expectOneAnswer(pull: PullSummary): Promise<void> {
  const { github } = world;
  await answerOn(github, pull);
  await world.quiet();
  const { comment } = await answerOn(github, pull);
  expect(comment.body).toContain("replicas: 4");
  expect(github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
  expect(github.checkRuns({ ...pull, sha: pull.headSha })).toHaveLength(1);
}

/** A merged pull request to give commands on, in a repository of its own. */
async function merged(): Promise<PullSummary> {
  const { github } = world;
  const where = await repository(promotionFiles("healthy: false"));
  await github.commit({ ...where, branch: "change", files: { "apps/web/README.md": "The web.\n" } });
  return github.mergePull(await github.openPull({ ...where, head: "change", title: "Say what it is" }));
}

function repliesTo(pull: PullSummary): readonly string[] {
  const bodies = world.github.comments(pull).map(({ body }) => body);
  return bodies.filter((body) => body.startsWith("<!-- sluice:reply-"));
}

/** What came of `/promote prod web`: the pull requests, and what the history says. */
function promotionsOf(pull: PullSummary) {
  const { github } = world;
  const opened = github.pulls(pull).filter(({ headRef }) => headRef === "sluice/promote/prod/web");
  const history = inGit(pull, "show", "sluice-state:environments/prod/web.yaml");
  return {
    pulls: opened.map(({ state, title, labels }) => ({ state, title, labels })),
    requested: history.match(/kind: requested/g)?.length ?? 0,
  };
}

const onePromotion = { state: "open", title: "Promote web to prod: 1.2.0 → 1.4.0", labels: ["promotion"] };

function nameOf({ owner, name }: RepositoryRef): RepositoryRef {
  return { owner, name };
}

function inGit(where: RepositoryRef, ...args: readonly string[]): string {
  return runSync("git", args, { cwd: world.github.gitDir(where) }).stdout.trim();
}

/**
 * Repositories that wait for images of these names, of which 1.4.0 was pushed without a word when the server had
 * nothing more to do with them.
 */
async function waiting(...names: readonly string[]): Promise<readonly RepositoryRef[]> {
  const places: RepositoryRef[] = [];
  for (const name of names) {
    const where = await world.imageRepository(name);
    await world.github.commit({ ...where, branch: "main", files: { "README.md": "The beginning.\n" } });
    places.push(where);
  }
  await world.quiet();
  for (const name of names)
    for (const tag of ["1.2.0", "1.4.0"]) await world.registry.push({ repository: `acme/${name}`, tag });
  return places;
}

/** What came of the image: its pull requests with the commits of their branch, and the checks and previews of one. */
function bumpsOf(where: RepositoryRef, name: string) {
  const { github } = world;
  const bumps = github.pulls(where).filter(({ headRef }) => headRef.startsWith("sluice/image/"));
  const [pull] = bumps;
  const runs = pull === undefined ? [] : github.checkRuns({ ...where, sha: pull.headSha });
  return {
    pulls: bumps.map(({ state, title }) => `${state} ${title.replace(name, "web")}`),
    commits: bumps.map(({ headRef }) => Number(inGit(where, "rev-list", "--count", `main..${headRef}`))),
    // GitHub shows the newest of a name. A worker that a busy machine kept from renewing its lock may have written one
    // beside the other's.
    checks: [...new Set(runs.map((run) => run.name))].toSorted(),
    completed: runs.every(({ status }) => status === "completed"),
    previews: pull === undefined ? 0 : github.comments(pull).filter(({ byApp }) => byApp).length,
  };
}

const oneBump = {
  pulls: ["open Update web in staging: 1.2.0 → 1.4.0"],
  commits: [1],
  checks: ["Sluice image", "Sluice preview"],
  completed: true,
  previews: 1,
};

async function expectOneBump(where: RepositoryRef, name: string): Promise<void> {
  await eventually("the pull request with its checks", () => {
    const { checks, completed } = bumpsOf(where, name);
    return checks.length > 1 && completed;
  });
  await world.quiet();
  expect(bumpsOf(where, name)).toEqual(oneBump);
}

describe("a server that is killed", () => {
  interface Begun {
    readonly preview: PullSummary;
    readonly promotion: PullSummary;
    readonly image: RepositoryRef;
    readonly logged: RepositoryRef;
  }
  let begun: Begun;

  // Every room has a repository of its own, and all of them one crash.
  beforeAll(async () => {
    const { github, store } = world;
    const preview = await repository(gitopsFiles());
    const promotion = await merged();
    const [image, logged] = await waiting("image", "logged");
    if (image === undefined || logged === undefined) throw new Error("no repositories");
    const unanswered = { method: "POST", carriedOut: "before the crash" } as const;
    const reached = [
      world.hold({
        repository: preview,
        method: "POST",
        template: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        carriedOut: "after the crash",
      }),
      world.hold({ ...unanswered, repository: nameOf(promotion), template: "/repos/{owner}/{repo}/pulls" }),
      world.hold({ ...unanswered, repository: image, template: "/repos/{owner}/{repo}/git/refs" }),
    ];
    begun = { preview: await propose(preview), promotion, image, logged };
    await github.comment({ ...promotion, body: "/promote prod web" });
    expect(await world.tell("image")).toBe(202);
    await Promise.all(reached);
    // Nothing reaches the store from here on.
    const shut = store.shutAt("image-burst");
    expect(await world.tell("logged")).toBe(202);
    await shut;
    await world.crash();
  });

  it("while it writes a preview's comment leaves one comment and one check after the restart", async () => {
    await expectOneAnswer(begun.preview);
  });

  it("when a promotion is open, and is not told so, leaves one with one reply and one entry of the history", async () => {
    const { promotion } = begun;
    await eventually("a reply", () => repliesTo(promotion).length > 0);
    await world.quiet();
    expect(promotionsOf(promotion)).toEqual({ pulls: [onePromotion], requested: 1 });
    expect(repliesTo(promotion)).toHaveLength(1);
  });

  it("when an image's branch is made, and is not told so, leaves one pull request", async () => {
    await expectOneBump(begun.image, "image");
    expect(await world.events("image")).toBe(1);
  });

  it("when a registry's event is in the event log, before anything came of it, leaves one pull request", async () => {
    await expectOneBump(begun.logged, "logged");
    expect(await world.events("logged")).toBe(1);
  });
});

describe("two workers", () => {
  it("make one pull request of ten commands, and one of a push that is told twenty times", async () => {
    const pull = await merged();
    const [image] = await waiting("often");
    if (image === undefined) throw new Error("no repository");
    const second = await world.startWorker();
    const ten = Array.from({ length: 10 }, () => "one-event");
    const told = [...ten, ...ten.map((id, index) => `${id}-${index}`)].map((id) => world.tell("often", id));
    const comments = ten.map(() => world.github.comment({ ...pull, body: "/promote prod web" }));
    await Promise.all(comments);
    expect(new Set(await Promise.all(told))).toEqual(new Set([202]));
    await eventually("ten replies", () => repliesTo(pull).length === 10);
    await expectOneBump(image, "often");
    await second.kill();
    expect(promotionsOf(pull).pulls).toEqual([onePromotion]);
    const [promotion] = world.github.pulls(pull).filter(({ headRef }) => headRef.startsWith("sluice/promote/"));
    expect(repliesTo(pull).every((body) => body.includes(`#${promotion?.number}`))).toBe(true);
    expect(await world.events("often")).toBe(11);
  });
});

describe("a store that is killed before the answer", () => {
  it("makes the delivery a failed one, and after the restart it is answered once", async () => {
    const { github, redis } = world;
    const before = github.deliveries.length;
    await redis.kill();
    const pull = await propose(await repository(gitopsFiles()));
    const failed = await eventually("a failed delivery", () =>
      github.deliveries.slice(before).find((one) => one.event === "pull_request"),
    );
    expect(failed.statusCode).toBe(503);
    await redis.restart();
    await eventually("a delivery that is taken", async () => (await github.redeliver(failed.id)).statusCode === 202);
    await expectOneAnswer(pull);
  });
});

describe("what a server writes", () => {
  it("has nothing of a payload in it, not even when a handler fails on it at the level `debug`", async () => {
    const { github } = world;
    const { url, said } = world.server();
    const body = JSON.stringify({ action: "opened", pull_request: { number: "confidential", title: "confidential" } });
    const response = await fetch(`${url}/api/github/webhooks`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": "6b4a2f0e-0000-4000-8000-000000000001",
        "x-hub-signature-256": `sha256=${createHmac("sha256", github.app.webhookSecret).update(body).digest("hex")}`,
      },
    });
    expect(response.status).toBe(202);
    await eventually("the failure in the log", () => said().includes("the payload of pull_request is not as expected"));
    expect(said()).not.toContain("confidential");
    expect(said()).not.toContain("PRIVATE KEY");
    expect(said()).not.toContain(github.app.webhookSecret);
  });
});
