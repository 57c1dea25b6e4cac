import { Fault, messageOf, UserError } from "../model/errors.ts";
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
/** The shares of what was not used lately that go, one after the other, while the store is full. */
const shares = [0.25, 0.25, 0.5, 1];

/** Turns requests into trees of the store, from its records where these do. */
export class Pins {
  readonly #parts: PinsParts;

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
      await this.#makeRoom(signal);
      const { tree, notes } = await bring(signal);
      const source = { tree, revision, moving, ...(version !== undefined && { version }), ...(notes && { notes }) };
      return records.put(key, source, clock());
    });
  }

  async #known(key: string): Promise<PinRecord | undefined> {
    const record = this.#parts.records.find(key);
    return record !== undefined && (await this.#parts.store.has(record.source.tree)) ? record : undefined;
  }

  /**
   * Lets go of what was used least recently, but of nothing that a render may be reading. A `limit` UserError where
   * that leaves no room: one pull request with a thousand revisions fills no disk.
   */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const { store, storeBytes, records } = this.#parts;
    for (const share of shares) {
      if ((await store.size()) <= storeBytes) return;
      const kept = records.shrink(share, Date.now() - store.graceMs);
      if (kept === undefined) break;
      await store.retain(kept, signal);
    }
    if ((await store.size()) <= storeBytes) return;
    const size = `${Math.round(storeBytes / 1024 / 1024)} MiB`;
    throw new UserError("limit", `The store of remote sources is full: ${size} were fetched within an hour`, {
      fix: "Ask again later, or have the operator set `sources.limits.storeMiB`.",
    });
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
