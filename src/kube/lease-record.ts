import { z } from "zod";
import { canonicalJson, type JsonObject } from "../model/json.ts";
import type { LiveObject } from "../model/kube.ts";

/** A Lease of Kubernetes, as it was read. */
export interface LeaseRecord {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Empty: nobody's. */
  readonly holder: string;
  /** How long it lasts after it was renewed; `undefined` where it does not say. */
  readonly durationMs: number | undefined;
  /** How often it has changed hands. */
  readonly term: number;
  /** Equal as long as nobody has renewed or taken it. */
  readonly state: string;
}

const lease = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().positive().nullish().catch(null),
      leaseTransitions: z.int().nonnegative().nullish().catch(null),
    })
    .default({}),
});

/** Reads a Lease. */
export function leaseRecord({ object }: LiveObject): LeaseRecord {
  const { metadata, spec } = lease.parse(object);
  const { holderIdentity, leaseDurationSeconds, leaseTransitions } = spec;
  return {
    ...metadata,
    holder: holderIdentity ?? "",
    durationMs: leaseDurationSeconds == null ? undefined : leaseDurationSeconds * 1000,
    term: leaseTransitions ?? 0,
    state: canonicalJson({ uid: metadata.uid, spec: object.spec ?? null }),
  };
}

/** What a holder writes. Times are for people: nothing is decided by them. */
export function heldSpec(holder: string, durationMs: number, now: number): JsonObject {
  return { holderIdentity: holder, leaseDurationSeconds: Math.ceil(durationMs / 1000), renewTime: microTime(now) };
}

/** A time in the one form that Kubernetes takes for leases. */
export function microTime(now: number): string {
  return new Date(now).toISOString().replace("Z", "000Z");
}

/** Since when a lease is seen in the same state, on a clock that is never set. */
export interface Observation {
  readonly state: string;
  readonly since: number;
}

/** What was seen of a lease, now that it is seen again. */
export function observe(before: Observation | undefined, { state }: LeaseRecord, now: number): Observation {
  return before?.state === state ? before : { state, since: now };
}

/** How long another may not take it yet, in milliseconds; 0: it is free, or its holder is gone, or it is one's own. */
export function waitMs(
  record: LeaseRecord,
  holder: string,
  seen: Observation,
  now: number,
  durationMs: number,
): number {
  if (record.holder === "" || record.holder === holder) return 0;
  return Math.max(0, seen.since + (record.durationMs ?? durationMs) - now);
}
