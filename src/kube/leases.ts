import { Fault } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import type { Cluster, LiveObject, ObjectReference } from "../model/kube.ts";
import type { HeldLease, LeaseOutcome, Leases } from "../model/lease.ts";
import type { Clock } from "../model/observe.ts";
import { SingleFlight } from "../model/single-flight.ts";
import {
  heldSpec,
  type LeaseRecord,
  leaseRecord,
  microTime,
  type Observation,
  observe,
  waitMs,
} from "./lease-record.ts";

/** Where leases are, and how long they last. */
export interface LeaseOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Without being renewed; default 30 s. */
  readonly durationMs?: number;
  /** What the lease shows to people. */
  readonly clock: Clock;
  /** Milliseconds on a clock that nobody sets, such as `performance.now`: all that is measured is measured by it. */
  readonly elapsed: Clock;
}

/** Leases kept as objects of a cluster, as Kubernetes' own controllers keep them. */
export function clusterLeases(options: LeaseOptions): Leases {
  return new ClusterLeases({ durationMs: 30_000, ...options });
}

type Settings = Required<LeaseOptions>;

/** How often something is tried when others write at the same time. */
const rounds = 5;
const write = { fieldManager: "sluice", dryRun: false };

class ClusterLeases implements Leases {
  readonly #settings: Settings;
  readonly #seen = new Map<string, Observation>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async acquire(name: string, holder: string, signal: AbortSignal): Promise<LeaseOutcome> {
    const { cluster, elapsed, namespace, durationMs } = this.#settings;
    const at = referenceTo(namespace, name);
    for (let round = 1; round <= rounds; round += 1) {
      const live = await cluster.get(at, signal);
      const record = live && leaseRecord(live);
      const wait = record === undefined ? 0 : this.#waitMs(name, record, holder);
      if (record !== undefined && wait > 0) return { kind: "busy", holder: record.holder, waitMs: wait };
      const sent = elapsed();
      const written = await this.#take(at, record, holder, signal);
      if (typeof written === "object") {
        this.#seen.delete(name);
        return { kind: "held", lease: new Held(this.#settings, at, leaseRecord(written), sent) };
      }
    }
    return { kind: "busy", holder: "", waitMs: durationMs };
  }

  #waitMs(name: string, record: LeaseRecord, holder: string): number {
    const now = this.#settings.elapsed();
    const seen = observe(this.#seen.get(name), record, now);
    this.#seen.set(name, seen);
    return waitMs(record, holder, seen, now, this.#settings.durationMs);
  }

  /** Whoever was faster is seen in the next round. */
  #take(
    at: ObjectReference,
    record: LeaseRecord | undefined,
    holder: string,
    signal: AbortSignal,
  ): Promise<LiveObject | string> {
    const { cluster, clock, durationMs } = this.#settings;
    const now = clock();
    const term = record === undefined ? 1 : record.term + 1;
    const spec = { ...heldSpec(holder, durationMs, now), acquireTime: microTime(now), leaseTransitions: term };
    if (record !== undefined) return cluster.patch(at, guarded(record, spec), write, signal);
    const { apiVersion, kind, name, namespace = "" } = at;
    return cluster.create({ object: { apiVersion, kind, metadata: { name, namespace }, spec } }, write, signal);
  }
}

class Held implements HeldLease {
  readonly term: number;
  readonly #settings: Settings;
  readonly #at: ObjectReference;
  readonly #holder: string;
  readonly #renewing = new SingleFlight<boolean>();
  #record: LeaseRecord;
  /** When the renewal was sent that is known to have been carried out. */
  #renewed: number;
  #lost = false;

  constructor(settings: Settings, at: ObjectReference, record: LeaseRecord, sent: number) {
    this.#settings = settings;
    this.#at = at;
    this.#record = record;
    this.#renewed = sent;
    this.#holder = record.holder;
    this.term = record.term;
  }

  async confirm(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const { durationMs } = this.#settings;
    for (let round = 1; round <= rounds && !this.#lost; round += 1) {
      // What is older is renewed. What took so long that it may have ended since is asked for again.
      if (this.#age() < (round === 1 ? durationMs / 3 : durationMs)) return true;
      await this.#renewing.join("", () => this.#renew(signal));
    }
    if (this.#lost) return false;
    throw new Fault("timeout", `the lease ${this.#at.name} could not be renewed in the time that it lasts`);
  }

  async release(signal: AbortSignal): Promise<void> {
    if (this.#lost) return;
    await this.#write({ holderIdentity: null }, signal);
    this.#lost = true;
  }

  #age(): number {
    return this.#settings.elapsed() - this.#renewed;
  }

  async #renew(signal: AbortSignal): Promise<boolean> {
    const { clock, durationMs, elapsed } = this.#settings;
    const sent = elapsed();
    const held = await this.#write(heldSpec(this.#holder, durationMs, clock()), signal);
    if (held) this.#renewed = sent;
    else this.#lost = true;
    return held;
  }

  /** Whether it was still held. Who only touched the object, or the answer that was lost, is no reason to give up. */
  async #write(spec: JsonObject, signal: AbortSignal): Promise<boolean> {
    const { cluster } = this.#settings;
    for (let round = 1; round <= rounds; round += 1) {
      const written = await cluster.patch(this.#at, guarded(this.#record, spec), write, signal);
      if (written === "absent") return false;
      const live = written === "changed" ? await cluster.get(this.#at, signal) : written;
      if (live === undefined) return false;
      const record = leaseRecord(live);
      if (written !== "changed") return this.#keep(record);
      if (!this.#isOurs(record)) return false;
      this.#keep(record);
    }
    throw new Fault("unavailable", `the lease ${this.#at.name} is changed all the time`);
  }

  #keep(record: LeaseRecord): true {
    this.#record = record;
    return true;
  }

  #isOurs({ holder, term, uid }: LeaseRecord): boolean {
    return holder === this.#holder && term === this.term && uid === this.#record.uid;
  }
}

function referenceTo(namespace: string, name: string): ObjectReference {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace, name };
}

/** Only what is still as it was read is changed. */
function guarded({ uid, resourceVersion }: LeaseRecord, spec: JsonObject): JsonObject {
  return { metadata: { uid, resourceVersion }, spec };
}
