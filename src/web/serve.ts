import { once } from "node:events";
import { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { z } from "zod";
import { Fault } from "../model/errors.ts";
import { hasDotSegment } from "./raw-path.ts";

/** Where to listen, and how long to wait for slow senders. Times in milliseconds. */
export interface ServeOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly host: string;
  /** Time for the headers of a request to arrive. */
  readonly headersMs?: number;
  /** Time for a whole request to arrive. */
  readonly requestMs?: number;
  /** How often the server checks both. */
  readonly checkEveryMs?: number;
}

/** A listening server. */
export interface ServedWeb {
  /** Without a slash at the end. */
  readonly url: string;
  /** Accepts no more connections, waits up to `graceMs` (default 5,000) for open requests, then closes them. */
  close(graceMs?: number): Promise<void>;
}

const maxConnections = 4_096;

/** Serves the app over HTTP/1.1, with limits on slow senders. Rejects if it cannot listen. */
export async function serveWeb(app: Hono, options: ServeOptions): Promise<ServedWeb> {
  const server = createAdaptorServer({
    fetch: (request, environment) =>
      hasDotSegment(rawPath(environment))
        ? Response.json({ error: "the path has a dot segment" }, { status: 400 })
        : app.fetch(request, environment),
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: options.headersMs ?? 10_000,
      requestTimeout: options.requestMs ?? 30_000,
      connectionsCheckingInterval: options.checkEveryMs ?? 2_000,
      // Longer than load balancers keep theirs, so that they close first.
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
    },
  });
  if (!(server instanceof Server)) throw new Fault("bug", "expected an HTTP/1.1 server");
  server.maxConnections = maxConnections;
  server.listen(options.port, options.host);
  await once(server, "listening");
  return { url: urlOf(server), close: (graceMs = 5_000) => closeServer(server, graceMs) };
}

const environment = z.object({ incoming: z.object({ url: z.string() }) });

/** The path as it came: what the application sees is resolved already. */
function rawPath(given: unknown): string {
  const parsed = environment.safeParse(given);
  return parsed.success ? parsed.data.incoming.url : "";
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Fault("bug", "the server listens on no port");
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  // A connection kept alive whose answer was under way becomes idle only later.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await closed;
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}
