import { Fault, UserError } from "../model/errors.ts";
import { parseExactJson } from "../model/exact-json.ts";
import { isJsonObject } from "../model/json.ts";
import type { LiveObject, ObjectReference, ObjectType, ResourceMapping } from "../model/kube.ts";
import type { Clock } from "../model/observe.ts";
import type { Connection, KubeRequest } from "./connection.ts";
import type { Answer } from "./exchange.ts";
import { collectionPath, objectPath } from "./paths.ts";
import { type Call, isOfUnknownPath, refusal } from "./refusals.ts";
import type { RestMapper } from "./rest-mapper.ts";

/** What the calls of one client have in common. */
export interface CallSettings {
  /** The cluster's name in messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly connection: Connection;
  readonly mapper: RestMapper;
  /** Those of an account that is impersonated. */
  readonly headers: NonNullable<KubeRequest["headers"]>;
}

/** Where an object is, or will be. */
export interface ObjectPaths {
  readonly object: string;
  /** Of all of its kind, in its namespace. */
  readonly collection: string;
}

/** Sends requests about kinds that a server has to be asked for, and reads the answers. */
export class Calls {
  readonly #settings: CallSettings;

  constructor(settings: CallSettings) {
    this.#settings = settings;
  }

  /** The same with other headers. */
  with(headers: CallSettings["headers"]): Calls {
    return new Calls({ ...this.#settings, headers });
  }

  get mapper(): RestMapper {
    return this.#settings.mapper;
  }

  /** What is asked, for messages. */
  describe(verb: string, { kind, namespace, name }: ObjectReference): Call {
    const where = namespace === undefined ? "" : ` in ${namespace}`;
    return { cluster: this.#settings.name, what: `${verb} ${kind} ${name}${where}`, secret: kind === "Secret" };
  }

  /** The same about a kind. */
  describeAll(verb: string, kind: string): Call {
    return { cluster: this.#settings.name, what: `${verb} ${kind}`, secret: kind === "Secret" };
  }

  /** The answer to a request, whatever it is. */
  send(request: KubeRequest, signal: AbortSignal): Promise<Answer> {
    return this.#settings.connection.send({ ...request, headers: this.#settings.headers }, signal);
  }

  /** The answer to a request about an object. */
  sendTo(
    call: Call,
    reference: ObjectReference,
    request: (paths: ObjectPaths) => KubeRequest,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#whileKnown(reference.apiVersion, async () =>
      this.send(request(await this.#paths(call, reference, signal)), signal),
    );
  }

  /** The answer to a request about all objects of a kind. */
  sendToAll(
    call: Call,
    query: ObjectType & { readonly namespace?: string | undefined },
    request: (path: string) => KubeRequest,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#whileKnown(query.apiVersion, async () => {
      const mapping = await this.served(call, query, signal);
      return this.send(request(collectionPath(query.apiVersion, mapping, query.namespace)), signal);
    });
  }

  /** How a kind is served. Throws `not-found` when it is not. */
  async served(call: Call, { apiVersion, kind }: ObjectType, signal: AbortSignal): Promise<ResourceMapping> {
    const mapping = await this.mapper.mapping({ apiVersion, kind }, signal);
    if (mapping !== undefined) return mapping;
    throw new UserError(
      "not-found",
      `Cluster ${this.#settings.name} cannot ${call.what}: it serves no ${kind} of ${apiVersion}`,
      {
        fix: "Install the definition of this kind first, or use a version that the cluster serves.",
      },
    );
  }

  /** The object that an answer holds. Throws what a refusal means. */
  object(call: Call, answer: Answer): LiveObject {
    this.accept(call, answer);
    const parsed = parsedOf(answer.text);
    if (parsed !== undefined && isJsonObject(parsed.value))
      return { object: parsed.value, ...(parsed.numbers && { numbers: parsed.numbers }) };
    throw new Fault("unavailable", `Cluster ${this.#settings.name} answered something that is no JSON object`);
  }

  /** Throws what a refusal means. */
  accept(call: Call, answer: Answer): void {
    if (answer.status < 200 || answer.status > 299) throw refusal(call, answer, this.#settings.clock());
  }

  /** A path that has become unknown is looked up again, once. */
  async #whileKnown(apiVersion: string, send: () => Promise<Answer>): Promise<Answer> {
    const answer = await send();
    if (!isOfUnknownPath(answer)) return answer;
    this.mapper.forget(apiVersion);
    const again = await send();
    if (isOfUnknownPath(again)) this.mapper.forget(apiVersion);
    return again;
  }

  async #paths(call: Call, reference: ObjectReference, signal: AbortSignal): Promise<ObjectPaths> {
    const mapping = await this.served(call, reference, signal);
    const { apiVersion, namespace } = reference;
    if (mapping.namespaced && namespace === undefined) throw this.#withoutNamespace(call);
    if (!mapping.namespaced && namespace !== undefined) throw this.#ofWholeCluster(call);
    const collection = collectionPath(apiVersion, mapping, namespace);
    return { collection, object: objectPath(collection, reference.name) };
  }

  /** Whoever names a namespace must not reach the whole cluster, where the kind has changed since it was asked for. */
  #ofWholeCluster({ what }: Call): UserError {
    return new UserError("input", `Cluster ${this.#settings.name} cannot ${what}: its kind lives in no namespace`, {
      fix: "Remove metadata.namespace.",
    });
  }

  #withoutNamespace({ what }: Call): UserError {
    return new UserError("input", `Cluster ${this.#settings.name} cannot ${what}: it names no namespace`, {
      fix: "Set metadata.namespace.",
    });
  }
}

/** What a parser says of a text quotes it. */
function parsedOf(text: string): ReturnType<typeof parseExactJson> | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
