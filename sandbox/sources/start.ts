import { mkdirSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { selfSigned } from "../certificate.ts";
import { bodyOf, httpBackend } from "../git-backend.ts";
import { fileOf, indexOf, packCharts } from "./charts.ts";
import { startChartRegistry } from "./registry.ts";
import { makeRepositories } from "./repositories.ts";

/** What is served. */
export interface LocalSourcesOptions {
  /** An empty folder of the servers' own. */
  readonly dataDir: string;
  /** The folder with `charts/<name>-<version>` and `git/<name>`. */
  readonly content: string;
  /** The tag of the repositories' one commit. */
  readonly tag: string;
  /** The program of a Distribution registry; without it there is no registry. */
  readonly registry?: string;
}

/**
 * Charts and repositories on loopback, over https: a Helm repository at the root, git below `/platform`, and a registry
 * with the same charts below `/v2/charts`.
 */
export interface LocalSources {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** The certificate that it signed itself, PEM. */
  readonly ca: string;
  /** What was asked so far: `GET /index.yaml`. */
  requests(): readonly string[];
  close(): Promise<void>;
}

/** Starts the servers. */
export async function startLocalSources(options: LocalSourcesOptions): Promise<LocalSources> {
  const { dataDir, content, tag } = options;
  const root = join(dataDir, "git");
  mkdirSync(root, { recursive: true });
  await makeRepositories(join(content, "git"), root, tag);
  const charts = packCharts(join(content, "charts"));
  const registry =
    options.registry === undefined
      ? undefined
      : await startChartRegistry(options.registry, join(dataDir, "registry"), charts);
  const requests: string[] = [];
  const app = new Hono();
  app.use(async (context, next) => {
    requests.push(`${context.req.method} ${context.req.path}`);
    await next();
  });
  app.get("/index.yaml", (context) => context.text(indexOf(charts)));
  for (const chart of charts) {
    app.get(`/${fileOf(chart)}`, (context) => context.body(new Uint8Array(chart.archive)));
  }
  app.all("/platform/*", async ({ req }) => {
    const path = req.path.slice("/platform".length);
    return httpBackend({ root, path, request: req.raw, body: await bodyOf(req.raw) });
  });
  if (registry !== undefined) app.get("/v2/*", ({ req }) => passOn(registry.url, req.raw));
  const { server, url, ca } = await listen(app);
  return {
    url,
    ca,
    requests: () => requests,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      await registry?.close();
    },
  };
}

async function listen(app: Hono) {
  const { privateKey, pem } = selfSigned("127.0.0.1", "127.0.0.1");
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const serverOptions = { key, cert: pem, keepAliveTimeout: 600_000 };
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const listening = serve({ fetch: app.fetch, createServer, serverOptions, hostname: "127.0.0.1", port: 0 }, () =>
      resolve(listening),
    );
    listening.once("error", reject);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { server, url: `https://127.0.0.1:${address.port}`, ca: pem };
}

async function passOn(url: string, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.delete("host");
  const answer = await fetch(`${url}${pathname}${search}`, { method: request.method, headers });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}
