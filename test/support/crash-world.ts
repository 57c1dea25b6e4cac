import { rmSync } from "node:fs";
import { join } from "node:path";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { type HeldRequests, heldRequests } from "./held-requests.ts";
import { type CheckedGitHub, startCheckedGitHub } from "./local-github.ts";
import { untilQuiet } from "./quiet.ts";
import { compiled, type ServerProcess, startProcess } from "./server-process.ts";
import { tempDir } from "./temp-git.ts";
import { serverEnvironment } from "./walk.ts";

/**
 * A local GitHub, a Redis, and a server as a process of its own, for all tests of a file: each kills the server and
 * leaves the next one another.
 */
export interface CrashWorld {
  readonly github: CheckedGitHub;
  readonly redis: StoreServer;
  /** Holds the next such request until the crash; resolves when the server hangs in it. */
  readonly hold: HeldRequests["hold"];
  /** Kills the server with `kill -9`, starts the next one, and lets the held requests go on. */
  crash(): Promise<void>;
  /** Starts a further server, which the caller kills. */
  start(environment: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** Resolves when nothing is delivered, no job waits or runs, and nothing was asked of GitHub in between. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a world with a server. */
export async function openCrashWorld(): Promise<CrashWorld> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("no redis-server: see `node scripts/bootstrap.mjs --tests`");
  const root = tempDir("sluice-crash-");
  const redis = await startRedis(binary);
  if (redis.backend.kind !== "redis") throw new Error("expected Redis");
  const store = { REDIS_URL: redis.backend.url, ENGINES: "1", CONCURRENCY: "8", ...compiled };
  const github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const held = heldRequests(github);
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
    hold: held.hold,
    crash: async () => {
      await server.kill();
      server = await first();
      held.release();
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
