import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { Fault, messageOf } from "../../model/errors.ts";
import type { Clock } from "../../model/observe.ts";
import type { KeySource } from "./adapter.ts";

/** How to fetch and keep keys. Times in milliseconds. */
export interface KeyOptions {
  readonly timeoutMs?: number;
  /** How long to use fetched keys; default 10 minutes. */
  readonly maxAgeMs?: number;
  /** Time between two fetches for an unknown key; default 30 seconds. */
  readonly cooldownMs?: number;
  /** Time to the next fetch after one that failed; default 10 seconds. */
  readonly pauseMs?: number;
  readonly clock?: Clock;
}

/**
 * Fetches the keys of issuers and keeps them, one set for each address. A key that is not known is looked for again,
 * but not more often than the pause allows. Keys that cannot be fetched are an `unavailable` Fault, since nobody can
 * tell then.
 */
export function createKeySource(options: KeyOptions = {}): KeySource {
  const sets = new Map<string, JWTVerifyGetKey>();
  return (url) => {
    const known = sets.get(url);
    if (known !== undefined) return known;
    const made = keySet(url, options);
    sets.set(url, made);
    return made;
  };
}

function keySet(
  url: string,
  { timeoutMs = 5_000, maxAgeMs = 600_000, cooldownMs = 30_000, pauseMs = 10_000, clock = Date.now }: KeyOptions,
): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cacheMaxAge: maxAgeMs,
    cooldownDuration: cooldownMs,
  });
  let failed: { readonly at: number; readonly why: string } | undefined;
  return async (header, token) => {
    // Whoever sends tokens must not make this ask an issuer that is away, each time.
    if (failed !== undefined && clock() - failed.at < pauseMs) throw unfetched(url, failed.why, undefined);
    try {
      const key = await remote(header, token);
      failed = undefined;
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      failed = { at: clock(), why: messageOf(error) };
      throw unfetched(url, failed.why, error);
    }
  };
}

function unfetched(url: string, why: string, cause: unknown): Fault {
  return new Fault("unavailable", `the keys at ${url} cannot be fetched: ${why}`, { cause });
}
