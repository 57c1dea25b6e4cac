import { spawnSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { type ImageWorld, openImageWorld } from "../support/image-world.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";

/** What is there after everything came to rest: each must be there once. */
interface Outcome {
  readonly pulls: readonly string[];
  /** On the pull request's branch and not on the base. */
  readonly commits: number;
  /** The names of the checks of its head. */
  readonly checks: readonly string[];
  readonly previews: number;
  readonly events: number;
}

const once: Outcome = {
  pulls: ["open Update web in staging: 1.2.0 → 1.4.0"],
  commits: 1,
  checks: ["Sluice image", "Sluice preview"],
  previews: 1,
  events: 1,
};

let world: ImageWorld;
/** The server that runs; each test kills it and leaves the next one another. */
let server: ServerProcess;
let scenes = 0;

beforeAll(async () => {
  world = await openImageWorld();
  server = await world.start();
});
afterEach(() => {
  world.gates.api.open();
  world.gates.store.open();
});
afterAll(() => world.close());

/** A repository that waits for images of a name of its own, of which 1.4.0 was just pushed. */
async function scene(): Promise<{ readonly name: string; readonly repository: RepositoryRef }> {
  scenes += 1;
  const name = `web-${scenes}`;
  const repository = await world.repository(name);
  await world.github.commit({ ...repository, branch: "main", files: { "README.md": "The beginning.\n" } });
  await world.quiet(server);
  for (const tag of ["1.2.0", "1.4.0"]) await world.push(name, tag);
  return { name, repository };
}

/** Kills the server that hangs, and starts the next one. */
async function again(): Promise<void> {
  await server.kill();
  world.gates.api.open();
  world.gates.store.open();
  server = await world.start();
}

/** How a request of the API begins. */
function call(method: string, { owner, name }: RepositoryRef, path: string): string {
  return `${method} /api/v3/repos/${owner}/${name}/${path}`;
}

function inGit(repository: RepositoryRef, ...args: readonly string[]): string {
  return spawnSync("git", args, { cwd: world.github.gitDir(repository), encoding: "utf8" }).stdout.trim();
}

async function outcome(name: string, repository: RepositoryRef): Promise<Outcome> {
  const { github, log, registry } = world;
  const pulls = world.bumps(repository);
  const [pull] = pulls;
  const runs = pull === undefined ? [] : github.checkRuns({ ...repository, sha: pull.headSha });
  return {
    pulls: pulls.map(({ state, title }) => `${state} ${title.replace(name, "web")}`),
    commits: pull === undefined ? 0 : Number(inGit(repository, "rev-list", "--count", `main..${pull.headRef}`)),
    checks: runs.map((run) => run.name).toSorted(),
    previews: pull === undefined ? 0 : github.comments(pull).filter(({ byApp }) => byApp).length,
    events: (await log.events({ image: `${registry.host}/acme/${name}`, limit: 100 })).length,
  };
}

/** The branches for images. */
function ours(repository: RepositoryRef): readonly string[] {
  return inGit(repository, "for-each-ref", "refs/heads/sluice").split("\n").filter(Boolean);
}

/** The bumps that the history of staging holds. */
function history(repository: RepositoryRef): number {
  const file = inGit(repository, "show", "sluice-state:environments/staging/web.yaml");
  return file.match(/kind: bumped/g)?.length ?? 0;
}

/** Resolves when the pull request with its checks and its preview is there, and nothing more comes. */
async function allIsThere(repository: RepositoryRef): Promise<void> {
  await eventually("the checks and the preview", () => {
    const [pull] = world.bumps(repository);
    if (pull === undefined) return false;
    const runs = world.github.checkRuns({ ...repository, sha: pull.headSha });
    return runs.length > 1 && runs.every(({ status }) => status === "completed");
  });
  await world.quiet(server);
}

describe("a worker that is killed between an event and its pull request", () => {
  it("right after the event was stored: the next one opens it", async () => {
    const { name, repository } = await scene();
    await server.kill();
    const door = await world.start("web");
    expect(await world.tell(door, name, "1.4.0")).toBe(202);
    await door.kill();
    await again();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  it.each([
    { point: "when the event is in the event log, before anything came of it", words: "image-burst" },
    { point: "when the pull request is open, before it is said what was concluded", words: "image-conclusion" },
  ])("$point: there is one pull request after the restart", async ({ words }) => {
    const { name, repository } = await scene();
    const shut = world.gates.store.shutAt(words, "request");
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await shut;
    expect((await outcome(name, repository)).events).toBe(1);
    expect(world.bumps(repository)).toHaveLength(words === "image-burst" ? 0 : 1);
    await again();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  it.each([
    { point: "when the commit is made", path: "git/commits", there: { branches: 0, pulls: 0, checked: false } },
    { point: "when the branch is made", path: "git/refs", there: { branches: 1, pulls: 0, checked: false } },
    { point: "when the pull request is made", path: "pulls", there: { branches: 1, pulls: 1, checked: false } },
    { point: "when a check is written", path: "check-runs", there: { branches: 1, pulls: 1, checked: true } },
  ])("$point, and it is not told so: there is one pull request after the restart", async ({ path, there }) => {
    const { name, repository } = await scene();
    const shut = world.gates.api.shutAt(call("POST", repository, path), "answer");
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await shut;
    const checked = () => world.github.checkRuns(repository).length > 0;
    const now = () => ({
      branches: ours(repository).length,
      pulls: world.bumps(repository).length,
      checked: checked(),
    });
    await expect.poll(now, { timeout: 180_000 }).toEqual(there);
    await again();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  it.each([
    { point: "when the merge is in the history", method: "POST", path: "git/refs", held: "answer" },
    { point: "before it takes the branch away", method: "DELETE", path: "git/refs", held: "request" },
  ] as const)("$point: the history has it once and the branch goes", async ({ method, path, held }) => {
    const { name, repository } = await scene();
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await allIsThere(repository);
    const [pull] = world.bumps(repository);
    if (pull === undefined) throw new Error("no pull request");
    const shut = world.gates.api.shutAt(call(method, repository, path), held);
    await world.github.mergePull(pull);
    await shut;
    const now = () => ({ written: history(repository), branches: ours(repository).length });
    await expect.poll(now, { timeout: 180_000 }).toEqual({ written: 1, branches: 1 });
    await again();
    await eventually("the branch to go", () => ours(repository).length === 0);
    await world.quiet(server);
    expect(history(repository)).toBe(1);
    expect(world.bumps(repository).map(({ state, merged }) => ({ state, merged }))).toEqual([
      { state: "closed", merged: true },
    ]);
  });
});

describe("two workers", () => {
  it("that hear of a push ten times under one id, and ten times more under others, open one pull request", async () => {
    const { name, repository } = await scene();
    const second = await world.start("worker");
    const ten = Array.from({ length: 10 }, () => `the-event-of-${name}`);
    const ids = [...ten, ...ten.map((id, index) => `${id}-${index}`)];
    const statuses = await Promise.all(ids.map((id) => world.tell(server, name, "1.4.0", id)));
    expect(new Set(statuses)).toEqual(new Set([202]));
    await allIsThere(repository);
    await second.kill();
    const { checks, ...rest } = await outcome(name, repository);
    // A worker that a busy machine kept from renewing its lock may have written a check beside the other's: GitHub
    // shows the newest of a name.
    expect({ ...rest, checks: [...new Set(checks)] }).toEqual({ ...once, events: 11 });
  });
});
