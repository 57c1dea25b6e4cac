import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../src/sandbox/index.ts";
import { type ImageWorld, openImageWorld, type ServerProcess } from "../support/image-world.ts";
import { eventually } from "../support/wait.ts";

const git = "/repos/{owner}/{repo}/git";
const heldMs = 2_500;

/** What is there after everything came to rest: each must be there once. */
interface Outcome {
  readonly pulls: readonly string[];
  /** On the pull request's branch and not on the base. */
  readonly commits: number;
  /** The names of the checks of its head. */
  readonly checks: readonly string[];
  readonly previews: number;
  readonly deliveries: number;
}

const once: Outcome = {
  pulls: ["open Bump web in staging: 1.2.0 → 1.4.0"],
  commits: 1,
  checks: ["Sluice image", "Sluice preview"],
  previews: 1,
  deliveries: 1,
};

let world: ImageWorld;
/** The server that runs; each test kills it and leaves the next one another. */
let server: ServerProcess;
let scenes = 0;

beforeAll(async () => {
  world = await openImageWorld();
  server = await world.start();
});
afterAll(() => world.close());

/** A repository that waits for images of a name of its own, of which 1.4.0 was just pushed. */
async function scene(): Promise<{ readonly name: string; readonly repository: RepositoryRef }> {
  scenes += 1;
  const name = `web-${scenes}`;
  const repository = await world.repository(name);
  await world.github.commit({ ...repository, branch: "main", files: { "README.md": "The beginning.\n" } });
  await world.quiet();
  for (const tag of ["1.2.0", "1.4.0"]) await world.push(name, tag);
  return { name, repository };
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
    deliveries: (await log.deliveries({ image: `${registry.host}/acme/${name}`, limit: 10 })).length,
  };
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
  await world.quiet();
}

describe("a worker that is killed between an event and its pull request", () => {
  it("right after the event was stored: the next one opens it", async () => {
    const { name, repository } = await scene();
    await server.kill();
    const door = await world.start("web");
    expect(await world.tell(door, name, "1.4.0")).toBe(202);
    await door.kill();
    server = await world.start();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  it.each([
    { point: "when the event is in the delivery log, before anything came of it", words: "image-burst" },
    { point: "when the pull request is open, before it is said what was concluded", words: "image-conclusion" },
  ])("$point: there is one pull request after the restart", async ({ words }) => {
    const { name, repository } = await scene();
    const held = world.gate.holdAt(words);
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await held;
    expect(world.bumps(repository)).toHaveLength(words === "image-burst" ? 0 : 1);
    await server.kill();
    world.gate.release();
    server = await world.start();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  it.each([
    { point: "while it makes the commit", template: `${git}/commits` },
    { point: "while it makes the branch", template: `${git}/refs` },
    { point: "while it opens the pull request", template: "/repos/{owner}/{repo}/pulls" },
    { point: "while it writes the checks", template: "/repos/{owner}/{repo}/check-runs" },
  ])("$point: there is one pull request after the restart", async ({ template }) => {
    const { name, repository } = await scene();
    world.github.injectFault({ method: "POST", template, times: 2, effect: { kind: "delay", ms: heldMs } });
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await world.quiet();
    await server.kill();
    server = await world.start();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  it.each([
    { point: "while it writes the merge into the history", method: "POST", template: `${git}/commits` },
    { point: "while it takes the branch away", method: "DELETE", template: `${git}/refs/{ref}` },
  ])("$point: the history has it once and the branch is gone", async ({ method, template }) => {
    const { name, repository } = await scene();
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await allIsThere(repository);
    const [pull] = world.bumps(repository);
    if (pull === undefined) throw new Error("no pull request");
    world.github.injectFault({ method, template, effect: { kind: "delay", ms: heldMs } });
    await world.github.mergePull(pull);
    await world.quiet();
    await server.kill();
    server = await world.start();
    const branches = () => inGit(repository, "for-each-ref", "refs/heads/sluice");
    await eventually("the history and no branch", () => history(repository) > 0 && branches() === "");
    await world.quiet();
    expect(history(repository)).toBe(1);
    expect(world.bumps(repository).map(({ state, merged }) => ({ state, merged }))).toEqual([
      { state: "closed", merged: true },
    ]);
  });
});

describe("two workers", () => {
  it("and the same event ten times make one pull request", async () => {
    const { name, repository } = await scene();
    const second = await world.start("worker");
    const tell = () => world.tell(server, name, "1.4.0", `event-of-${name}`);
    expect(await Promise.all(Array.from({ length: 10 }, tell))).toEqual(Array(10).fill(202));
    await allIsThere(repository);
    await second.kill();
    expect(await outcome(name, repository)).toEqual(once);
  });

  it("and ten events of the same push make one pull request", async () => {
    const { name, repository } = await scene();
    const second = await world.start("worker");
    expect(await Promise.all(Array.from({ length: 10 }, () => world.tell(server, name, "1.4.0")))).toEqual(
      Array(10).fill(202),
    );
    await allIsThere(repository);
    await second.kill();
    expect(await outcome(name, repository)).toEqual({ ...once, deliveries: 10 });
  });
});
