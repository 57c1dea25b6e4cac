import { join } from "node:path";
import { createObjectStore } from "../git/object-store.ts";
import type { StartProcess } from "../git/process.ts";
import type { ObjectStore } from "../model/object-store.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { RegistrySettings } from "../model/registry.ts";
import type { SourceSettings } from "../model/source-settings.ts";
import type { Sources } from "../model/sources.ts";
import { createRegistry } from "../registry/index.ts";
import { createSources, type FindCredentials } from "../sources/index.ts";

/** How remote sources are opened, on a server or for the command line. */
export interface OpenSources {
  /** The folder of the store. */
  readonly root: string;
  readonly settings: SourceSettings;
  readonly registries: readonly RegistrySettings[];
  readonly log: Logger;
  readonly clock: Clock;
  readonly start?: StartProcess | undefined;
  readonly offline?: boolean | undefined;
  readonly findCredentials?: FindCredentials | undefined;
}

/** A layer of an image may take longer than a list of tags. */
const requestMs = 60_000;

/** Opens remote sources on a store of their own. */
export function openSources(options: OpenSources): { readonly sources: Sources; readonly store: ObjectStore } {
  const { root, settings, log, clock, start, offline = false, findCredentials } = options;
  const insecure = settings.mirrors.some(({ address }) => address.startsWith("http:"));
  const store = createObjectStore({
    root: join(root, "store"),
    start,
    protocols: insecure ? ["https", "http"] : ["https"],
  });
  const registry = createRegistry({
    settings: registriesOf(settings, options.registries),
    ...{ clock, log, random: Math.random, deadlineMs: requestMs },
  });
  const sources = createSources({ root, settings, store, registry, clock, log, offline, requestMs, findCredentials });
  return { sources, store };
}

/**
 * Registries as remote sources speak to them: with the operator's words for registries and for sources. Credentials
 * that only some repositories may use are left out.
 */
export function registriesOf(
  { private: privates, mirrors, credentials, ca }: SourceSettings,
  registries: readonly RegistrySettings[],
): readonly RegistrySettings[] {
  const open = registries.filter(({ repositories }) => repositories === undefined);
  const hosts = new Set([...open, ...mirrors, ...credentials].map(({ host }) => host).concat(privates));
  return [...hosts].map((host) => {
    const known = open.find((one) => one.host === host) ?? { host };
    const mirror = mirrors.find((one) => one.host === host);
    const own = credentials.find((one) => one.host === host);
    const has = known.username ?? known.token ?? known.identityToken;
    return {
      ...known,
      ...(has === undefined &&
        own !== undefined && { username: own.username, password: own.password, token: own.token }),
      ...(mirror !== undefined && { address: mirror.address, insecure: mirror.insecure, private: true }),
      ...(privates.includes(host) && { private: true }),
      ...(known.caFile === undefined && ca !== undefined && { caFile: ca }),
    };
  });
}
