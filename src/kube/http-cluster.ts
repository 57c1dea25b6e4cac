import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import { exactJson } from "../model/exact-json.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type {
  AccessQuestion,
  ApplyOptions,
  Cluster,
  DeleteOptions,
  DeleteOutcome,
  ListQuery,
  LiveObject,
  LogQuery,
  LogTail,
  ObjectEvent,
  ObjectReference,
  ObjectType,
  ResourceMapping,
  WriteOptions,
} from "../model/kube.ts";
import type { Resource } from "../model/render.ts";
import type { Calls } from "./calls.ts";
import type { KubeRequest } from "./connection.ts";
import { eventsOf, eventsQuery } from "./events.ts";
import type { Answer } from "./exchange.ts";
import { listAll } from "./listing.ts";
import { readLog } from "./log.ts";
import { query } from "./paths.ts";
import { isLostRace, isOfAnother } from "./refusals.ts";

/** A cluster as one account sees it. */
export class HttpCluster implements Cluster {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  mapping(type: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined> {
    return this.#calls.mapper.mapping(type, signal);
  }

  preferred(group: string, kind: string, signal: AbortSignal): Promise<ObjectType | undefined> {
    return this.#calls.mapper.preferred(group, kind, signal);
  }

  async get(reference: ObjectReference, signal: AbortSignal): Promise<LiveObject | undefined> {
    const call = this.#calls.describe("read", reference);
    const request = ({ object }: { object: string }): KubeRequest => ({ method: "GET", path: object });
    const answer = await this.#calls.sendTo(call, reference, request, signal);
    return answer.status === 404 ? undefined : this.#calls.object(call, answer);
  }

  list(wanted: ListQuery, signal: AbortSignal): Promise<readonly LiveObject[]> {
    return this.listAs(wanted, (object) => object, signal);
  }

  listAs<T>(wanted: ListQuery, keep: (object: LiveObject) => T, signal: AbortSignal): Promise<readonly T[]> {
    return listAll(this.#calls, wanted, keep, signal);
  }

  async apply(resource: Resource, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject> {
    const reference = referenceOf(resource, options.namespace);
    const call = this.#calls.describe(options.dryRun ? "apply, as a dry run," : "apply", reference);
    const search = query({
      fieldManager: options.fieldManager,
      force: String(options.force),
      fieldValidation: "Strict",
      dryRun: dryRun(options),
    });
    const body = yamlSafe(exactJson(resource));
    const retries = (answer: Answer): boolean => isLostRace(answer) && !expectsVersion(resource);
    const request = ({ object: path }: { object: string }): KubeRequest => ({
      method: "PATCH",
      path: `${path}${search}`,
      body,
      contentType: "application/apply-patch+yaml",
      retries,
    });
    const answer = await this.#calls.sendTo(call, reference, request, signal);
    if (retries(answer))
      throw new Fault("unavailable", `Cluster ${call.cluster} cannot ${call.what}: others write to it all the time`);
    return this.#calls.object(call, answer);
  }

  async create(
    resource: Resource,
    options: WriteOptions & Pick<ApplyOptions, "namespace">,
    signal: AbortSignal,
  ): Promise<LiveObject | "exists"> {
    const reference = referenceOf(resource, options.namespace);
    const call = this.#calls.describe(options.dryRun ? "make, as a dry run," : "make", reference);
    const search = query({ fieldManager: options.fieldManager, fieldValidation: "Strict", dryRun: dryRun(options) });
    const body = exactJson(resource);
    const request = ({ collection }: { collection: string }): KubeRequest => ({
      method: "POST",
      path: `${collection}${search}`,
      body,
      contentType: json,
    });
    const answer = await this.#calls.sendTo(call, reference, request, signal);
    return answer.status === 409 ? "exists" : this.#calls.object(call, answer);
  }

  async patch(
    reference: ObjectReference,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<LiveObject | "changed" | "absent"> {
    const call = this.#calls.describe(options.dryRun ? "change, as a dry run," : "change", reference);
    const search = query({ fieldManager: options.fieldManager, fieldValidation: "Strict", dryRun: dryRun(options) });
    const body = JSON.stringify(patch);
    const request = ({ object: path }: { object: string }): KubeRequest => ({
      method: "PATCH",
      path: `${path}${search}`,
      body,
      contentType: "application/merge-patch+json",
    });
    const answer = await this.#calls.sendTo(call, reference, request, signal);
    if (answer.status === 404) return "absent";
    return isOfAnother(answer) ? "changed" : this.#calls.object(call, answer);
  }

  async delete(reference: ObjectReference, options: DeleteOptions, signal: AbortSignal): Promise<DeleteOutcome> {
    const call = this.#calls.describe("delete", reference);
    const { uid, resourceVersion, propagation } = options;
    const preconditions = { uid, ...(resourceVersion !== undefined && { resourceVersion }) };
    const body = JSON.stringify({
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: propagation,
      preconditions,
    });
    const request = ({ object: path }: { object: string }): KubeRequest => ({
      method: "DELETE",
      path,
      body,
      contentType: json,
    });
    const answer = await this.#calls.sendTo(call, reference, request, signal);
    if (answer.status === 404) return "absent";
    if (answer.status === 409) return "changed";
    this.#calls.accept(call, answer);
    return "accepted";
  }

  async events(
    about: ObjectReference & { readonly uid?: string },
    signal: AbortSignal,
  ): Promise<readonly ObjectEvent[]> {
    return eventsOf(await this.list(eventsQuery(about), signal));
  }

  log(wanted: LogQuery, signal: AbortSignal): Promise<LogTail> {
    return readLog(this.#calls, wanted, signal);
  }

  async may({ apiVersion, kind, verb, namespace, name }: AccessQuestion, signal: AbortSignal): Promise<boolean> {
    const call = this.#calls.describeAll(`ask for the right to ${verb}`, kind);
    const { plural } = await this.#calls.served(call, { apiVersion, kind }, signal);
    const [version = "", group = ""] = apiVersion.split("/").toReversed();
    const resourceAttributes = { verb, group, version, resource: plural, namespace, name };
    const body = JSON.stringify({ apiVersion: reviews, kind: "SelfSubjectAccessReview", spec: { resourceAttributes } });
    const path = `/apis/${reviews}/selfsubjectaccessreviews`;
    const answer = await this.#calls.send({ method: "POST", path, body, contentType: json }, signal);
    return review.parse(this.#calls.object(call, answer).object).status.allowed;
  }
}

const json = "application/json";
const reviews = "authorization.k8s.io/v1";
const review = z.object({ status: z.object({ allowed: z.boolean() }) });

/**
 * JSON text that is the same as YAML: as such the server reads it, and some characters that JSON takes as they are end
 * a line there, or are not allowed (YAML 1.2 §5.1, §5.4).
 */
function yamlSafe(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Whether a manifest is only for one version of an object. */
function expectsVersion({ object: { metadata } }: Resource): boolean {
  return isJsonObject(metadata) && (metadata.resourceVersion !== undefined || metadata.uid !== undefined);
}

function dryRun(options: { readonly dryRun: boolean }): string | undefined {
  return options.dryRun ? "All" : undefined;
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
