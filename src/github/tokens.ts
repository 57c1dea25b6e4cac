import type { Octokit } from "@octokit/rest";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Clock, Logger } from "../model/observe.ts";
import { SingleFlight } from "../model/single-flight.ts";
import type { RepositoryName } from "../model/tree.ts";
import { parse, type Send } from "./client.ts";
import type { Refusal } from "./errors.ts";
import { readGrant } from "./grants.ts";
import { GRANT_KEPT_MS, GRANT_RETRY_MS, TOKEN_MARGIN_MS } from "./limits.ts";
import { FULL_GRANT, type Grant, type Permissions, type Token } from "./permissions.ts";

/** Installation tokens, each narrowed to one repository and to what Sluice does there. They live in memory only. */
export interface Tokens {
  /**
   * A token that is good for at least five more minutes. Where the account's owners have not accepted all that the App
   * asks for by now it may do less.
   */
  get(installationId: number, repository: RepositoryName): Promise<Token>;
  /** GitHub refused this token: the next `get` asks for another one. */
  rejected(installationId: number, repository: RepositoryName, token: string): void;
  /**
   * The token was not enough: the next `get` asks for everything again, unless that was refused within the last minute.
   */
  insufficient(installationId: number, repository: RepositoryName, token: string): void;
}

interface CachedToken extends Token {
  readonly expiresAt: number;
}

/** What an account granted, read because it is less than Sluice asks for. */
interface PartialGrant {
  readonly grant: Grant;
  readonly at: number;
}

const ROUTE = "POST /app/installations/{installation_id}/access_tokens";
const tokenResponse = z.object({
  token: z.string().min(1),
  expires_at: z.iso.datetime({ offset: true }),
  repositories: z.array(z.object({ id: z.number() })).optional(),
});
type TokenResponse = z.infer<typeof tokenResponse>;

/** What the cache of tokens needs. */
export interface TokensParts {
  readonly octokit: Octokit;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Creates the cache of tokens. Callers at the same time share one request. */
export function createTokens(parts: TokensParts): Tokens {
  const cache = new LRUCache<string, CachedToken>({ max: 1000 });
  const partialGrants = new LRUCache<string, PartialGrant>({ max: 1000 });
  const asking = new SingleFlight<CachedToken>();

  const request = async (
    installationId: number,
    repository: RepositoryName,
    permissions: Permissions,
  ): Promise<TokenResponse | { readonly refused: Refusal }> => {
    const call = { repository: `${repository.owner}/${repository.name}`, route: ROUTE };
    const parameters = { installation_id: installationId, repositories: [repository.name], permissions };
    const { data, refused } = await parts.send(parts.octokit, call, parameters, [422]);
    return refused === undefined ? parse(tokenResponse, data, ROUTE) : { refused };
  };

  const ask = async (installationId: number, repository: RepositoryName): Promise<CachedToken> => {
    const known = partialGrants.get(String(installationId));
    const first = known !== undefined && parts.clock() - known.at < GRANT_KEPT_MS ? known.grant : FULL_GRANT;
    const answer = await request(installationId, repository, first.permissions);
    if (!("refused" in answer)) return cachedToken(answer, first);
    if (!/permission/i.test(answer.refused.text)) throw answer.refused.error;
    const grant = await readGrant(parts.octokit, parts.send, installationId);
    partialGrants.set(String(installationId), { grant, at: parts.clock() });
    const second = await request(installationId, repository, grant.permissions);
    if ("refused" in second) throw second.refused.error;
    if (grant.missing.length > 0)
      parts.log.warn(
        { installationId, missing: grant.missing.join(", ") },
        "the App's new permissions are not accepted",
      );
    return cachedToken(second, grant);
  };

  const renew = async (key: string, installationId: number, repository: RepositoryName): Promise<CachedToken> => {
    const fresh = await ask(installationId, repository);
    cache.set(key, fresh);
    return fresh;
  };

  return {
    async get(installationId, repository) {
      const key = keyOf(installationId, repository);
      const known = cache.get(key);
      if (known !== undefined && known.expiresAt - parts.clock() > TOKEN_MARGIN_MS) return known;
      return asking.join(key, () => renew(key, installationId, repository));
    },
    rejected(installationId, repository, token) {
      const key = keyOf(installationId, repository);
      if (cache.get(key)?.token === token) cache.delete(key);
    },
    insufficient(installationId, repository, token) {
      const known = partialGrants.get(String(installationId));
      if (known !== undefined && parts.clock() - known.at < GRANT_RETRY_MS) return;
      partialGrants.delete(String(installationId));
      this.rejected(installationId, repository, token);
    },
  };
}

function cachedToken(answer: TokenResponse, grant: Grant): CachedToken {
  const [repository, ...more] = answer.repositories ?? [];
  const repositoryId = more.length === 0 ? repository?.id : undefined;
  return { token: answer.token, grant, repositoryId, expiresAt: Date.parse(answer.expires_at) };
}

function keyOf(installationId: number, repository: RepositoryName): string {
  return `${installationId}/${repository.owner}/${repository.name}`.toLowerCase();
}
