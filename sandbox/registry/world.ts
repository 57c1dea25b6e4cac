import type { Notifier } from "./notify.ts";
import type { Store } from "./store.ts";
import type { LocalRegistryOptions, RegistryRequest } from "./types.ts";

/** Everything the parts of the registry share. */
export interface RegistryWorld {
  readonly store: Store;
  readonly notifier: Notifier;
  /** What was uploaded so far, by the upload's id. */
  readonly uploads: Map<string, { readonly name: string; readonly bytes: Buffer }>;
  readonly requests: RegistryRequest[];
  readonly users: NonNullable<LocalRegistryOptions["users"]>;
  readonly clock: () => Date;
  /** Changes with every start. */
  readonly instanceId: string;
  /** Set when the server listens. */
  origin: string;
}

/** One request to the API. */
export interface RegistryCall {
  readonly world: RegistryWorld;
  readonly request: Request;
  readonly url: URL;
  readonly body: Buffer;
  /** Empty for nobody. */
  readonly actor: string;
  /** Of the client, with its port. */
  readonly address: string;
}

/** The answer to it. Header names are in lower case. */
export interface RegistryReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}
