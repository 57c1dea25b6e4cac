import { randomUUID } from "node:crypto";
import { type HttpBindings, type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";

import { makeApi } from "./api.ts";
import { createNotifier } from "./notify.ts";
import { makeRegistryPages } from "./pages.ts";
import { type PushTarget, pushImage } from "./push.ts";
import { createStore } from "./store.ts";
import type { ImageInput, LocalRegistry, LocalRegistryOptions } from "./types.ts";
import type { RegistryWorld } from "./world.ts";

const HOST = "127.0.0.1";

/** Starts a local container registry on loopback. Rejects when the port is taken. */
export async function startLocalRegistry(options: LocalRegistryOptions = {}): Promise<LocalRegistry> {
  const clock = options.clock ?? (() => new Date());
  const world: RegistryWorld = {
    store: createStore(),
    notifier: createNotifier(options.notify, clock),
    uploads: new Map(),
    requests: [],
    users: options.users ?? {},
    clock,
    instanceId: randomUUID(),
    origin: "",
  };
  const push = (image: ImageInput) => pushImage(targetOf(world), { ...image, created: image.created ?? clock() });
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.route("/v2", makeApi(world));
  app.route("/", makeRegistryPages(world, push));
  const server = await listen(app, options.port ?? 0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  world.origin = `http://${HOST}:${address.port}`;
  let closing: Promise<void> | undefined;
  return {
    url: world.origin,
    host: `${HOST}:${address.port}`,
    push,
    setNotifications: world.notifier.setTarget,
    requests: world.requests,
    notifications: world.notifier.attempts,
    settled: world.notifier.settled,
    close: () => {
      closing ??= stop(world, server);
      return closing;
    },
  };
}

function targetOf({ origin, users }: RegistryWorld): PushTarget {
  const [user] = Object.entries(users);
  if (!user) return { url: origin };
  return { url: origin, authorization: `Basic ${Buffer.from(user.join(":")).toString("base64")}` };
}

function listen(app: Hono<{ Bindings: HttpBindings }>, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    // By default an idle connection ends after five seconds, at times just when the next request is under way.
    const serverOptions = { keepAliveTimeout: 600_000 };
    const server = serve({ fetch: app.fetch, hostname: HOST, port, serverOptions }, () => resolve(server));
    server.once("error", reject);
  });
}

async function stop(world: RegistryWorld, server: ServerType): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  await world.notifier.close();
}
