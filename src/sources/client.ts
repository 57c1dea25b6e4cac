import { type LookupAddress, lookup } from "node:dns";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { promisify } from "node:util";
import type { Agent } from "undici";
import { addressAllowed } from "../http/address-rules.ts";
import { guardedAgent, type Resolve } from "../http/agent.ts";
import type { Answer } from "../http/exchange.ts";
import { follow } from "../http/redirects.ts";
import { Fault, messageOf, UserError } from "../model/errors.ts";
import { isHostName } from "../model/source-address.ts";
import type { SourceCredentials, SourceSettings } from "../model/source-settings.ts";

/** Finds credentials that the settings do not have: the user's own, on a laptop. */
export type FindCredentials = (url: URL, signal: AbortSignal) => Promise<SourceCredentials | undefined>;

/** What the client is made of. */
export interface ClientOptions {
  readonly settings: SourceSettings;
  /** The folder for the file of authorities that git is given. */
  readonly root: string;
  /** Of one request, in milliseconds. */
  readonly deadlineMs: number;
  readonly resolve?: Resolve | undefined;
  readonly findCredentials?: FindCredentials | undefined;
}

/** One download. */
export interface Download {
  readonly url: URL;
  /** In bytes. */
  readonly limit: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where something is asked for, after mirrors. */
interface Place {
  readonly url: URL;
  readonly private: boolean;
  readonly insecure: boolean;
}

const privateFix = "If that is meant, the operator names the host under `sources.private` in the server's settings.";

/**
 * Asks servers for files, over https. Every connection is to an address that was checked, also after redirects;
 * credentials go to their own host and to no other.
 */
export class SourceClient {
  readonly #options: ClientOptions;
  readonly #public: Agent;
  readonly #private: Agent;
  /** PEM file for git, where there are authorities besides the system's. */
  readonly caFile: string | undefined;

  constructor(options: ClientOptions) {
    const { settings, root, deadlineMs, resolve } = options;
    this.#options = options;
    const ca = settings.ca === undefined ? undefined : [...getCACertificates("default"), readAuthorities(settings.ca)];
    this.caFile = ca && writeAuthorities(root, ca);
    this.#public = guardedAgent({ private: false, ca, connectTimeoutMs: deadlineMs, resolve });
    this.#private = guardedAgent({ private: true, ca, connectTimeoutMs: deadlineMs, resolve });
  }

  /**
   * The answer to a GET, whatever its status; credentials are found at the first refusal. Throws `refused` and `limit`
   * UserErrors, and Faults of the network.
   */
  async get(download: Download, signal: AbortSignal): Promise<Answer> {
    const { url } = download;
    const answer = await this.#send(download, this.#configured(url), signal);
    if (answer.status !== 401 || this.#configured(url) !== undefined) return answer;
    const found = await this.#options.findCredentials?.(url, signal);
    return found === undefined ? answer : this.#send(download, headerOf(found), signal);
  }

  /** As `get`, for what must be there: throws what another status than 200 and those of `also` means. */
  async require(download: Download, signal: AbortSignal, ...also: readonly number[]): Promise<Answer> {
    const answer = await this.get(download, signal);
    if (answer.status === 200 || also.includes(answer.status)) return answer;
    throw refusalOf(download.url, answer.status);
  }

  /** The `Authorization` for a URL's host: as configured, else the user's own. */
  async authorization(url: URL, signal: AbortSignal): Promise<string | undefined> {
    const configured = this.#configured(url);
    if (configured !== undefined) return configured;
    const found = await this.#options.findCredentials?.(url, signal);
    return found && headerOf(found);
  }

  /** What a URL's host is asked under, and at which addresses. */
  async locate(url: URL, signal: AbortSignal): Promise<{ readonly url: URL; readonly addresses: readonly string[] }> {
    const place = this.#place(url);
    const { hostname } = place.url;
    if (!isHostName(hostname)) throw new UserError("refused", `${url.host} names no host`);
    const literal = hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(literal) === 0 ? await this.#resolve(hostname, signal) : [literal];
    if (addresses.length > 0 && addresses.every((address) => addressAllowed(address, place.private)))
      return { url: place.url, addresses };
    throw new UserError("refused", `${url.host} is at a private address`, { fix: privateFix });
  }

  /** Where a URL that a mirror answered with stands at the host that was asked for. */
  original(asked: URL, answered: URL): URL {
    const { url } = this.#place(asked);
    if (answered.host !== url.host || url.host === asked.host) return answered;
    return asked;
  }

  async close(): Promise<void> {
    await Promise.all([this.#public.destroy(), this.#private.destroy()]);
  }

  #send(
    { url, limit, headers = {} }: Download,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const place = this.#place(url);
    const settings = {
      host: place.url.host,
      called: url.host,
      privateFix,
      dispatcher: place.private ? this.#private : this.#public,
      deadlineMs: this.#options.deadlineMs,
      insecure: place.insecure,
      // A host of the internet leads nobody into a private network, and a private one to no other that is not named.
      dispatcherOf: (to: URL) =>
        place.private && (to.host === place.url.host || this.#isPrivate(to)) ? this.#private : this.#public,
    };
    const all = authorization === undefined ? headers : { ...headers, authorization };
    return follow(settings, { method: "GET", url: place.url, headers: all, limit }, signal);
  }

  #configured({ host }: URL): string | undefined {
    const own = this.#options.settings.credentials.find((one) => one.host.toLowerCase() === host);
    return own && headerOf(own);
  }

  #isPrivate({ host, hostname }: URL): boolean {
    return this.#options.settings.private.some((one) => one === host || one === hostname);
  }

  #place(url: URL): Place {
    const mirror = this.#options.settings.mirrors.find(({ host }) => host.toLowerCase() === url.host);
    if (mirror === undefined) return { url, private: this.#isPrivate(url), insecure: false };
    const address = new URL(mirror.address);
    const at = new URL(address);
    at.pathname = address.pathname.replace(/\/+$/, "") + url.pathname;
    at.search = url.search;
    return { url: at, private: true, insecure: mirror.insecure ?? false };
  }

  async #resolve(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const find = this.#options.resolve ?? lookup;
    const all = promisify((callback: (error: Error | null, found: LookupAddress[]) => void) =>
      find(hostname, { all: true }, callback),
    );
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(this.#options.deadlineMs)]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = (): void => reject(deadline.reason);
    deadline.addEventListener("abort", end, { once: true });
    try {
      return (await Promise.race([all(), ended])).map(({ address }) => address);
    } catch (cause) {
      signal.throwIfAborted();
      throw new Fault("unavailable", `${hostname} could not be found: ${messageOf(cause)}`, { peer: hostname, cause });
    } finally {
      deadline.removeEventListener("abort", end);
    }
  }
}

function headerOf({ username, password, token }: SourceCredentials): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** What an answer that is no success means. */
export function refusalOf({ host, pathname }: URL, status: number): UserError | Fault {
  const what = `${host} answered ${status} for ${pathname.slice(0, 200)}`;
  if (status === 401 || status === 403)
    return new UserError("permission", what, {
      fix: `Give Sluice credentials for ${host} under \`sources.credentials\`.`,
    });
  if (status === 404 || status === 410) return new UserError("not-found", what);
  if (status === 429) return new Fault("throttled", what, { peer: host, retryAfterMs: 60_000 });
  if (status >= 500 || status === 408) return new Fault("unavailable", what, { peer: host });
  return new UserError("refused", what);
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError("usage", `The certificates for remote sources cannot be read: ${messageOf(error)}`, {
      cause: error,
      fix: "Correct `sources.ca` in the server's settings.",
    });
  }
}

function writeAuthorities(root: string, ca: readonly string[]): string {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const file = join(root, "authorities.pem");
  writeFileSync(file, ca.join("\n"), { mode: 0o600 });
  return file;
}
