import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { type ImageWorld, openImageWorld } from "../support/image-world.ts";
import { runSync } from "../support/run-sync.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";

/** A repository, and the name of its image. */
interface Scene {
  readonly name: string;
  readonly repository: RepositoryRef;
}

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
afterEach(() => world.store.open());
afterAll(() => world.close());

/**
 * Repositories that wait for images, each for one of a name of its own, of which 1.4.0 was pushed without a word when
 * the server had nothing more to do with them.
 */
async function openScenes(count: number): Promise<readonly Scene[]> {
  const made: Scene[] = [];
  for (; made.length < count; scenes += 1) {
    const name = `web-${scenes}`;
    const repository = await world.repository(name);
    await world.github.commit({ ...repository, branch: "main", files: { "README.md": "The beginning.\n" } });
    made.push({ name, repository });
  }
  await world.quiet(server);
  for (const { name } of made) for (const tag of ["1.2.0", "1.4.0"]) await world.push(name, tag);
  return made;
}

async function openScene(): Promise<Scene> {
  const [made] = await openScenes(1);
  if (made === undefined) throw new Error("no scene");
  return made;
}

/** Kills the server that hangs, and starts the next one. */
async function again(): Promise<void> {
  await server.kill();
  world.store.open();
  server = await world.start();
  world.release();
}

function inGit(repository: RepositoryRef, ...args: readonly string[]): string {
  return runSync("git", args, { cwd: world.github.gitDir(repository) }).stdout.trim();
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
    const { name, repository } = await openScene();
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
    const { name, repository } = await openScene();
    const shut = world.store.shutAt(words);
    expect(await world.tell(server, name, "1.4.0")).toBe(202);
    await shut;
    expect((await outcome(name, repository)).events).toBe(1);
    expect(world.bumps(repository)).toHaveLength(words === "image-burst" ? 0 : 1);
    await again();
    await allIsThere(repository);
    expect(await outcome(name, repository)).toEqual(once);
  });

  const git = "/repos/{owner}/{repo}/git";
  const refs = `${git}/refs`;
  const checkRuns = "/repos/{owner}/{repo}/check-runs";
  const pulls = "/repos/{owner}/{repo}/pulls";
  const opening = [
    { point: "when the commit is made", template: `${git}/commits`, there: { branches: 0, pulls: 0 } },
    { point: "when the branch is made", template: refs, there: { branches: 1, pulls: 0 } },
    { point: "when the pull request is made", template: pulls, there: { branches: 1, pulls: 1 } },
    { point: "when a check is written", template: checkRuns, there: { branches: 1, pulls: 1 } },
  ];
  const merging = [
    {
      point: "when the merge is in the history",
      method: "PUT",
      template: "/repos/{owner}/{repo}/contents/{path}",
      carriedOut: "before the crash",
    },
    {
      point: "before it takes the branch away",
      method: "DELETE",
      template: `${refs}/{ref}`,
      carriedOut: "after the crash",
    },
  ] as const;

  describe("and is not told so", () => {
    const scenes = new Map<string, Scene>();
    const found = new Map<string, unknown>();
    const sceneOf = (point: string): Scene => {
      const made = scenes.get(point);
      if (made === undefined) throw new Error("no scene");
      return made;
    };

    const mergedOne = async ({ repository }: Scene): Promise<void> => {
      const [pull] = world.bumps(repository);
      if (pull === undefined) throw new Error("no pull request");
      await world.github.mergePull(pull);
    };

    const lookAt = ({ repository }: Scene) => ({
      branches: ours(repository).length,
      pulls: world.bumps(repository).length,
      written: history(repository),
    });

    // Every point has a repository of its own, and all of them one crash.
    beforeAll(async () => {
      const points = [...opening, ...merging];
      const made = await openScenes(points.length);
      for (const [index, one] of made.entries()) scenes.set(points[index]?.point ?? "", one);
      for (const { point } of merging) await world.tell(server, sceneOf(point).name, "1.4.0");
      for (const { point } of merging) await allIsThere(sceneOf(point).repository);
      const reached = [
        ...opening.map(({ point, template }) => {
          const { repository } = sceneOf(point);
          return world.hold({ repository, method: "POST", template, carriedOut: "before the crash" });
        }),
        ...merging.map(({ point, ...request }) => world.hold({ repository: sceneOf(point).repository, ...request })),
      ];
      for (const { point } of opening) await world.tell(server, sceneOf(point).name, "1.4.0");
      for (const { point } of merging) await mergedOne(sceneOf(point));
      await Promise.all(reached);
      for (const [point, one] of scenes) found.set(point, lookAt(one));
      await again();
    });

    it.each(opening)("$point: there is one pull request after the restart", async ({ point, there }) => {
      const { name, repository } = sceneOf(point);
      expect(found.get(point)).toEqual({ ...there, written: 0 });
      await allIsThere(repository);
      expect(await outcome(name, repository)).toEqual(once);
    });

    it.each(merging)("$point: the history has it once and the branch goes", async ({ point }) => {
      const { repository } = sceneOf(point);
      expect(found.get(point)).toEqual({ branches: 1, pulls: 1, written: 1 });
      await eventually("the branch to go", () => ours(repository).length === 0);
      await world.quiet(server);
      expect(history(repository)).toBe(1);
      expect(world.bumps(repository).map(({ state, merged }) => ({ state, merged }))).toEqual([
        { state: "closed", merged: true },
      ]);
    });
  });
});

describe("two workers", () => {
  it("that hear of a push ten times under one id, and ten times more under others, open one pull request", async () => {
    const { name, repository } = await openScene();
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
