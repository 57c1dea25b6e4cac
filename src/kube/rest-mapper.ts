import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { ObjectType, ResourceMapping } from "../model/kube.ts";
import { SingleFlight } from "../model/single-flight.ts";
import { groupPath, versionsPath } from "./paths.ts";

const group = z.object({
  preferredVersion: z.object({ groupVersion: z.string() }),
  versions: z.array(z.object({ groupVersion: z.string() })),
});
const resourceList = z.object({
  resources: z.array(
    z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()).default([]) }),
  ),
});

type Kinds = ReadonlyMap<string, ResourceMapping>;

/** Gives the JSON at a path; `undefined` when there is no such. */
export type ReadPath = (path: string, signal: AbortSignal) => Promise<unknown>;

/**
 * How an API server serves kinds: from the list of each group and version, read when one of its kinds is first wanted.
 * A kind that is not in a list that was read earlier has it read again, since definitions are added at any time.
 */
export class RestMapper {
  readonly #read: ReadPath;
  readonly #known = new Map<string, Kinds>();
  readonly #reading = new SingleFlight<Kinds>();
  /** The versions of each group, the preferred one first. */
  readonly #versions = new Map<string, readonly string[]>();

  constructor(read: ReadPath) {
    this.#read = read;
  }

  /** How a kind is served; `undefined` when it is not. */
  async mapping({ apiVersion, kind }: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined> {
    return this.#known.get(apiVersion)?.get(kind) ?? (await this.#refresh(apiVersion, signal)).get(kind);
  }

  /** The kind in the version that the server prefers of those that have it; `undefined` when none has. */
  async preferred(group: string, kind: string, signal: AbortSignal): Promise<ObjectType | undefined> {
    const known = this.#versions.get(group);
    return (
      (await this.#firstServed(known ?? [], kind, signal)) ??
      this.#firstServed(await this.#readVersions(group, signal), kind, signal)
    );
  }

  /** What is known of a group and version no longer holds. */
  forget(apiVersion: string): void {
    this.#known.delete(apiVersion);
  }

  async #firstServed(versions: readonly string[], kind: string, signal: AbortSignal): Promise<ObjectType | undefined> {
    for (const apiVersion of versions) {
      if ((await this.mapping({ apiVersion, kind }, signal)) !== undefined) return { apiVersion, kind };
    }
    return undefined;
  }

  async #readVersions(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const versions = versionsOf(name, await this.#read(versionsPath(name), signal));
    this.#versions.set(name, versions);
    return versions;
  }

  /** Not ended with the one who asked first: others wait for the same; its deadline ends it. */
  #refresh(apiVersion: string, signal: AbortSignal): Promise<Kinds> {
    signal.throwIfAborted();
    return this.#reading.join(apiVersion, async () => {
      const kinds = kindsOf(await this.#read(groupPath(apiVersion), new AbortController().signal));
      this.#known.set(apiVersion, kinds);
      return kinds;
    });
  }
}

/** The group without a name has one version, for ever. */
function versionsOf(name: string, answer: unknown): readonly string[] {
  if (name === "") return ["v1"];
  if (answer === undefined) return [];
  const parsed = group.safeParse(answer);
  if (!parsed.success) throw new Fault("unavailable", "an API server lists the versions of a group in an unknown form");
  const { preferredVersion, versions } = parsed.data;
  return [...new Set([preferredVersion, ...versions].map(({ groupVersion }) => groupVersion))];
}

/** Subresources (`deployments/scale`) have kinds too, which may be the same. */
function kindsOf(list: unknown): Kinds {
  if (list === undefined) return new Map();
  const parsed = resourceList.safeParse(list);
  if (!parsed.success) throw new Fault("unavailable", "an API server lists its kinds in an unknown form");
  const own = parsed.data.resources.filter(({ name }) => !name.includes("/"));
  return new Map(own.map(({ kind, name, namespaced, verbs }) => [kind, { plural: name, namespaced, verbs }]));
}
