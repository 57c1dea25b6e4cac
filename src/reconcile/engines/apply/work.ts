import type { DeployFailure } from "../../../model/deploy.ts";
import { Fault } from "../../../model/errors.ts";
import { canonicalJson } from "../../../model/json.ts";
import type { Cluster } from "../../../model/kube.ts";
import type { Inventory } from "../../inventory/parent.ts";
import { type Identity, identityOf, keyOf, type Manifest } from "../../manifests/manifest.ts";
import { type OperationDocument, storedDocument } from "./document.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";
import type { Wanted } from "./wanted.ts";

/** What became of a task, for now. */
export type Outcome =
  | { readonly kind: "done" }
  | Waiting
  | { readonly kind: "failed"; readonly failure: DeployFailure };

/** It is to be looked at again; `patient`: somebody has stopped it, so no deadline ends it. */
interface Waiting {
  readonly kind: "wait";
  readonly until: number;
  readonly deadline: number;
  readonly patient?: boolean;
}

/** An operation that a step works at. */
export class Work {
  readonly ports: ApplyPorts;
  readonly rules: ApplyRules;
  readonly wanted: Wanted;
  readonly signal: AbortSignal;
  /** Manifests as this very step's inspection found them to be applied, by key. */
  readonly prepared = new Map<string, Manifest>();
  #document: OperationDocument;
  #stored: Inventory | undefined;

  constructor(
    start: { readonly document: OperationDocument; readonly stored: Inventory | undefined; readonly wanted: Wanted },
    { ports, rules, signal }: { readonly ports: ApplyPorts; readonly rules: ApplyRules; readonly signal: AbortSignal },
  ) {
    this.ports = ports;
    this.rules = rules;
    this.signal = signal;
    this.wanted = start.wanted;
    this.#document = start.document;
    this.#stored = start.stored;
  }

  get document(): OperationDocument {
    return this.#document;
  }

  get now(): number {
    return this.ports.clock();
  }

  get cluster(): Cluster {
    return this.ports.cluster;
  }

  get members(): readonly Identity[] {
    return this.#stored?.members ?? [];
  }

  /** Changes the document, which `save` then writes. */
  update(change: Partial<OperationDocument>): void {
    this.#document = { ...this.#document, ...change };
  }

  /** Nothing is settled any more, or not yet. */
  unsettle(): void {
    const { settled: _, ...rest } = this.#document;
    this.#document = rest;
  }

  /** Nothing is left to do: the operation has a result. */
  end(result: NonNullable<OperationDocument["result"]>): void {
    const { task: _, settled: __, ...rest } = this.#document;
    this.#document = { ...rest, result };
  }

  /** Throws unless the environment's lease is still held: from then on somebody else may be at work. */
  async confirmLease(): Promise<void> {
    if (await this.ports.lease.confirm(this.signal)) return;
    throw new Fault("unavailable", "the lease of this environment was lost while it was worked at");
  }

  /**
   * Writes where the operation is, with an inventory of all that may be in the cluster: what was, and what will be. To
   * be called before anything is written to the cluster. Fails when somebody else is at work.
   */
  async save(): Promise<void> {
    await this.#write([...this.members, ...this.#missingMembers()]);
  }

  /** Writes where the operation is; the inventory stays as it was. */
  async saveUnchanged(): Promise<void> {
    await this.#write(this.members);
  }

  /** Writes the result, with an inventory of what is left. */
  async saveResult(members: readonly Identity[]): Promise<void> {
    await this.#write(members);
  }

  #missingMembers(): readonly Identity[] {
    const known = new Set(this.members.map(keyOf));
    const wanted = this.wanted.manifests.filter(({ key }) => !known.has(key));
    return wanted.map(({ reference }) => identityOf(reference));
  }

  async #write(members: readonly Identity[]): Promise<void> {
    await this.confirmLease();
    const operation = storedDocument(this.#document);
    const same = this.#stored !== undefined && members.length === this.members.length;
    if (same && canonicalJson(this.#stored?.operation ?? null) === canonicalJson(operation)) return;
    const change = { operation, ...(!same && { members }) };
    const written = await this.ports.store.write(this.#stored, change, this.signal);
    if (written === "changed") throw new Fault("unavailable", "somebody else is at work at this target");
    this.#stored = written;
  }
}

/** The outcome of a task that looks again later. */
export function waitOn(work: Work, deadline: number, until = work.now + work.rules.limits.pollMs): Waiting {
  return { kind: "wait", until, deadline };
}
