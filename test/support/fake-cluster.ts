import { UserError } from "../../src/model/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../src/model/json.ts";
import type {
  AccessQuestion,
  ApplyOptions,
  Cluster,
  DeleteOptions,
  DeleteOutcome,
  Impersonation,
  ListQuery,
  LiveObject,
  LogQuery,
  LogTail,
  ObjectEvent,
  ObjectReference,
  ObjectType,
  OpenCluster,
  ResourceMapping,
  WriteOptions,
} from "../../src/model/kube.ts";
import type { Resource } from "../../src/model/render.ts";
import { objectAt, type ServedKind } from "./fake-cluster/kinds.ts";
import { allows, type Grants } from "./fake-cluster/rights.ts";
import { matchesFields, matchesLabels } from "./fake-cluster/selectors.ts";
import { groupOf, liveOf, Store, type Stored } from "./fake-cluster/store.ts";
import { applied, givenManagers, mergePatched, updated } from "./fake-cluster/writes.ts";

/** A call of the port, as a test looks at it. */
export interface ClusterCall {
  /** Counts from 1, over all accounts. */
  readonly number: number;
  readonly verb: "get" | "list" | "apply" | "create" | "patch" | "delete" | "log" | "may" | "mapping";
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly dryRun: boolean;
  /** Whether it may leave something behind. */
  readonly writes: boolean;
  /** Who is impersonated. */
  readonly user?: string | undefined;
}

/** What goes wrong with a call: before it is carried out, or when it was and the answer is lost. */
export interface Trouble {
  readonly when: "before" | "after";
  readonly error: Error;
}

/** How a fake cluster begins. */
export interface FakeClusterOptions {
  readonly now?: () => number;
  /** They are made first. */
  readonly namespaces?: readonly string[];
}

/**
 * A cluster in memory that keeps what the port `Cluster` promises: `test/contract/cluster-contract.ts` holds it and the
 * real API server to the same. Faithful as far as that goes; simpler: controllers act at once (a definition is
 * established, a namespace is emptied, what an object owned ends with it), only some kinds are built in, and of schemas
 * only unknown fields at the top, those of definitions, and some defaults and immutable fields are known.
 */
export class FakeCluster implements OpenCluster {
  readonly store: Store;
  /** All calls that were made, those included that were refused. */
  readonly calls: ClusterCall[] = [];
  /** The logs of containers by `namespace/pod`, or by `namespace/pod/previous`. */
  readonly logs = new Map<string, string>();
  /** Asked about each call: what goes wrong with it. */
  trouble: ((call: ClusterCall) => Trouble | undefined) | undefined;
  /** By how much its clock is ahead of that of the process that asks. */
  ahead = 0;
  readonly #own: FakeAccount;

  constructor({ now = () => 0, namespaces = [] }: FakeClusterOptions = {}) {
    this.store = new Store(now);
    this.#own = new FakeAccount(this, undefined);
    for (const name of ["default", ...namespaces])
      this.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  /** Ends the process that calls right before its write with this number (from 1): no later call reaches anything. */
  dieBefore(write: number): void {
    let writes = 0;
    this.trouble = (call) => {
      if (call.writes) writes += 1;
      return writes < write ? undefined : { when: "before", error: new Error("the process is dead") };
    };
  }

  /** Has each object of a kind get a status whenever it is written, as a controller would. */
  play(kind: string, statusOf: (object: JsonObject) => JsonObject | undefined): void {
    this.store.play((object) => (object.kind === kind ? statusOf(object) : undefined));
  }

  /** Puts an object as somebody with `kubectl` would, over what is there. */
  put(object: JsonObject, fieldManager = "kubectl"): JsonObject {
    const reference = referenceOf({ object });
    const kind = this.#kind(reference);
    const current = this.store.find(kind, reference.namespace, reference.name);
    const draft = updated(current, kind, object, { fieldManager, time: this.store.time });
    return liveOf(this.store.write(kind, reference, draft, false), reference.apiVersion).object;
  }

  /** Sets the status of an object as a controller would. */
  status(reference: ObjectReference, status: JsonObject): void {
    this.store.setStatus(this.#stored(reference), status);
  }

  /** Deletes an object, whatever it is by now. */
  remove(reference: ObjectReference): void {
    const stored = this.#stored(reference);
    const { uid } = objectAt(stored.object, "metadata");
    this.store.delete(stored, { uid: String(uid), propagation: "Background" });
  }

  /** An object as it is, without a call. */
  object(reference: ObjectReference): JsonObject | undefined {
    const kind = this.#kind(reference);
    const stored = this.store.find(kind, reference.namespace, reference.name);
    return stored && liveOf(stored, reference.apiVersion).object;
  }

  /** All objects without what differs between two clusters that are the same to people: ids, versions, times. */
  snapshot(): readonly JsonObject[] {
    return this.store.everything().map(({ object }) => {
      const { uid, resourceVersion, generation, creationTimestamp, ...metadata } = objectAt(object, "metadata");
      return { ...object, metadata };
    });
  }

  as(account: Impersonation): Cluster {
    return new FakeAccount(this, account);
  }

  clockOffset(): number {
    return this.ahead;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  mapping(type: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined> {
    return this.#own.mapping(type, signal);
  }

  preferred(group: string, kind: string, signal: AbortSignal): Promise<ObjectType | undefined> {
    return this.#own.preferred(group, kind, signal);
  }

  get(reference: ObjectReference, signal: AbortSignal): Promise<LiveObject | undefined> {
    return this.#own.get(reference, signal);
  }

  list(query: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[]> {
    return this.#own.list(query, signal);
  }

  listAs<T>(query: ListQuery, keep: (object: LiveObject) => T, signal: AbortSignal): Promise<readonly T[]> {
    return this.#own.listAs(query, keep, signal);
  }

  apply(resource: Resource, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject> {
    return this.#own.apply(resource, options, signal);
  }

  create(
    resource: Resource,
    options: WriteOptions & Pick<ApplyOptions, "namespace">,
    signal: AbortSignal,
  ): Promise<LiveObject | "exists"> {
    return this.#own.create(resource, options, signal);
  }

  patch(
    reference: ObjectReference,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<LiveObject | "changed" | "absent"> {
    return this.#own.patch(reference, patch, options, signal);
  }

  delete(reference: ObjectReference, options: DeleteOptions, signal: AbortSignal): Promise<DeleteOutcome> {
    return this.#own.delete(reference, options, signal);
  }

  events(about: ObjectReference & { readonly uid?: string }, signal: AbortSignal): Promise<readonly ObjectEvent[]> {
    return this.#own.events(about, signal);
  }

  log(query: LogQuery, signal: AbortSignal): Promise<LogTail> {
    return this.#own.log(query, signal);
  }

  may(question: AccessQuestion, signal: AbortSignal): Promise<boolean> {
    return this.#own.may(question, signal);
  }

  #kind(type: ObjectType): ServedKind {
    return this.store.kind(type) ?? notServed(type);
  }

  #stored(reference: ObjectReference): Stored {
    const stored = this.store.find(this.#kind(reference), reference.namespace, reference.name);
    if (stored === undefined) throw new Error(`there is no ${reference.kind} ${reference.name}`);
    return stored;
  }
}

/** The cluster as one account sees it; without one, as who may do everything. */
class FakeAccount implements Cluster {
  readonly #cluster: FakeCluster;
  readonly #account: Impersonation | undefined;

  constructor(cluster: FakeCluster, account: Impersonation | undefined) {
    this.#cluster = cluster;
    this.#account = account;
  }

  get #store(): Store {
    return this.#cluster.store;
  }

  mapping(type: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined> {
    return this.#call({ verb: "mapping", ...typeOf(type) }, signal, () => {
      const kind = this.#store.kind(type);
      return kind && { plural: kind.plural, namespaced: kind.namespaced, verbs: kind.verbs };
    });
  }

  preferred(group: string, kind: string, signal: AbortSignal): Promise<ObjectType | undefined> {
    return this.#call({ verb: "mapping", apiVersion: group, kind }, signal, () => {
      const found = this.#store.preferred(group, kind);
      return found && { apiVersion: found.apiVersion, kind };
    });
  }

  get(reference: ObjectReference, signal: AbortSignal): Promise<LiveObject | undefined> {
    return this.#call({ verb: "get", ...partsOf(reference) }, signal, () => {
      const stored = this.#find("get", reference);
      return stored && liveOf(stored, reference.apiVersion);
    });
  }

  async listAs<T>(query: ListQuery, keep: (object: LiveObject) => T, signal: AbortSignal): Promise<readonly T[]> {
    return (await this.list(query, signal)).map(keep);
  }

  list(query: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[]> {
    const { namespace, metadataOnly = false } = query;
    return this.#call({ verb: "list", ...typeOf(query), namespace }, signal, () => {
      this.#check("list", this.#kind(query), namespace, undefined);
      return this.#store
        .all(query)
        .filter(({ object }) => namespace === undefined || objectAt(object, "metadata").namespace === namespace)
        .filter(({ object }) => matchesLabels(object, query.labels) && matchesFields(object, query.fields))
        .map((stored) => liveOf(stored, query.apiVersion))
        .map((live) => (metadataOnly ? metadataOf(live) : live));
    });
  }

  apply(resource: Resource, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject> {
    return this.#write("apply", resource, options, signal, (reference, kind) => {
      const current = this.#find("patch", reference);
      if (current === undefined) this.#check("create", kind, reference.namespace, undefined);
      if (current !== undefined && isAnother(current, resource.object)) throw stale(reference);
      const draft = applied(current, kind, resource.object, { ...options, time: this.#store.time });
      return { ...draft, ...numbersOf(resource, current) };
    });
  }

  async create(
    resource: Resource,
    options: WriteOptions & Pick<ApplyOptions, "namespace">,
    signal: AbortSignal,
  ): Promise<LiveObject | "exists"> {
    try {
      return await this.#write("create", resource, options, signal, (reference, kind) => {
        this.#check("create", kind, reference.namespace, undefined);
        if (this.#store.find(kind, reference.namespace, reference.name) !== undefined) throw new Exists();
        const draft = updated(undefined, kind, resource.object, { ...options, time: this.#store.time });
        return { ...draft, ...numbersOf(resource, undefined) };
      });
    } catch (error) {
      if (error instanceof Exists) return "exists";
      throw error;
    }
  }

  patch(
    reference: ObjectReference,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<LiveObject | "changed" | "absent"> {
    const { dryRun } = options;
    const call = { verb: "patch", ...partsOf(reference), dryRun, writes: !dryRun } as const;
    return this.#call(call, signal, () => {
      const current = this.#find("patch", reference);
      if (current === undefined) return "absent";
      if (isAnother(current, patch)) return "changed";
      const object = mergePatched(current.object, patch);
      const draft = updated(current, current.kind, isJsonObject(object) ? object : {}, {
        ...options,
        time: this.#store.time,
      });
      const managers = givenManagers(patch) ?? draft.managers;
      return liveOf(this.#store.write(current.kind, reference, { ...draft, managers }, dryRun), reference.apiVersion);
    });
  }

  delete(reference: ObjectReference, options: DeleteOptions, signal: AbortSignal): Promise<DeleteOutcome> {
    return this.#call({ verb: "delete", ...partsOf(reference), writes: true }, signal, () => {
      const current = this.#find("delete", reference);
      return current === undefined ? "absent" : this.#store.delete(current, options);
    });
  }

  async events(
    about: ObjectReference & { readonly uid?: string },
    signal: AbortSignal,
  ): Promise<readonly ObjectEvent[]> {
    const namespace = about.namespace ?? "default";
    const events = await this.list({ apiVersion: "v1", kind: "Event", namespace }, signal);
    return events
      .filter(({ object }) => isAbout(objectAt(object, "involvedObject"), about))
      .map(({ object }) => ({
        type: String(object.type ?? ""),
        reason: String(object.reason ?? ""),
        message: String(object.message ?? ""),
        count: Number(object.count ?? 1),
        lastSeen: String(object.lastTimestamp ?? ""),
      }))
      .sort((a, b) => (Date.parse(a.lastSeen) || 0) - (Date.parse(b.lastSeen) || 0));
  }

  log({ namespace, pod, previous, tailLines }: LogQuery, signal: AbortSignal): Promise<LogTail> {
    const call = { verb: "log", apiVersion: "v1", kind: "Pod", namespace, name: pod } as const;
    return this.#call(call, signal, (): LogTail => {
      const text = this.#cluster.logs.get(`${namespace}/${pod}${previous ? "/previous" : ""}`);
      if (text === undefined) return { kind: "none", reason: `pods "${pod}" not found (404)` };
      return { kind: "lines", text: text.split("\n").slice(-tailLines).join("\n") };
    });
  }

  may({ verb, namespace, name, ...type }: AccessQuestion, signal: AbortSignal): Promise<boolean> {
    const call = { verb: "may", ...typeOf(type), namespace, name } as const;
    return this.#call(call, signal, () => this.#isAllowed(verb, this.#kind(type), namespace, name));
  }

  async #call<T>(call: CallParts, signal: AbortSignal, work: () => T): Promise<T> {
    signal.throwIfAborted();
    // As over a network, others come in between.
    await Promise.resolve();
    const { calls, trouble } = this.#cluster;
    const full = { dryRun: false, writes: false, ...call, number: calls.length + 1, user: this.#account?.user };
    calls.push(full);
    const wrong = trouble?.(full);
    if (wrong?.when === "before") throw wrong.error;
    const result = work();
    if (wrong !== undefined) throw wrong.error;
    return result;
  }

  #write(
    verb: "apply" | "create",
    resource: Resource,
    options: WriteOptions & Pick<ApplyOptions, "namespace">,
    signal: AbortSignal,
    draftOf: (reference: ObjectReference, kind: ServedKind) => Omit<Stored, "kind">,
  ): Promise<LiveObject> {
    const reference = referenceOf(resource, options.namespace);
    const { dryRun } = options;
    return this.#call({ verb, ...partsOf(reference), dryRun, writes: !dryRun }, signal, () => {
      const kind = this.#kind(reference);
      if (kind.namespaced && reference.namespace === undefined)
        throw new UserError("input", `${reference.kind} ${reference.name} names no namespace`, {
          fix: "Set metadata.namespace.",
        });
      return liveOf(this.#store.write(kind, reference, draftOf(reference, kind), dryRun), reference.apiVersion);
    });
  }

  #kind(type: ObjectType): ServedKind {
    return this.#store.kind(type) ?? notServed(type);
  }

  #find(verb: string, reference: ObjectReference): Stored | undefined {
    const kind = this.#kind(reference);
    this.#check(verb, kind, reference.namespace, reference.name);
    return this.#store.find(kind, reference.namespace, reference.name);
  }

  #check(verb: string, kind: ServedKind, namespace: string | undefined, name: string | undefined): void {
    if (this.#isAllowed(verb, kind, namespace, name)) return;
    const where = namespace === undefined ? "" : ` in ${namespace}`;
    throw new UserError("permission", `Cluster fake refused to ${verb} ${kind.kind} ${name ?? ""}${where} (403)`, {
      fix: "Bind a role that allows it to the account that Sluice uses.",
    });
  }

  #isAllowed(verb: string, kind: ServedKind, namespace: string | undefined, name: string | undefined): boolean {
    if (this.#account === undefined) return true;
    const { apiVersion, plural, namespaced } = kind;
    const action = { verb, group: groupOf(apiVersion), plural, namespace: namespaced ? namespace : undefined, name };
    return allows(grantsOf(this.#store), this.#account, action);
  }
}

type CallParts = Pick<ClusterCall, "verb" | "apiVersion" | "kind"> & Partial<ClusterCall>;

/** Where a `create` finds something. */
class Exists extends Error {}

function grantsOf(store: Store): Grants {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return { objects: (kind) => store.all({ apiVersion, kind }).map(({ object }) => object) };
}

function typeOf({ apiVersion, kind }: ObjectType): ObjectType {
  return { apiVersion, kind };
}

function partsOf({ apiVersion, kind, namespace, name }: ObjectReference): ObjectReference {
  return { apiVersion, kind, namespace, name };
}

function metadataOf({ object: { apiVersion, kind, metadata } }: LiveObject): LiveObject {
  return { object: { apiVersion: apiVersion ?? "", kind: kind ?? "", metadata: metadata ?? {} } };
}

/** Whether what a request asks of an object's identity is no longer true. */
function isAnother({ object }: Stored, request: JsonObject): boolean {
  const [is, wanted] = [objectAt(object, "metadata"), objectAt(request, "metadata")];
  return ["uid", "resourceVersion"].some((key) => wanted[key] !== undefined && wanted[key] !== is[key]);
}

function isAbout(involved: JsonObject, { kind, name, uid }: ObjectReference & { readonly uid?: string }): boolean {
  return involved.kind === kind && involved.name === name && (uid === undefined || involved.uid === uid);
}

function stale({ kind, name }: ObjectReference): UserError {
  return new UserError("refused", `${kind} ${name}: the object has been modified`, {
    fix: "See what else changes this object.",
  });
}

function numbersOf({ numbers }: Resource, current: Stored | undefined): Pick<Stored, "numbers"> {
  const all = { ...current?.numbers, ...numbers };
  return Object.keys(all).length === 0 ? {} : { numbers: all };
}

function notServed({ apiVersion, kind }: ObjectType): never {
  throw new UserError("not-found", `Cluster fake serves no ${kind} of ${apiVersion}`, {
    fix: "Install the definition of this kind first.",
  });
}

function referenceOf({ object }: Resource, defaultNamespace?: string): ObjectReference {
  const { name, namespace = defaultNamespace } = objectAt(object, "metadata");
  const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
  return {
    apiVersion: text(object.apiVersion),
    kind: text(object.kind),
    name: text(name),
    namespace: namespace === undefined ? undefined : text(namespace),
  };
}
