import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type LocalGitHub,
  type LocalRegistry,
  type PullSummary,
  type RepositoryRef,
  startLocalRegistry,
} from "../../sandbox/index.ts";
import { createEventLog } from "../../src/images/event-log.ts";
import type { EventLog } from "../../src/model/images.ts";
import { StoredRecords } from "../../src/queue/records/stored-records.ts";
import { RedisStore } from "../../src/queue/redis-store.ts";
import { redisBinary, startRedis } from "../contract/queue-servers.ts";
import { gitopsFiles } from "./gitops.ts";
import { type HeldRequests, heldRequests } from "./held-requests.ts";
import { type Gate, openGate } from "./holding-proxy.ts";
import { startCheckedGitHub } from "./local-github.ts";
import { untilQuiet } from "./quiet.ts";
import { compiled, type ServerProcess, startProcess } from "./server-process.ts";
import { tempDir } from "./temp-git.ts";
import { serverEnvironment } from "./walk.ts";

const secret = "a secret of the registry's hook";

/** A local GitHub, a local registry, a Redis, and servers as processes of their own. */
export interface ImageWorld {
  readonly github: LocalGitHub;
  readonly registry: LocalRegistry;
  /** Between the servers and the Redis. */
  readonly store: Gate;
  /** Holds the next such request to GitHub until `release`; resolves when a server hangs in it. */
  readonly hold: HeldRequests["hold"];
  readonly release: HeldRequests["release"];
  /** Starts a server; webhooks go to the one that was started last and takes some. */
  start(role?: "all" | "web" | "worker"): Promise<ServerProcess>;
  /** A repository with the app `web` on `acme/NAME:1.2.0` in staging, whose wish for newer images a server knows. */
  repository(name: string): Promise<RepositoryRef>;
  /** Pushes a tag of `acme/NAME` without a word to anybody. */
  push(name: string, tag: string): Promise<void>;
  /** Tells a server that a tag was pushed; resolves with the status of its answer. */
  tell(server: ServerProcess, name: string, tag: string, id?: string): Promise<number>;
  /**
   * Resolves when this server has nothing to do: no job waits or runs, and nothing was asked of GitHub or the registry
   * in between.
   */
  quiet(server: ServerProcess): Promise<void>;
  /** What the servers were told of and what came of it. */
  readonly log: EventLog;
  /** The image pull requests of a repository, oldest first. */
  bumps(repository: RepositoryRef): readonly PullSummary[];
  close(): Promise<void>;
}

/** Opens a world without servers. */
export async function openImageWorld(): Promise<ImageWorld> {
  const root = tempDir("sluice-images-");
  const binary = redisBinary();
  if (binary === undefined) throw new Error("no redis-server: see `node scripts/bootstrap.mjs --tests`");
  const redis = await startRedis(binary);
  if (redis.backend.kind !== "redis") throw new Error("expected Redis");
  const records = new RedisStore(redis.backend.url, "sluice", () => undefined);
  await records.prepare();
  const github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const registry = await startLocalRegistry();
  const store = await openGate(new URL(redis.backend.url).host);
  const file = join(root, "sluice.server.yaml");
  writeFileSync(file, serverFile(registry.host));
  const running: ServerProcess[] = [];
  const start = async (role: "all" | "web" | "worker" = "all"): Promise<ServerProcess> => {
    const own = { REDIS_URL: `redis://${store.host}`, ROLE: role, ENGINES: "1", CONCURRENCY: "8" };
    const settings = serverEnvironment(github, join(root, `sluice-${running.length}`));
    const files = { SLUICE_SERVER_FILE: file, HOOK_SECRET: secret };
    const server = await startProcess("serve-images-child.ts", { ...compiled, ...settings, ...own, ...files });
    running.push(server);
    if (role !== "worker") github.setWebhookUrl(`${server.url}/api/github/webhooks`);
    return server;
  };
  return {
    github,
    registry,
    store,
    ...heldRequests(github),
    log: createEventLog(new StoredRecords(async () => records.records, Date.now, 5_000), Date.now),
    start,
    repository: (name) => repositoryFor(github, registry, name),
    push: async (name, tag) => {
      await registry.push({ repository: `acme/${name}`, tag });
    },
    tell: ({ url }, name, tag, id = randomUUID()) => tell(url, registry.host, `acme/${name}`, tag, id),
    quiet: (sluice) =>
      untilQuiet({ github, sluice, more: { settled: registry.settled, count: () => registry.requests.length } }),
    bumps: (repository) => github.pulls(repository).filter(({ headRef }) => headRef.startsWith("sluice/image/")),
    close: async () => {
      for (const server of running) await server.kill();
      await store.close();
      await records.close();
      await redis.dispose();
      await registry.close();
      await github.settled();
      await github.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function serverFile(host: string): string {
  return `hooks:
  - { kind: distribution, name: local, secret: "\${HOOK_SECRET}", perMinute: 6000 }
registries:
  - { host: "${host}", insecure: true, private: true }
`;
}

async function repositoryFor(github: LocalGitHub, registry: LocalRegistry, name: string): Promise<RepositoryRef> {
  const image = `${registry.host}/acme/${name}`;
  const wish = `images:\n  - image: "${image}"\n    policy: { semver: "^1.0" }\n    environments: [staging]\n`;
  const plain = Object.entries(gitopsFiles()).map(([path, text]) => [
    path,
    (path === ".sluice.yaml" ? `${text}${wish}` : text).replaceAll("ghcr.io/acme/web", image),
  ]);
  return github.createRepository({ owner: "acme", name: `gitops-${name}`, files: Object.fromEntries(plain) });
}

/** As Distribution says it. */
async function tell(url: string, host: string, repository: string, tag: string, id: string): Promise<number> {
  const event = { id, action: "push", target: { repository, tag }, request: { host } };
  const answer = await fetch(`${url}/registry/local`, {
    method: "POST",
    headers: {
      authorization: secret,
      "content-type": "application/vnd.docker.distribution.events.v2+json",
    },
    body: JSON.stringify({ events: [event] }),
    signal: AbortSignal.timeout(600_000),
  });
  await answer.body?.cancel();
  return answer.status;
}
