import { type HttpBindings, type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";

import { install } from "./actions/repositories.ts";
import { startGitWith } from "./git.ts";
import { handleGit, parseGitPath } from "./git-http.ts";
import { DEFAULT_OWNER, makeHandle, settled } from "./handle.ts";
import { makePages } from "./pages/pages.ts";
import { handleGraphql, handleRest } from "./rest.ts";
import { openState, saveState } from "./snapshot.ts";
import type { LocalGitHub, LocalGitHubOptions } from "./types.ts";
import { botLogin, ensureAccount, type World } from "./world.ts";

const HOST = "127.0.0.1";

/** Starts a local GitHub on loopback. Rejects when the port is taken or git is missing. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  if (options.startProgram) startGitWith(options.startProgram);
  const world = await openWorld(options);
  const server = await listen(makeApp(world), options.port ?? 0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  world.origin = `http://${HOST}:${address.port}`;
  ensureAccount(world, botLogin(world), "Bot");
  install(world, options.owner ?? DEFAULT_OWNER);
  let closing: Promise<void> | undefined;
  return makeHandle(world, () => {
    closing ??= stop(world, server);
    return closing;
  });
}

async function openWorld(options: LocalGitHubOptions): Promise<World> {
  return {
    state: await openState(options),
    dataDir: options.dataDir,
    options,
    requests: [],
    faults: [],
    webhook: { url: options.webhook?.url, mode: "deliver", held: [], pending: new Set(), stop: new AbortController() },
    origin: "",
    spent: new Map(),
    sizes: new Map(),
    turn: Promise.resolve(),
  };
}

function makeApp(world: World): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.all("/api/v3", (context) => handleRest(world, context));
  app.all("/api/v3/*", (context) => handleRest(world, context));
  app.post("/api/graphql", (context) => handleGraphql(world, context));
  app.use(async (context, next) => {
    const target = parseGitPath(context.req.path);
    return target ? handleGit(world, context, target) : next();
  });
  app.route("/", makePages(world));
  return app;
}

function listen(app: Hono<{ Bindings: HttpBindings }>, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    // By default an idle connection ends after five seconds, at times just when the next request is under way.
    const serverOptions = { keepAliveTimeout: 600_000 };
    const server = serve({ fetch: app.fetch, hostname: HOST, port, serverOptions }, () => resolve(server));
    server.once("error", reject);
  });
}

async function stop(world: World, server: ServerType): Promise<void> {
  world.webhook.held.length = 0;
  world.webhook.stop.abort();
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  await world.turn;
  await settled(world);
  await saveState(world.dataDir, world.state);
}
