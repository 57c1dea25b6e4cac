import { Fault, messageOf } from "../model/errors.ts";
import type { ObjectStore } from "../model/object-store.ts";
import type { Clock, Logger } from "../model/observe.ts";
import { describeRequest } from "../model/source-address.ts";
import type { PinnedSource, SourceAnswer, SourceRequest } from "../model/sources.ts";
import { unreachable } from "./failures.ts";
import type { Resolved } from "./fetched.ts";
import type { PinRecord, PinRecords } from "./pin-records.ts";

/** What pins are made of. */
export interface PinsParts {
  readonly store: ObjectStore;
  readonly records: PinRecords;
  readonly clock: Clock;
  readonly log: Logger | undefined;
  readonly offline: boolean;
  readonly storeBytes: number;
  /** What a request is now, by asking where it comes from. */
  ask(request: SourceRequest, signal: AbortSignal): Promise<Resolved>;
}

/** A tag or version that was looked at this recently is taken as it was then. */
const recheckMs = 60 * 60_000;
/** The share of pins that goes when the store is full. */
const share = 0.25;
const rounds = 4;

/** Turns requests into trees of the store, from its records where these do. */
export class Pins {
  readonly #parts: PinsParts;
  #sizeKnown = 0;

  constructor(parts: PinsParts) {
    this.#parts = parts;
  }

  /**
   * The source; an `unreachable` answer where the network is needed and cannot be had. Throws UserErrors and Faults.
   */
  async pin(key: string, request: SourceRequest, signal: AbortSignal): Promise<SourceAnswer> {
    const { offline, clock } = this.#parts;
    const known = await this.#known(key);
    if (known !== undefined && isCertain(request)) return answer(known);
    if (offline)
      return known === undefined
        ? unreachable(`${describeRequest(request)} was not fetched yet, and there is no network`)
        : answer(known, asOf(known));
    if (known !== undefined && !known.source.moving && clock() - known.checked < recheckMs) return answer(known);
    try {
      return answer(await this.#ask(key, request, known, signal));
    } catch (error) {
      const passing = error instanceof Fault && error.kind !== "bug";
      if (known === undefined || !passing) throw error;
      this.#parts.log?.warn(
        { source: describeRequest(request), error: messageOf(error) },
        "a remote source is taken as it was",
      );
      return answer(known, asOf(known));
    }
  }

  async #ask(
    key: string,
    request: SourceRequest,
    known: PinRecord | undefined,
    signal: AbortSignal,
  ): Promise<PinRecord> {
    const { records, clock, store, ask } = this.#parts;
    const { revision, version, moving, bring } = await ask(request, signal);
    const same = known !== undefined && known.source.revision === revision ? known.source : undefined;
    if (same !== undefined) return records.put(key, same, clock());
    return store.exclusively(key, signal, async () => {
      const meanwhile = await this.#known(key);
      if (meanwhile !== undefined && meanwhile.source.revision === revision) return meanwhile;
      const { tree, notes } = await bring(signal);
      const source = { tree, revision, moving, ...(version !== undefined && { version }), ...(notes && { notes }) };
      const record = records.put(key, source, clock());
      await this.#makeRoom(signal);
      return record;
    });
  }

  async #known(key: string): Promise<PinRecord | undefined> {
    const record = this.#parts.records.find(key);
    return record !== undefined && (await this.#parts.store.has(record.source.tree)) ? record : undefined;
  }

  /** Lets go of what was used least recently. The size is looked at after the first pin and after every twentieth. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    this.#sizeKnown = (this.#sizeKnown + 1) % 20;
    if (this.#sizeKnown !== 1) return;
    const { store, storeBytes, records } = this.#parts;
    for (let round = 0; round < rounds && (await store.size()) > storeBytes; round += 1)
      await store.retain(records.shrink(share), signal);
  }
}

/** Whether what a request names can be nothing else ever. */
function isCertain(request: SourceRequest): boolean {
  switch (request.kind) {
    case "git":
      return (
        request.revision.kind === "commit" ||
        (request.revision.kind === "any" && /^[0-9a-f]{40}$/.test(request.revision.text))
      );
    case "oci-artifact":
      return request.digest !== undefined;
    case "oci-chart":
      return request.version.startsWith("sha256:");
    case "helm":
    case "file":
      return false;
    default:
      return request satisfies never;
  }
}

function answer({ source, first }: PinRecord, ...notes: readonly string[]): SourceAnswer {
  const moved = !source.moving && first !== source.revision ? { movedFrom: first } : {};
  const all = [...(source.notes ?? []), ...notes];
  const told: PinnedSource = { ...source, ...moved, ...(all.length > 0 && { notes: all }) };
  return { ok: true, source: told };
}

function asOf({ source, checked }: PinRecord): string {
  const day = new Date(checked).toISOString().slice(0, 16).replace("T", " ");
  const what = source.moving ? "It may have moved" : "It was not looked at again";
  return `${what} since ${day} UTC: the network could not be asked.`;
}
