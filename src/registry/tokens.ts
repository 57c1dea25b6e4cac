import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Answer, HttpRequest } from "../http/exchange.ts";
import { Fault, UserError } from "../model/errors.ts";
import type { Clock } from "../model/observe.ts";
import { SingleFlight } from "../model/single-flight.ts";
import { type Challenge, challengesOf } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseJson } from "./responses.ts";

type Bearer = Extract<Challenge, { scheme: "bearer" }>;

/** Source: the distribution token specification: a token without `expires_in` is good for 60 s. */
const tokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().catch(60).default(60),
});

/** Tokens are asked for again this long before they expire, or a tenth of their time, whichever is less. */
const marginMs = 10_000;
const longestTokenMs = 24 * 60 * 60_000;

interface Token {
  readonly value: string;
  readonly freshUntil: number;
}

/** What the dance needs of the rest. */
interface AuthorizerParts {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** Sends one request to a token service, within a deadline of its own; follows no redirect. */
  send(request: HttpRequest): Promise<Answer>;
  /** What an answer that is no success means. */
  refusal(answer: Answer, what: string): UserError | Fault;
}

/**
 * Proves Sluice to one registry: finds out by its challenges how, and keeps its tokens, of which several callers that
 * need the same one fetch only one.
 */
export class Authorizer {
  readonly #parts: AuthorizerParts;
  #challenge: Challenge | undefined;
  readonly #scopes = new LRUCache<string, ReadonlySet<string>>({ max: 2000 });
  readonly #tokens = new LRUCache<string, Token>({ max: 2000 });
  readonly #fetching = new SingleFlight<Token>();

  constructor(parts: AuthorizerParts) {
    this.#parts = parts;
  }

  /** The `Authorization` for requests about a repository, as far as the registry has asked for one. */
  async header(repository: string): Promise<string | undefined> {
    const { credential } = this.#parts.endpoint;
    if (credential.kind === "bearer") return `Bearer ${credential.token}`;
    if (this.#challenge === undefined) return undefined;
    if (this.#challenge.scheme === "basic") return basic(this.#parts.endpoint);
    return `Bearer ${(await this.#token(this.#challenge, repository)).value}`;
  }

  /** Takes up the challenge of a 401. `false` when it leads to no other `Authorization` than `used`. */
  async challenged(repository: string, answer: Answer, used: string | undefined): Promise<boolean> {
    if (this.#parts.endpoint.credential.kind === "bearer") return false;
    const [challenge] = challengesOf(answer.lines("www-authenticate"));
    if (challenge === undefined) return false;
    this.#challenge = challenge;
    if (challenge.scheme === "bearer") {
      this.#addScopes(repository, challenge.scopes);
      const key = this.#key(repository);
      // Another caller may have renewed it already.
      if (used === `Bearer ${this.#tokens.get(key)?.value}`) this.#tokens.delete(key);
    }
    const next = await this.header(repository);
    return next !== undefined && next !== used;
  }

  /** A registry may widen what is read of this repository (Azure asks for `metadata_read`), nothing else. */
  #addScopes(repository: string, scopes: readonly string[]): void {
    const name = `repository:${this.#parts.endpoint.prefix}${repository}:`;
    const reading = scopes.filter(
      (scope) =>
        scope.startsWith(name) &&
        /^[a-z_]+(?:,[a-z_]+)*$/.test(scope.slice(name.length)) &&
        !/push|delete|write/.test(scope.slice(name.length)),
    );
    const known = this.#scopesOf(repository);
    if (reading.some((scope) => !known.has(scope)))
      this.#scopes.set(repository, new Set([...known, ...reading].slice(0, 8)));
  }

  #scopesOf(repository: string): ReadonlySet<string> {
    const { prefix } = this.#parts.endpoint;
    return this.#scopes.get(repository) ?? new Set([`repository:${prefix}${repository}:pull`]);
  }

  #key(repository: string): string {
    return [...this.#scopesOf(repository)].join(" ");
  }

  async #token(challenge: Bearer, repository: string): Promise<Token> {
    const key = this.#key(repository);
    const known = this.#tokens.get(key);
    if (known !== undefined && known.freshUntil > this.#parts.clock()) return known;
    const token = await this.#fetching.join(key, () => this.#fetch(challenge, repository));
    this.#tokens.set(key, token);
    return token;
  }

  async #fetch(challenge: Bearer, repository: string): Promise<Token> {
    const { endpoint, clock, refusal } = this.#parts;
    const realm = checkedRealm(endpoint, challenge.realm);
    const sentAt = clock();
    const answer = await this.#parts.send(tokenRequest(endpoint, realm, challenge.service, this.#scopesOf(repository)));
    if (answer.status !== 200) throw refusal(answer, `a token for ${repository}`);
    const parsed = tokenAnswer.safeParse(parseJson(answer.body));
    const value = parsed.data?.token ?? parsed.data?.access_token;
    if (parsed.data === undefined || value === undefined || !/^[\x21-\x7e]+$/.test(value)) {
      throw new Fault("unavailable", `The token service of the registry ${endpoint.host} sent no token`, {
        fields: { registry: endpoint.host },
      });
    }
    const lasts = Math.min(parsed.data.expires_in * 1000, longestTokenMs);
    return { value, freshUntil: sentAt + lasts - Math.min(marginMs, lasts / 10) };
  }
}

/**
 * Credentials go only to a token service over https, or to the registry's own host where that is spoken to over http.
 */
function checkedRealm(endpoint: Endpoint, realm: string): URL {
  const url = URL.parse(realm);
  const plain = url?.protocol === "http:" && endpoint.insecure && url.hostname === endpoint.origin.hostname;
  if (url !== null && url.username === "" && url.password === "" && (url.protocol === "https:" || plain)) return url;
  const where = url === null ? "what is no address" : `${url.protocol}//${url.host}`;
  throw new UserError(
    "refused",
    `The registry ${endpoint.host} wants its credentials sent to ${where}, which is not https`,
    {
      fields: { registry: endpoint.host },
    },
  );
}

function tokenRequest(
  endpoint: Endpoint,
  realm: URL,
  service: string | undefined,
  scopes: ReadonlySet<string>,
): HttpRequest {
  const url = new URL(realm);
  url.hash = "";
  const limit = 256 * 1024;
  if (endpoint.credential.kind === "refresh") {
    // Source: distribution's OAuth 2 token specification.
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "sluice",
      scope: [...scopes].join(" "),
    });
    if (service !== undefined) form.set("service", service);
    form.set("refresh_token", endpoint.credential.token);
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url, headers, body: form.toString(), limit };
  }
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const authorization = basic(endpoint);
  return {
    method: "GET",
    url,
    headers: { accept: "application/json", ...(authorization && { authorization }) },
    limit,
  };
}

function basic({ credential }: Endpoint): string | undefined {
  if (credential.kind !== "basic") return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString("base64")}`;
}
