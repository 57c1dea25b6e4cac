import { type LocalRegistry, startLocalRegistry } from "../../sandbox/index.ts";
import type { Logger } from "../../src/model/observe.ts";
import type { ServerSettings } from "../../src/settings.ts";
import { redisBinary, startRedis } from "../contract/queue-servers.ts";
import { untilQuiet } from "./quiet.ts";
import { adminToken, startWalk, type Walk } from "./walk.ts";

/** A walk with a local registry that tells Sluice what is pushed, and a clock that a test can put forward. */
export interface Rooms extends Walk {
  readonly registry: LocalRegistry;
  /** What the rooms' clock says. */
  now(): number;
  /**
   * Puts the rooms' clock so far ahead of GitHub's, in milliseconds, and runs what is due by then. Timers that run
   * already take no less.
   */
  ahead(ms: number): void;
  /** Has the registry tell Sluice of its events, as at the start. */
  listen(): void;
  /** Resolves when nothing is delivered, no job waits or runs, and nothing was asked in between. */
  quiet(): Promise<void>;
}

/** How a walk is started. */
export interface RoomsOptions {
  /** All of Sluice, on a Redis where there is one, in place of the rooms alone. */
  readonly whole?: boolean;
  readonly settings?: Partial<ServerSettings>;
  /** More of the environment of all of Sluice. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: Logger;
}

/** What the registry's hook and the event log's page ask for. */
export const secrets = { hook: "a secret of the registry's hook", admin: adminToken } as const;

const hook = {
  kind: "distribution",
  name: "local",
  images: [],
  perMinute: 6_000,
  secrets: [secrets.hook],
  header: "authorization",
} as const;

let shared: Promise<Rooms> | undefined;
let taken = false;

/**
 * The rooms alone are started once in a process, for one test file after the other: `close` waits until they are quiet,
 * throws what broke GitHub's descriptions meanwhile, and drops what is due later. With settings, or `whole`, they are
 * the caller's own.
 */
export async function openRooms(options: RoomsOptions = {}): Promise<Rooms> {
  if (options.whole === true || options.settings !== undefined) return startRooms(options);
  if (taken) throw new Error("the shared rooms are in use: close them first");
  taken = true;
  shared ??= startRooms({});
  const rooms = await shared;
  return { ...rooms, close: () => leave(rooms) };
}

async function leave(rooms: Rooms): Promise<void> {
  await rooms.quiet();
  rooms.queue?.forget();
  rooms.ahead(0);
  rooms.listen();
  rooms.github.setDeliveryMode("deliver");
  taken = false;
  rooms.github.check();
}

async function startRooms({ whole = false, settings = {}, environment = {}, log }: RoomsOptions): Promise<Rooms> {
  const binary = whole ? redisBinary() : undefined;
  const redis = binary === undefined ? undefined : await startRedis(binary);
  const store = redis?.backend.kind === "redis" ? { REDIS_URL: redis.backend.url } : {};
  const registry = await startLocalRegistry();
  let offset = 0;
  const registries = [{ host: registry.host, insecure: true, private: true, requestsPerSecond: 1_000 }];
  const walk = await startWalk(
    { ...store, ...environment },
    {
      ...(log && { log }),
      clock: () => Date.now() + offset,
      rooms: !whole,
      settings: { adminToken: secrets.admin, hooks: [hook], registries, ...settings },
    },
  );
  const listen = (): void =>
    registry.setNotifications({
      url: `${walk.sluice.url}/registry/local`,
      headers: { authorization: secrets.hook },
      backoffMs: 100,
    });
  listen();
  const more = { settled: registry.settled, count: () => registry.requests.length };
  return {
    ...walk,
    registry,
    listen,
    now: () => Date.now() + offset,
    ahead: (ms) => {
      offset = ms;
      walk.queue?.tick();
    },
    quiet: () => untilQuiet({ ...walk, more }),
    close: async () => {
      await walk.close();
      await registry.close();
      await redis?.dispose();
    },
  };
}
