import type { ProbotOctokit } from "probot";
import { z } from "zod";
import type { Clock } from "../model/observe.ts";
import type { RepositoryName } from "../model/tree.ts";
import { parse, type Send } from "./client.ts";
import { TOKEN_MARGIN_MS } from "./limits.ts";
import { TOKEN_PERMISSIONS } from "./permissions.ts";
import { recent } from "./recent.ts";

/** Installation tokens, each narrowed to one repository and to what Sluice does there. They live in memory only. */
export interface Tokens {
  /** A token that is good for at least five more minutes. */
  get(installationId: number, repository: RepositoryName): Promise<string>;
  /** GitHub refused this token: the next `get` asks for another one. */
  rejected(installationId: number, repository: RepositoryName, token: string): void;
}

interface Kept {
  readonly token: string;
  readonly expiresAt: number;
}

const ROUTE = "POST /app/installations/{installation_id}/access_tokens";
const granted = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** Makes the keeper of tokens. Those who ask at the same time share one request. */
export function createTokens(parts: {
  readonly octokit: ProbotOctokit;
  readonly send: Send;
  readonly clock: Clock;
}): Tokens {
  const kept = recent<Kept>(1000);
  const underWay = new Map<string, Promise<Kept>>();

  const ask = async (installationId: number, repository: RepositoryName): Promise<Kept> => {
    const asked = { repository: `${repository.owner}/${repository.name}`, route: ROUTE };
    const { data } = await parts.send(parts.octokit, asked, {
      installation_id: installationId,
      repositories: [repository.name],
      permissions: TOKEN_PERMISSIONS,
    });
    const answer = parse(granted, data, ROUTE);
    return { token: answer.token, expiresAt: Date.parse(answer.expires_at) };
  };

  const renew = (key: string, installationId: number, repository: RepositoryName): Promise<Kept> => {
    const asked = ask(installationId, repository)
      .then((fresh) => {
        kept.set(key, fresh);
        return fresh;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  };

  return {
    async get(installationId, repository) {
      const key = keyOf(installationId, repository);
      const known = kept.get(key);
      if (known !== undefined && known.expiresAt - parts.clock() > TOKEN_MARGIN_MS) return known.token;
      return (await (underWay.get(key) ?? renew(key, installationId, repository))).token;
    },
    rejected(installationId, repository, token) {
      const key = keyOf(installationId, repository);
      if (kept.get(key)?.token === token) kept.delete(key);
    },
  };
}

function keyOf(installationId: number, repository: RepositoryName): string {
  return `${installationId}/${repository.owner}/${repository.name}`.toLowerCase();
}
