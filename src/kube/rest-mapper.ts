import { z } from "zod";
import { Fault } from "../model/errors.ts";
import type { ObjectType, ResourceMapping } from "../model/kube.ts";
import { SingleFlight } from "../model/single-flight.ts";

const resourceList = z.object({
  resources: z.array(
    z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()).default([]) }),
  ),
});

type Kinds = ReadonlyMap<string, ResourceMapping>;

/**
 * How an API server serves kinds: from the list of each group and version, read when one of its kinds is first wanted.
 * A kind that is not in a list that was read earlier has it read again, since definitions are added at any time.
 */
export class RestMapper {
  readonly #read: (apiVersion: string, signal: AbortSignal) => Promise<unknown>;
  readonly #known = new Map<string, Kinds>();
  readonly #reading = new SingleFlight<Kinds>();

  /** `read` gives the JSON of a group and version; `undefined` when there is no such. */
  constructor(read: (apiVersion: string, signal: AbortSignal) => Promise<unknown>) {
    this.#read = read;
  }

  /** How a kind is served; `undefined` when it is not. */
  async mapping({ apiVersion, kind }: ObjectType, signal: AbortSignal): Promise<ResourceMapping | undefined> {
    return this.#known.get(apiVersion)?.get(kind) ?? (await this.#refresh(apiVersion, signal)).get(kind);
  }

  /** What is known of a group and version no longer holds. */
  forget(apiVersion: string): void {
    this.#known.delete(apiVersion);
  }

  /** Not ended with the one who asked first: others wait for the same; its deadline ends it. */
  #refresh(apiVersion: string, signal: AbortSignal): Promise<Kinds> {
    signal.throwIfAborted();
    return this.#reading.join(apiVersion, async () => {
      const kinds = kindsOf(await this.#read(apiVersion, new AbortController().signal));
      this.#known.set(apiVersion, kinds);
      return kinds;
    });
  }
}

/** Subresources (`deployments/scale`) have kinds too, which may be the same. */
function kindsOf(list: unknown): Kinds {
  if (list === undefined) return new Map();
  const parsed = resourceList.safeParse(list);
  if (!parsed.success) throw new Fault("unavailable", "an API server lists its kinds in an unknown form");
  const own = parsed.data.resources.filter(({ name }) => !name.includes("/"));
  return new Map(own.map(({ kind, name, namespaced, verbs }) => [kind, { plural: name, namespaced, verbs }]));
}
