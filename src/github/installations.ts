import type { Octokit } from "@octokit/rest";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { UserError } from "../model/errors.ts";
import type { RepositoryName } from "../model/tree.ts";
import { parse, type Send } from "./client.ts";

/** Which installation serves which repository. */
export interface Installations {
  /** An event said so. */
  learn(repository: RepositoryName, installationId: number): void;
  /**
   * Runs `action` with the repository's installation. One that is no longer there (the App was reinstalled) is looked
   * up again, once.
   */
  use<T>(repository: RepositoryName, action: (installationId: number) => Promise<T>): Promise<T>;
}

const ROUTE = "GET /repos/{owner}/{repo}/installation";

/** Creates the register. */
export function createInstallations(parts: { readonly octokit: Octokit; readonly send: Send }): Installations {
  const known = new LRUCache<string, number>({ max: 5000 });

  const lookUp = async (repository: RepositoryName): Promise<number> => {
    const call = { repository: `${repository.owner}/${repository.name}`, route: ROUTE };
    const { data } = await parts.send(parts.octokit, call, { owner: repository.owner, repo: repository.name });
    const { id } = parse(z.object({ id: z.number() }), data, ROUTE);
    known.set(keyOf(repository), id);
    return id;
  };

  return {
    learn: (repository, installationId) => known.set(keyOf(repository), installationId),
    async use(repository, action) {
      const id = known.get(keyOf(repository));
      if (id === undefined) return action(await lookUp(repository));
      try {
        return await action(id);
      } catch (error) {
        if (!(error instanceof UserError && error.kind === "not-found")) throw error;
        known.delete(keyOf(repository));
        return action(await lookUp(repository));
      }
    },
  };
}

function keyOf(repository: RepositoryName): string {
  return `${repository.owner}/${repository.name}`.toLowerCase();
}
