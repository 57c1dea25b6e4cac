import { Fault, UserError } from "../model/errors.ts";
import { exactJson } from "../model/exact-json.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type {
  ApplyOptions,
  Cluster,
  ClusterAccess,
  DeleteOptions,
  DeleteOutcome,
  ListQuery,
  LiveObject,
  ObjectReference,
  ObjectType,
  ResourceMapping,
} from "../model/kube.ts";
import type { Clock } from "../model/observe.ts";
import type { Resource } from "../model/render.ts";
import { Connection, type ConnectionOptions, type KubeRequest } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Answer } from "./exchange.ts";
import { collectionPath, groupPath, objectPath, query } from "./paths.ts";
import { type Call, isUnknownPath, parseJson, refusal, statusOf } from "./refusals.ts";
import { RestMapper } from "./rest-mapper.ts";

/** What a cluster's client is made of. */
export interface ClusterOptions {
  /** The operator's name for it. */
  readonly name: string;
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** For one attempt of a call, in milliseconds; default 30,000. */
  readonly deadlineMs?: number;
  /** The longest wait before a call is tried again, in milliseconds; default 30,000. */
  readonly maxWaitMs?: number;
  /** Waits so many milliseconds; default: as the clock goes. */
  readonly pause?: ConnectionOptions["pause"];
}

/** Opens the client of one cluster. Throws a `usage` UserError when its access cannot be used. Asks nothing yet. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { clock, random, deadlineMs = 30_000, maxWaitMs = 30_000, pause } = options;
  const endpoint = await endpointOf(options);
  return new HttpCluster(
    options,
    new Connection(endpoint, { clock, random, deadlineMs, maxWaitMs, ...(pause && { pause }) }),
  );
}

/** The client library is loaded where it is used: who has no cluster, or a token, need not pay for it. */
async function endpointOf({ name, access }: ClusterOptions): Promise<Endpoint> {
  switch (access.kind) {
    case "kubeconfig": {
      const { kubeconfigEndpoint } = await import("./kubeconfig.ts");
      return kubeconfigEndpoint({ name, path: access.path, context: access.context, exec: access.exec });
    }
    case "in-cluster":
      return (await import("./kubeconfig.ts")).inClusterEndpoint(name);
    case "token":
      return tokenEndpoint(name, access);
  }
}

function tokenEndpoint(name: string, { server, token, ca }: Extract<ClusterAccess, { kind: "token" }>): Endpoint {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UserError("usage", `Cluster ${name}: its server is no URL`, {
      fix: "Correct it in the server's settings.",
    });
  const headers = { authorization: `Bearer ${token.trim()}` };
  return { name, server: url, tls: ca === undefined ? {} : { ca }, proxy: undefined, headers: async () => headers };
}

/** Objects of a page. */
const pageSize = 500;

class HttpCluster implements Cluster {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #mapper: RestMapper;

  constructor({ name, clock }: ClusterOptions, connection: Connection) {
    this.#name = name;
    this.#clock = clock;
    this.#connection = connection;
    this.#mapper = new RestMapper((apiVersion, signal) => this.#kinds(apiVersion, signal));
  }

  mapping(type: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined> {
    return this.#mapper.mapping(type, signal);
  }

  async get(reference: ObjectReference, signal: AbortSignal): Promise<LiveObject | undefined> {
    const call = this.#call("read", reference);
    const answer = await this.#send(call, reference, (path) => ({ method: "GET", path, body: undefined }), signal);
    return answer.status === 404 ? undefined : this.#object(call, answer);
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[]> {
    // A page's token holds for some minutes; who was too slow begins again, once.
    return (await this.#pages(query, signal)) ?? (await this.#pages(query, signal)) ?? this.#unlistable(query);
  }

  async apply(resource: Resource, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject> {
    const reference = referenceOf(resource, options.namespace);
    const call = this.#call(options.dryRun ? "apply, as a dry run," : "apply", reference);
    const search = query({
      fieldManager: options.fieldManager,
      force: String(options.force),
      fieldValidation: "Strict",
      dryRun: options.dryRun ? "All" : undefined,
    });
    const body = exactJson(resource);
    const request = (path: string): KubeRequest => ({ method: "PATCH", path: `${path}${search}`, body, contentType });
    return this.#object(call, await this.#send(call, reference, request, signal));
  }

  async delete(reference: ObjectReference, options: DeleteOptions, signal: AbortSignal): Promise<DeleteOutcome> {
    const call = this.#call("delete", reference);
    const { uid, resourceVersion, propagation } = options;
    const preconditions = { uid, ...(resourceVersion !== undefined && { resourceVersion }) };
    const body = JSON.stringify({
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: propagation,
      preconditions,
    });
    const request = (path: string): KubeRequest => ({ method: "DELETE", path, body, contentType: "application/json" });
    const answer = await this.#send(call, reference, request, signal);
    if (answer.status === 404) return "absent";
    if (answer.status === 409) return "changed";
    this.#accept(call, answer);
    return "accepted";
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The answer to a request about one object. A path that has become unknown is looked up again, once. */
  async #send(
    call: Call,
    reference: ObjectReference,
    request: (path: string) => KubeRequest,
    signal: AbortSignal,
  ): Promise<Answer> {
    for (let round = 1; ; round += 1) {
      const answer = await this.#connection.send(request(await this.#path(call, reference, signal)), signal);
      if (answer.status !== 404 || !isUnknownPath(statusOf(answer))) return answer;
      this.#mapper.forget(reference.apiVersion);
      if (round === 2) return answer;
    }
  }

  async #path(call: Call, reference: ObjectReference, signal: AbortSignal): Promise<string> {
    const mapping = await this.#served(call, reference, signal);
    const namespace = mapping.namespaced ? reference.namespace : undefined;
    if (mapping.namespaced && namespace === undefined)
      throw new UserError("input", `Cluster ${this.#name} cannot ${call.what}: it names no namespace`, {
        fix: "Set metadata.namespace.",
      });
    return objectPath(collectionPath(reference.apiVersion, mapping, namespace), reference.name);
  }

  async #served(call: Call, { apiVersion, kind }: ObjectType, signal: AbortSignal): Promise<ResourceMapping> {
    const mapping = await this.#mapper.mapping({ apiVersion, kind }, signal);
    if (mapping !== undefined) return mapping;
    throw new UserError(
      "not-found",
      `Cluster ${this.#name} cannot ${call.what}: it serves no ${kind} of ${apiVersion}`,
      {
        fix: "Install the definition of this kind first, or use a version that the cluster serves.",
      },
    );
  }

  async #kinds(apiVersion: string, signal: AbortSignal): Promise<unknown> {
    const call = { cluster: this.#name, what: `list the kinds of ${apiVersion}`, secret: false };
    const answer = await this.#connection.send({ method: "GET", path: groupPath(apiVersion), body: undefined }, signal);
    if (answer.status === 404) return undefined;
    this.#accept(call, answer);
    return parseJson(answer.text);
  }

  /** `undefined` when the server no longer knows the state that the first page was of. */
  async #pages(wanted: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[] | undefined> {
    const { apiVersion, kind, namespace, labels, fields } = wanted;
    const call = { cluster: this.#name, what: `list ${kind}`, secret: kind === "Secret" };
    const path = collectionPath(apiVersion, await this.#served(call, wanted, signal), namespace);
    const objects: LiveObject[] = [];
    let next: string | undefined;
    do {
      const search = query({ limit: pageSize, labelSelector: labels, fieldSelector: fields, continue: next });
      const answer = await this.#connection.send({ method: "GET", path: `${path}${search}`, body: undefined }, signal);
      if (answer.status === 410) return undefined;
      const page = this.#object(call, answer);
      objects.push(...itemsOf(page).map((item) => ({ apiVersion, kind, ...item })));
      next = isJsonObject(page.metadata) && typeof page.metadata.continue === "string" ? page.metadata.continue : "";
    } while (next !== "");
    return objects;
  }

  #unlistable({ kind }: ListQuery): never {
    throw new Fault("unavailable", `Cluster ${this.#name} changes too fast to list ${kind}`);
  }

  #call(verb: string, { kind, namespace, name }: ObjectReference): Call {
    const where = namespace === undefined ? "" : ` in ${namespace}`;
    return { cluster: this.#name, what: `${verb} ${kind} ${name}${where}`, secret: kind === "Secret" };
  }

  #accept(call: Call, answer: Answer): void {
    if (answer.status < 200 || answer.status > 299) throw refusal(call, answer, this.#clock());
  }

  #object(call: Call, answer: Answer): JsonObject {
    this.#accept(call, answer);
    const parsed = parseJson(answer.text);
    if (isObject(parsed)) return parsed;
    throw new Fault("unavailable", `Cluster ${this.#name} answered something that is no JSON object`);
  }
}

const contentType = "application/apply-patch+yaml";

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lists of the built-in kinds leave out what their items are. */
function itemsOf({ items }: JsonObject): readonly JsonObject[] {
  return Array.isArray(items) ? items.filter((item: Json) => isJsonObject(item)) : [];
}

/** Which object a manifest is about. Throws an `input` UserError when it does not say. */
function referenceOf({ object }: Resource, defaultNamespace: string | undefined): ObjectReference {
  const { apiVersion, kind } = object;
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const { name, namespace = defaultNamespace } = metadata;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string")
    throw new UserError("input", "a manifest has no apiVersion, kind or metadata.name", { fix: "Add it." });
  return { apiVersion, kind, name, namespace: typeof namespace === "string" ? namespace : defaultNamespace };
}
