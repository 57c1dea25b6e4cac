import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LocalGitHub, PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { startCheckedGitHub } from "../support/local-github.ts";
import { promotionFiles } from "../support/promotions.ts";
import { untilQuiet } from "../support/quiet.ts";
import { tempDir } from "../support/temp-git.ts";
import { eventually } from "../support/wait.ts";
import { processEnvironment, serverEnvironment } from "../support/walk.ts";

const program = join(import.meta.dirname, "../support/serve-child.ts");

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

/** A local GitHub, a Redis and servers as processes of their own: one for each test, so that tests can run side by side. */
class World {
  readonly root: string;
  readonly github: LocalGitHub;
  readonly repository: RepositoryRef;
  /** A merged pull request to give commands on. */
  readonly merged: PullSummary;
  readonly #redis: StoreServer;
  readonly #running: ChildProcess[] = [];

  private constructor(
    root: string,
    github: LocalGitHub,
    redis: StoreServer,
    repository: RepositoryRef,
    merged: PullSummary,
  ) {
    this.root = root;
    this.github = github;
    this.#redis = redis;
    this.repository = repository;
    this.merged = merged;
  }

  static async open(): Promise<World> {
    const root = tempDir("sluice-promotion-crash-");
    const binary = redisBinary();
    if (binary === undefined) throw new Error("no redis-server: see `node scripts/bootstrap.mjs --tests`");
    const redis = await startRedis(binary);
    const github = await startCheckedGitHub({ dataDir: join(root, "github") });
    const repository = await github.createRepository({
      owner: "acme",
      name: "gitops",
      files: promotionFiles("healthy: false"),
    });
    await github.commit({ ...repository, branch: "change", files: { "apps/web/README.md": "The web.\n" } });
    const pull = await github.openPull({ ...repository, head: "change", title: "Say what it is" });
    return new World(root, github, redis, repository, await github.mergePull(pull));
  }

  async start(environment: Record<string, string> = {}): Promise<Server> {
    const store = this.#redis.backend;
    if (store.kind !== "redis") throw new Error("expected Redis");
    const env = { ...processEnvironment(), REDIS_URL: store.url };
    const dataDir = join(this.root, `sluice-${environment.ROLE ?? "all"}`);
    const child = spawn(process.execPath, [program], {
      env: { ...env, ...serverEnvironment(this.github, dataDir), ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.push(child);
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += String(chunk);
    });
    const url = await eventually("the server to be up", () => /^up (\S+)/m.exec(said)?.[1]);
    if (environment.ROLE !== "worker") this.github.setWebhookUrl(`${url}/api/github/webhooks`);
    return { url, kill: () => killed(child) };
  }

  /** The promotions there are, the replies to commands, and what the history says: each must be there once. */
  async outcome(): Promise<{ pulls: readonly PullSummary[]; replies: number; requested: number }> {
    const { github, repository, merged } = this;
    const pulls = github.pulls(repository).filter(({ headRef }) => headRef === "sluice/promote/prod/web");
    const replies = github.comments(merged).filter(({ body }) => body.startsWith("<!-- sluice:reply-")).length;
    const history = await fileOf(github, repository, "sluice-state", "environments/prod/web.yaml");
    return { pulls, replies, requested: history.match(/kind: requested/g)?.length ?? 0 };
  }

  async close(): Promise<void> {
    for (const child of this.#running) await killed(child);
    await this.#redis.dispose();
    await this.github.settled();
    await this.github.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

async function fileOf(github: LocalGitHub, repository: RepositoryRef, branch: string, path: string): Promise<string> {
  const { token } = github.user("mona");
  const url = `${github.apiUrl}/repos/${repository.owner}/${repository.name}/contents/${path}?ref=${branch}`;
  const answer = await fetch(url, {
    headers: { authorization: `token ${token}`, accept: "application/vnd.github.raw+json" },
  });
  return answer.ok ? answer.text() : "";
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Holds the next request of this kind back, and has it carried out late. Resolves when it is made: the worker hangs in it. */
function hang(github: LocalGitHub, request: { readonly method: string; readonly template: string }): Promise<void> {
  return new Promise((reached) => {
    github.injectFault({ ...request, effect: { kind: "delay", ms: 3_000, reached } });
  });
}

const git = "/repos/{owner}/{repo}/git";

describe("a worker that is killed in the middle of a promotion", { concurrent: true }, () => {
  it.for([
    { point: "while it makes the commit", method: "POST", template: `${git}/commits` },
    { point: "while it makes the branch", method: "POST", template: `${git}/refs` },
    { point: "while it opens the pull request", method: "POST", template: "/repos/{owner}/{repo}/pulls" },
    {
      point: "while it writes the reply",
      method: "POST",
      template: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    },
  ])(
    "$point leaves one promotion, one reply and one entry of the history after the restart",
    async ({ method, template }, { expect }) => {
      const world = await World.open();
      try {
        const server = await world.start();
        const hangs = hang(world.github, { method, template });
        await world.github.comment({ ...world.merged, body: "/promote prod web" });
        await hangs;
        await server.kill();
        const next = await world.start();
        await eventually("a reply", async () => (await world.outcome()).replies > 0);
        await untilQuiet({ github: world.github, sluice: next });
        const { pulls, replies, requested } = await world.outcome();
        expect(pulls.map(({ state, title, labels }) => ({ state, title, labels }))).toEqual([
          { state: "open", title: "Promote web to prod: 1.2.0 → 1.4.0", labels: ["promotion"] },
        ]);
        expect({ replies, requested }).toEqual({ replies: 1, requested: 1 });
      } finally {
        await world.close();
      }
    },
  );

  it("is killed while the history is written: it is written once", async ({ expect }) => {
    const world = await World.open();
    try {
      const server = await world.start();
      // The first commit is the promotion's, the second the history's.
      world.github.injectFault({ method: "POST", template: `${git}/commits`, effect: { kind: "delay", ms: 0 } });
      const hangs = hang(world.github, { method: "POST", template: `${git}/commits` });
      await world.github.comment({ ...world.merged, body: "/promote prod web" });
      await hangs;
      await server.kill();
      const next = await world.start();
      await eventually("a reply", async () => (await world.outcome()).replies > 0);
      await untilQuiet({ github: world.github, sluice: next });
      const { pulls, requested } = await world.outcome();
      expect([pulls.length, requested]).toEqual([1, 1]);
    } finally {
      await world.close();
    }
  });
});

describe("two workers and ten identical commands at once", () => {
  it("make one pull request, and answer each comment", async () => {
    const world = await World.open();
    try {
      await Promise.all([world.start(), world.start({ ROLE: "worker" })]);
      const command = () => world.github.comment({ ...world.merged, body: "/promote prod web" });
      await Promise.all(Array.from({ length: 10 }, command));
      await eventually("ten replies", async () => (await world.outcome()).replies === 10);
      const { pulls } = await world.outcome();
      expect(pulls).toHaveLength(1);
      const bodies = world.github.comments(world.merged).filter(({ body }) => body.startsWith("<!-- sluice:reply-"));
      expect(bodies.every(({ body }) => body.includes(`#${pulls[0]?.number}`))).toBe(true);
    } finally {
      await world.close();
    }
  });
});
