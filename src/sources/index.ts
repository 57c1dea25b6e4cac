import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Resolve } from "../http/agent.ts";
import { canonicalJson } from "../model/json.ts";
import type { ObjectStore } from "../model/object-store.ts";
import type { Clock, Logger } from "../model/observe.ts";
import { matchesPattern } from "../model/patterns.ts";
import type { RegistryContent } from "../model/registry.ts";
import { SingleFlight } from "../model/single-flight.ts";
import { addressesOf, describeRequest } from "../model/source-address.ts";
import { defaultSourceLimits, type SourceSettings } from "../model/source-settings.ts";
import type { FetchPolicy, SourceAnswer, SourceRequest, Sources } from "../model/sources.ts";
import { withSignal } from "../model/with-signal.ts";
import { type FindCredentials, SourceClient } from "./client.ts";
import { failureOf } from "./failures.ts";
import type { Resolved } from "./fetched.ts";
import { resolveFile } from "./file.ts";
import { resolveGit } from "./git.ts";
import { HelmRepositories } from "./helm.ts";
import { resolveArtifact, resolveOciChart } from "./oci.ts";
import { openPinRecords } from "./pin-records.ts";
import { Pins } from "./pins.ts";
import { withSubmodules } from "./submodules.ts";

export type { FindCredentials } from "./client.ts";
export { remoteRenderer } from "./remote-renderer.ts";

/** What remote sources are made of. */
export interface SourcesOptions {
  /** The folder of records; the store has its own. */
  readonly root: string;
  readonly settings: SourceSettings;
  readonly store: ObjectStore;
  readonly registry: RegistryContent & { close(): Promise<void> };
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  /** Nothing is asked of any network: what was pinned earlier is all there is. */
  readonly offline?: boolean;
  /** Of one request, in milliseconds; default 60,000. */
  readonly requestMs?: number;
  readonly resolve?: Resolve | undefined;
  readonly findCredentials?: FindCredentials | undefined;
  /** How long an answer holds in this process, in milliseconds; default ten minutes. */
  readonly recordMs?: number;
}

const failureMs = 30_000;

/**
 * Fetches remote sources for renders: what the policy or the operator allows, from addresses that may be connected to,
 * within limits, and kept as Git objects. One answer holds for some minutes, so both commits of a preview get the same.
 */
export function createSources(options: SourcesOptions): Sources {
  const { root, settings, store, registry, clock, log, offline = false, recordMs = 10 * 60_000 } = options;
  const limits = { ...defaultSourceLimits, ...withoutUndefined(settings.limits ?? {}) };
  const { requestMs: deadlineMs = 60_000, resolve, findCredentials } = options;
  const client = new SourceClient({ settings, root, deadlineMs, resolve, findCredentials });
  const records = openPinRecords(root, log);
  const write = (entries: Parameters<ObjectStore["write"]>[0], signal: AbortSignal) => store.write(entries, signal);
  const helm = new HelmRepositories({ client, records, write, limits, now: clock });
  const ask = (request: SourceRequest, signal: AbortSignal): Promise<Resolved> => {
    switch (request.kind) {
      case "git":
        return resolveGit({ client, store, limits }, request, signal);
      case "helm":
        return helm.resolve(request, signal);
      case "oci-chart":
        return resolveOciChart({ registry, write, limits }, request, signal);
      case "oci-artifact":
        return resolveArtifact({ registry, write, limits }, request, signal);
      case "file":
        return resolveFile({ client, write, limits }, request, signal);
      default:
        return request satisfies never;
    }
  };
  const pins = new Pins({ store, records, clock, log, offline, storeBytes: limits.storeBytes, ask });
  const answers = new LRUCache<string, { readonly answer: SourceAnswer; readonly until: number }>({ max: 5_000 });
  const pinning = new SingleFlight<SourceAnswer>();
  const allowed = settings.allow.map((pattern) => pattern.toLowerCase().replace(/\/+$/, ""));

  const mayFetch = async (request: SourceRequest, policy: FetchPolicy): Promise<boolean> => {
    for (const one of addressesOf(request)) {
      if (allowed.some((pattern) => matchesPattern(one.address, pattern)) || (await policy.mayFetch(one))) return true;
    }
    return false;
  };

  const answer = async (key: string, request: SourceRequest): Promise<SourceAnswer> => {
    const known = answers.get(key);
    if (known !== undefined && clock() < known.until) return known.answer;
    // Others may wait for the same source: it is not given up with the first who asked.
    const found = await pins.pin(key, request, AbortSignal.timeout(limits.deadlineMs)).catch(failureOf);
    const passing = !found.ok && found.failure.kind === "unreachable";
    answers.set(key, { answer: found, until: clock() + (passing ? Math.min(failureMs, recordMs) : recordMs) });
    return found;
  };

  const pin = async (request: SourceRequest, policy: FetchPolicy, signal: AbortSignal): Promise<SourceAnswer> => {
    signal.throwIfAborted();
    try {
      if (!(await mayFetch(request, policy))) return notAllowed(request);
      const { submodules, ...plain } = { submodules: false, ...request };
      const key = keyOf(plain);
      const found = await withSignal(signal, () => pinning.join(key, () => answer(key, plain)));
      if (!submodules || !found.ok || request.kind !== "git") return found;
      const repository = { url: request.url, source: found.source };
      return await withSubmodules(store, repository, (module) => pin(module, policy, signal), signal);
    } catch (error) {
      signal.throwIfAborted();
      return failureOf(error);
    }
  };

  return {
    objects: store.objects,
    pin,
    close: async () => {
      await Promise.all([client.close(), registry.close(), store.close()]);
      records.close();
    },
  };
}

function keyOf(request: SourceRequest): string {
  const text = canonicalJson(JSON.parse(JSON.stringify(request)));
  return createHash("sha256").update(text).digest("hex");
}

function notAllowed(request: SourceRequest): SourceAnswer {
  const [first] = addressesOf(request);
  const message = `${describeRequest(request)} is not fetched: the base branch does not use ${first?.address ?? "it"}`;
  return {
    ok: false,
    failure: { kind: "not-allowed", message, fix: "The operator allows addresses under `sources.allow`." },
  };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.assign({}, ...entries.map(([key, one]) => ({ [key]: one })));
}
