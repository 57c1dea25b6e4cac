import { rmSync } from "node:fs";
import { join } from "node:path";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { type CheckedGitHub, startCheckedGitHub } from "./local-github.ts";
import { untilQuiet } from "./quiet.ts";
import { type ServerProcess, startProcess } from "./server-process.ts";
import { tempDir } from "./temp-git.ts";
import { serverEnvironment } from "./walk.ts";

/**
 * A local GitHub, a Redis, and a server as a process of its own, for all tests of a file: each kills the server and
 * leaves the next one another.
 */
export interface CrashWorld {
  readonly github: CheckedGitHub;
  readonly redis: StoreServer;
  /** Has the next request of this kind wait until the server was killed and started again, and carries it out then. */
  crashAt(request: { readonly method: string; readonly template: string }): Crash;
  /** Starts a further server, which the caller kills. */
  start(environment: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** Resolves when nothing is delivered, no job waits or runs, and nothing was asked of GitHub in between. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** A crash to come. */
export interface Crash {
  /** Resolves when the server hangs in the request. */
  readonly reached: Promise<void>;
  /** Kills the server with `kill -9`; resolves when the next one is up. */
  happens(): Promise<void>;
}

/** Opens a world with a server. */
export async function openCrashWorld(): Promise<CrashWorld> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("no redis-server: see `node scripts/bootstrap.mjs --tests`");
  const root = tempDir("sluice-crash-");
  const redis = await startRedis(binary);
  if (redis.backend.kind !== "redis") throw new Error("expected Redis");
  const store = { REDIS_URL: redis.backend.url, ENGINES: "1", NODE_COMPILE_CACHE: join(root, "compiled") };
  const github = await startCheckedGitHub({ dataDir: join(root, "github") });
  let starts = 0;
  const start = (environment: Readonly<Record<string, string>>): Promise<ServerProcess> => {
    const settings = serverEnvironment(github, join(root, `sluice-${starts++}`));
    return startProcess("serve-child.ts", { ...settings, ...store, ...environment });
  };
  const first = async (): Promise<ServerProcess> => {
    const server = await start({});
    github.setWebhookUrl(`${server.url}/api/github/webhooks`);
    return server;
  };
  let server = await first();
  return {
    github,
    redis,
    start,
    crashAt: (request) => {
      const over = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const effect = { kind: "hang", until: over.promise, reached: reached.resolve } as const;
      github.injectFault({ ...request, effect });
      const happens = async (): Promise<void> => {
        await server.kill();
        server = await first();
        over.resolve();
      };
      return { reached: reached.promise, happens };
    },
    quiet: () => untilQuiet({ github, sluice: server }),
    close: async () => {
      await server.kill();
      await redis.dispose();
      await github.settled();
      await github.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
