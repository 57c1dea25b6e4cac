import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Clock, Logger } from "../../model/observe.ts";
import { TokenBucket } from "../registry/limits.ts";

/** How the administrator's token is asked for. */
export interface AccessOptions {
  readonly adminToken: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Wrong tokens from one address in a minute; further ones are answered 429 and leave no line in the log. */
  readonly attemptsPerMinute: number;
}

/** Addresses whose attempts are counted at one time. */
const maxAddresses = 1_000;

const environment = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }) });

/**
 * Lets requests through that have the token: as `Bearer`, or as the password of `Basic`, whoever the user. Others are answered 401, and 429 from an address that has guessed too often. Behind a proxy all have one
 * address, so that the guesses of one never keep another out who has the token: what makes guessing hopeless is the token's length.
 */
export function guard({ adminToken, log, clock, attemptsPerMinute }: AccessOptions): MiddlewareHandler {
  const buckets = new LRUCache<string, { readonly bucket: TokenBucket; waitUntil: number }>({ max: maxAddresses });
  const token = sha256(adminToken);
  return async (context, next) => {
    const given = tokenOf(context.req.header("authorization"));
    if (given === undefined) return unauthorized(context, "say who you are");
    if (timingSafeEqual(sha256(given), token)) return next();
    const address = addressOf(context);
    const attempts = buckets.get(address) ?? { bucket: new TokenBucket(attemptsPerMinute, clock), waitUntil: 0 };
    const waitMs = attempts.waitUntil - clock();
    if (waitMs > 0) return tooMany(context, waitMs);
    attempts.waitUntil = clock() + attempts.bucket.take();
    buckets.set(address, attempts);
    log.warn({ address, path: context.req.path }, "the delivery log was asked for with a wrong token");
    return unauthorized(context, "the token is another one");
  };
}

/** Whether the request has its token in a way that no browser adds by itself. */
export function isBearer(context: Context): boolean {
  return /^Bearer /i.test(context.req.header("authorization") ?? "");
}

/**
 * Whether a browser sent this from one of our own pages: it would send the password along from any. Browsers say it with `Sec-Fetch-Site`, over plain http with `Origin` alone.
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

/** Of the other end of the connection, which may be a proxy: what a header says of it, anybody can write. */
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
