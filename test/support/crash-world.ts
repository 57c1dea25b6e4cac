import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type LocalRegistry, type RepositoryRef, startLocalRegistry } from "../../sandbox/index.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { gitopsFiles } from "./gitops.ts";
import { type HeldRequests, heldRequests } from "./held-requests.ts";
import { type Gate, openGate } from "./holding-proxy.ts";
import { type CheckedGitHub, startCheckedGitHub } from "./local-github.ts";
import { untilQuiet } from "./quiet.ts";
import { type ServerProcess, startServer } from "./server-process.ts";
import { tempDir } from "./temp-git.ts";
import { adminToken, serverEnvironment } from "./walk.ts";

const logged = z.object({ events: z.array(z.unknown()) });

const secret = "a secret of the registry's hook";

/**
 * A local GitHub, a local registry, a Redis, and a server as a process of its own, which a test kills and which leaves
 * the next one another.
 */
export interface CrashWorld {
  readonly github: CheckedGitHub;
  readonly registry: LocalRegistry;
  readonly redis: StoreServer;
  /** Between the servers and the Redis. */
  readonly store: Gate;
  /** Holds the next such request to GitHub until the crash; resolves when the server hangs in it. */
  readonly hold: HeldRequests["hold"];
  /** The server that takes webhooks. */
  server(): ServerProcess;
  /** Kills it with `kill -9`, starts the next one, and lets the held requests go on. */
  crash(): Promise<void>;
  /** Starts a further worker, which the caller kills. */
  startWorker(): Promise<ServerProcess>;
  /** A repository with the app `web` on `acme/NAME:1.2.0` in staging, which asks for newer images. */
  imageRepository(name: string): Promise<RepositoryRef>;
  /** Tells the server that 1.4.0 of `acme/NAME` was pushed; resolves with the status of its answer. */
  tell(name: string, id?: string): Promise<number>;
  /** How many events of `acme/NAME` are in the event log. */
  events(name: string): Promise<number>;
  /** Resolves when nothing is delivered, no job waits or runs, and nothing was asked of anybody in between. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a world with a server that says everything it can. */
export async function openCrashWorld(): Promise<CrashWorld> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("no redis-server: see `node scripts/bootstrap.mjs --tests`");
  const root = tempDir("sluice-crash-");
  const redis = await startRedis(binary);
  if (redis.backend.kind !== "redis") throw new Error("expected Redis");
  const store = await openGate(new URL(redis.backend.url).host);
  const github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const registry = await startLocalRegistry();
  const file = join(root, "sluice.server.yaml");
  writeFileSync(file, serverFile(registry.host));
  const held = heldRequests(github);
  const running: ServerProcess[] = [];
  const start = async (role: string): Promise<ServerProcess> => {
    const own = { REDIS_URL: `redis://${store.host}`, ROLE: role, ENGINES: "1", CONCURRENCY: "8", LOG_LEVEL: "debug" };
    const settings = serverEnvironment(github, join(root, `sluice-${running.length}`));
    const server = await startServer({ ...settings, ...own, SLUICE_SERVER_FILE: file, HOOK_SECRET: secret });
    running.push(server);
    if (role === "all") github.setWebhookUrl(`${server.url}/api/github/webhooks`);
    return server;
  };
  let server = await start("all");
  const more = { settled: registry.settled, count: () => registry.requests.length };
  return {
    github,
    registry,
    redis,
    store,
    hold: held.hold,
    server: () => server,
    startWorker: () => start("worker"),
    crash: async () => {
      await server.kill();
      store.open();
      server = await start("all");
      held.release();
    },
    imageRepository: (name) => imageRepository(github, registry, name),
    tell: (name, id = randomUUID()) => tell(server.url, registry.host, `acme/${name}`, id),
    events: (name) => events(server.url, `${registry.host}/acme/${name}`),
    quiet: () => untilQuiet({ github, sluice: server, more }),
    close: async () => {
      for (const one of running) await one.kill();
      await store.close();
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

async function imageRepository(github: CheckedGitHub, registry: LocalRegistry, name: string): Promise<RepositoryRef> {
  const image = `${registry.host}/acme/${name}`;
  const wish = `images:\n  - image: "${image}"\n    policy: { semver: "^1.0" }\n    environments: [staging]\n`;
  const plain = Object.entries(gitopsFiles()).map(([path, text]) => [
    path,
    (path === ".sluice.yaml" ? `${text}${wish}` : text).replaceAll("ghcr.io/acme/web", image),
  ]);
  return github.createRepository({ owner: "acme", name: `gitops-${name}`, files: Object.fromEntries(plain) });
}

/** As Distribution says it. */
async function tell(url: string, host: string, repository: string, id: string): Promise<number> {
  const event = { id, action: "push", target: { repository, tag: "1.4.0" }, request: { host } };
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

async function events(url: string, image: string): Promise<number> {
  const address = `${url}/events.json?image=${encodeURIComponent(image)}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${adminToken}` } });
  return logged.parse(await answer.json()).events.length;
}
