import { LRUCache } from "lru-cache";
import type { Agent } from "undici";
import { guardedAgent, type Resolve } from "../http/agent.ts";
import { UserError } from "../model/errors.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { ImageFacts, Registry, RegistryContent, RegistrySettings } from "../model/registry.ts";
import { SingleFlight } from "../model/single-flight.ts";
import { withSignal } from "../model/with-signal.ts";
import { Connection, type RegistryCall } from "./connection.ts";
import { getBlob, getManifest, headDigest } from "./content.ts";
import { canonicalHost, type Endpoint, endpointOf } from "./endpoint.ts";
import { factsOf, weightOf } from "./facts.ts";
import { checkedImage, checkedReference, isDigest } from "./names.ts";
import { createPageCache, listTags } from "./tags.ts";

export type { RegistryCall } from "./connection.ts";
export { readDockerConfig, withDockerCredentials } from "./docker-config.ts";

/** What the registry client is made of. */
export interface RegistryOptions {
  /** One of each host at most; a registry without settings is anonymous, public and over https. */
  readonly settings: readonly RegistrySettings[];
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1; spreads out when a failing registry is asked again. */
  readonly random: () => number;
  /** For one request and its answer, in milliseconds; default 10,000. */
  readonly deadlineMs?: number;
  /** How long a request may wait for its turn, in milliseconds; default 60,000. */
  readonly maxWaitMs?: number;
  /** Called for each request that was answered, for counting. */
  readonly observe?: (call: RegistryCall) => void;
  /** How hosts' addresses are found; default: the system's resolver. */
  readonly resolve?: Resolve;
}

/** The client of all registries, and how to end its connections. */
export interface RegistryClient extends Registry, RegistryContent {
  close(): Promise<void>;
}

/** Characters of facts that are kept. */
const factsCapacity = 16 * 1024 * 1024;
/** For the facts of one image: some dozens of requests that wait for their turn. */
const factsMs = 3 * 60_000;
/** Hosts that are remembered at once. */
const hostsCapacity = 500;

/**
 * Speaks to registries by the OCI distribution specification. Throws a `usage` UserError for settings that contradict
 * each other.
 */
export function createRegistry(options: RegistryOptions): RegistryClient {
  const connections = new Connections(options);
  const pages = createPageCache();
  const facts = new LRUCache<string, ImageFacts>({ maxSize: factsCapacity, sizeCalculation: weightOf });
  const reading = new SingleFlight<ImageFacts | undefined>();
  return {
    async tags(image, signal) {
      const { host, repository } = checkedImage(image);
      return listTags(connections.of(host), pages, repository, signal);
    },
    async digest(image, tag, signal) {
      const { host, repository } = checkedImage(image);
      return headDigest(connections.of(host), repository, checkedReference(tag), signal);
    },
    async facts(image, reference, signal) {
      const { host, repository } = checkedImage(image);
      const connection = connections.of(host);
      const wanted = checkedReference(reference);
      const digest = isDigest(wanted) ? wanted : await headDigest(connection, repository, wanted, signal);
      if (digest === undefined) return undefined;
      const key = `${host}/${repository}@${digest}`;
      const known = facts.get(key);
      if (known !== undefined) return known;
      const found = await withSignal(signal, () => reading.join(key, () => readFacts(connection, repository, digest)));
      if (found !== undefined) facts.set(key, found);
      return found;
    },
    async manifest(name, reference, signal) {
      const { host, repository } = checkedImage(name);
      return getManifest(connections.of(host), repository, checkedReference(reference), signal);
    },
    async blob(name, digest, maxBytes, signal) {
      const { host, repository } = checkedImage(name);
      return (await getBlob(connections.of(host), repository, checkedReference(digest), signal, maxBytes))?.body;
    },
    close: () => connections.close(),
  };
}

async function readFacts(connection: Connection, repository: string, digest: string): Promise<ImageFacts | undefined> {
  const signal = AbortSignal.timeout(factsMs);
  const content = await getManifest(connection, repository, digest, signal);
  return content === undefined ? undefined : factsOf(connection, repository, content, signal);
}

/** One connection per host, made when it is first needed. */
class Connections {
  readonly #options: RegistryOptions;
  readonly #configured: ReadonlyMap<string, Endpoint>;
  readonly #made = new LRUCache<string, Connection>({ max: hostsCapacity });
  readonly #agents = new Map<string, Agent>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    const endpoints = new Map<string, Endpoint>();
    for (const one of options.settings) {
      const host = canonicalHost(one.host);
      if (endpoints.has(host))
        throw new UserError("usage", `The registry ${host} stands twice in the server's settings`);
      endpoints.set(host, endpointOf(host, one));
    }
    this.#configured = endpoints;
  }

  of(host: string): Connection {
    const made = this.#made.get(host);
    if (made !== undefined) return made;
    const endpoint = this.#configured.get(host) ?? endpointOf(host, undefined);
    const connection = new Connection(endpoint, {
      agent: this.#agentOf(endpoint),
      clock: this.#options.clock,
      log: this.#options.log,
      random: this.#options.random,
      deadlineMs: this.#options.deadlineMs ?? 10_000,
      maxWaitMs: this.#options.maxWaitMs ?? 60_000,
      observe: this.#options.observe ?? (() => undefined),
    });
    this.#made.set(host, connection);
    return connection;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  /** Registries with the same rules share their connections; one with authorities of its own shares with none. */
  #agentOf(endpoint: Endpoint): Agent {
    const key = endpoint.ca === undefined ? String(endpoint.private) : endpoint.host;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const agent = guardedAgent({
      private: endpoint.private,
      ca: endpoint.ca,
      connectTimeoutMs: this.#options.deadlineMs ?? 10_000,
      resolve: this.#options.resolve,
    });
    this.#agents.set(key, agent);
    return agent;
  }
}
