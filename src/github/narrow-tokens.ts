import type { Octokit } from "@octokit/rest";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Clock } from "../model/observe.ts";
import { parse, type Send } from "./client.ts";
import { TOKEN_MARGIN_MS } from "./limits.ts";
import type { Permissions } from "./permissions.ts";

const ROUTE = "POST /app/installations/{installation_id}/access_tokens";
const made = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });
type Made = z.infer<typeof made>;

/** What a token is for. */
export interface NarrowScope {
  readonly installationId: number;
  /** The name of the one repository that it reaches; absent for all of the installation. */
  readonly repository?: string;
  readonly signal?: AbortSignal;
}

/** Tokens that may do one thing alone. They live in memory only. */
export interface NarrowTokens {
  /**
   * `undefined` where GitHub gives none: the installation is gone or suspended, does not cover the repository, or was
   * not granted this.
   */
  get(scope: NarrowScope): Promise<string | undefined>;
  /** GitHub refused this token: the next `get` asks for another one. */
  rejected(scope: NarrowScope, token: string): void;
}

/** Creates the cache of tokens with these permissions. */
export function createNarrowTokens(parts: {
  readonly octokit: Octokit;
  readonly send: Send;
  readonly clock: Clock;
  readonly permissions: Permissions;
}): NarrowTokens {
  const cache = new LRUCache<string, Made>({ max: 500 });

  const request = async ({ installationId, repository, signal }: NarrowScope): Promise<Made | undefined> => {
    const { permissions } = parts;
    const parameters = {
      installation_id: installationId,
      permissions,
      ...(repository === undefined ? {} : { repositories: [repository] }),
      request: { signal },
    };
    const call = { repository: repository ?? "the App", route: ROUTE };
    const { data, refused } = await parts.send(parts.octokit, call, parameters, [403, 404, 422]);
    return refused === undefined ? parse(made, data, ROUTE) : undefined;
  };

  return {
    async get(scope) {
      const known = cache.get(keyOf(scope));
      if (known !== undefined && Date.parse(known.expires_at) - parts.clock() > TOKEN_MARGIN_MS) return known.token;
      const fresh = await request(scope);
      if (fresh !== undefined) cache.set(keyOf(scope), fresh);
      return fresh?.token;
    },
    rejected(scope, token) {
      if (cache.get(keyOf(scope))?.token === token) cache.delete(keyOf(scope));
    },
  };
}

function keyOf({ installationId, repository = "" }: NarrowScope): string {
  return `${installationId}/${repository.toLowerCase()}`;
}
