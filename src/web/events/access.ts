import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Clock, Logger } from "../../model/observe.ts";
import { TokenBucket } from "../registry/limits.ts";

/** Who may read the log: whoever has the administrator's token. */
export interface AccessOptions {
  readonly adminToken: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Wrong tokens per minute from one address. More of them get 429 and no line in the log. */
  readonly attemptsPerMinute: number;
  /** What is guarded, in the log; default `the event log`. */
  readonly what?: string;
}

/** Addresses whose attempts are counted at the same time. */
const maxAddresses = 1_000;

const environment = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }) });

/**
 * Lets requests through that carry the token: as `Bearer`, or as the password of `Basic` with any user name. Others get
 * 401, or 429 when their address has guessed too often. The right token always passes: behind a proxy all clients share
 * one address, and the token's length is what makes guessing hopeless.
 */
export function guard({
  adminToken,
  log,
  clock,
  attemptsPerMinute,
  what = "the event log",
}: AccessOptions): MiddlewareHandler {
  const buckets = new LRUCache<string, { readonly bucket: TokenBucket; waitUntil: number }>({ max: maxAddresses });
  const token = sha256(adminToken);
  return async (context, next) => {
    const given = tokenOf(context.req.header("authorization"));
    if (given === undefined) return unauthorized(context, "send the administrator's token");
    if (timingSafeEqual(sha256(given), token)) return next();
    const address = addressOf(context);
    const attempts = buckets.get(address) ?? { bucket: new TokenBucket(attemptsPerMinute, clock), waitUntil: 0 };
    const waitMs = attempts.waitUntil - clock();
    if (waitMs > 0) return tooMany(context, waitMs);
    attempts.waitUntil = clock() + attempts.bucket.take();
    buckets.set(address, attempts);
    log.warn({ address, path: context.req.path }, `a request for ${what} had a wrong token`);
    return unauthorized(context, "the token is wrong");
  };
}

/** Whether the request carries its token in a way that no browser uses by itself. */
export function isBearer(context: Context): boolean {
  return /^Bearer /i.test(context.req.header("authorization") ?? "");
}

/**
 * Whether a browser sent this from one of Sluice's own pages. Browsers send a stored password from any page, so the
 * password alone proves nothing. They name the page in `Sec-Fetch-Site`, over plain http only in `Origin`.
 */
export function isSameOrigin(context: Context): boolean {
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = URL.parse(context.req.header("origin") ?? "");
  return origin !== null && origin.host !== "" && origin.host === (context.req.header("host") ?? "").toLowerCase();
}

function tokenOf(header: string | undefined): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (basic === undefined) return undefined;
  return /^[^:]*:(.*)$/s.exec(Buffer.from(basic, "base64").toString("utf8"))?.[1];
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * The other end of the connection, which may be a proxy. Headers that name the client are not trusted: anybody can
 * write them.
 */
function addressOf(context: Context): string {
  const parsed = environment.safeParse(context.env);
  return parsed.success ? parsed.data.incoming.socket.remoteAddress : "";
}

function unauthorized(context: Context, error: string): Response {
  return context.json({ error }, 401, { "www-authenticate": 'Basic realm="Sluice", charset="UTF-8"' });
}

function tooMany(context: Context, waitMs: number): Response {
  return context.json({ error: "too many wrong tokens" }, 429, { "retry-after": `${Math.ceil(waitMs / 1000)}` });
}
