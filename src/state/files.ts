import { z } from "zod";
import { GATES, type GateName, type Hold } from "../model/gates.ts";
import type { Decision, DeferredRequest, HistoryEntry } from "../model/state.ts";

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "is not a time in ISO 8601");
const number = z.int().nonnegative();

const oneHold = z.looseObject({
  by: z.string(),
  reason: z.string().default(""),
  since: time,
  until: time.exactOptional(),
  cause: z.enum(["person", "rollback", "revert"]),
  proposal: number.exactOptional(),
});

const hold = oneHold.extend({ beneath: oneHold.exactOptional() });

// Kinds and gates of a later Sluice must not make a file unreadable for this one: `isKnown` leaves them out.
const entry = z.looseObject({
  id: z.string(),
  kind: z.string(),
  at: time,
  by: z.string(),
  reason: z.string().exactOptional(),
  pullRequest: number.exactOptional(),
  commit: z.string().exactOptional(),
  mergeCommit: z.string().exactOptional(),
  base: z.string().exactOptional(),
  asker: z.string().exactOptional(),
  head: z.string().exactOptional(),
  gate: z.string().exactOptional(),
  finding: z.string().exactOptional(),
  mergedBy: z.string().exactOptional(),
  unmet: z.array(z.string()).readonly().exactOptional(),
  unseen: z.literal(true).exactOptional(),
  since: time.exactOptional(),
  until: time.exactOptional(),
  versions: z.array(z.looseObject({ image: z.string(), from: z.string(), to: z.string() })).exactOptional(),
});

const deferred = z.looseObject({
  id: z.string(),
  pullRequest: number,
  environment: z.string(),
  apps: z.array(z.string()),
  by: z.string(),
  at: time,
  base: z.string().exactOptional(),
});

// A key without a value, as a person leaves it who empties a list by hand, is none.
const orNone = <T extends z.ZodType>(list: z.ZodArray<T>) => list.nullish().transform((value) => value ?? []);

/** How the file of an environment or a target reads. Keys that nobody knows are kept. */
export const targetSchema = z.looseObject({ hold: hold.nullish(), history: orNone(z.array(entry)) });

/** The part of such a file before its history. */
export const headSchema = z.looseObject({ hold: hold.nullish() });

/** How the file of deferred requests reads. */
export const deferredSchema = z.looseObject({ waiting: orNone(z.array(deferred)), history: orNone(z.array(entry)) });

/** How the file of a published head reads. */
export const publishedSchema = z.object({
  branch: z.string(),
  pullRequest: number,
  head: z.string(),
  changes: z.string(),
  settled: z.boolean(),
  signature: z.string(),
});

/** A hold as it is stored; the file's name tells the rest. */
export interface StoredHold extends Omit<Hold, "environmentWide"> {
  /** What a rollback or a revert holds beneath a person's hold, and goes on holding when that has ended. */
  readonly beneath?: StoredHold;
}

/** An entry of a history as it is stored. */
export type StoredEntry = z.infer<typeof entry>;

/** A deferred request as it is stored. */
export type StoredRequest = DeferredRequest & { readonly id: string };

/** What is stored of an environment or a target. `rest` are keys that nobody here knows. */
export interface TargetFile {
  readonly hold?: StoredHold;
  readonly history: readonly StoredEntry[];
  readonly rest: Readonly<Record<string, unknown>>;
}

/** The stored deferred requests; `waiting` is a stored name. */
export interface DeferredFile {
  readonly waiting: readonly StoredRequest[];
  readonly history: readonly StoredEntry[];
  readonly rest: Readonly<Record<string, unknown>>;
}

/** What there is of a target before the first decision about it. */
export const EMPTY_TARGET: TargetFile = { history: [], rest: {} };

/** The deferred requests before the first. */
export const EMPTY_DEFERRED: DeferredFile = { waiting: [], history: [], rest: {} };

const kinds: Readonly<Record<Decision["kind"], true>> = {
  requested: true,
  promoted: true,
  bumped: true,
  "rolled-back": true,
  reverted: true,
  "rollback-proposed": true,
  "rollback-declined": true,
  "rollback-dropped": true,
  verified: true,
  held: true,
  released: true,
  overridden: true,
  acknowledged: true,
  waiting: true,
  "done-waiting": true,
};

/** Whether this Sluice knows what the entry says. */
export function isKnown(stored: StoredEntry): stored is StoredEntry & HistoryEntry {
  const gates: readonly string[] = GATES satisfies readonly GateName[];
  return Object.hasOwn(kinds, stored.kind) && (stored.gate === undefined || gates.includes(stored.gate));
}
