import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { InstalledRepositories, InstalledRepository } from "../model/github.ts";
import type { Logger } from "../model/observe.ts";
import { assertPage, parse, type Send } from "./client.ts";
import { PER_PAGE } from "./limits.ts";
import type { NarrowTokens } from "./narrow-tokens.ts";

const INSTALLATIONS = "GET /app/installations";
const REPOSITORIES = "GET /installation/repositories";

const installations = z.array(z.object({ id: z.number(), suspended_at: z.string().nullish() }));
const repositories = z.object({
  repositories: z.array(
    z.object({
      name: z.string(),
      owner: z.object({ login: z.string() }),
      default_branch: z.string(),
      archived: z.boolean().default(false),
    }),
  ),
});

/** What the list is read with. */
export interface InstalledRepositoriesParts {
  /** Signs as the App. */
  readonly asApp: Octokit;
  /** Adds no credentials. */
  readonly plain: Octokit;
  readonly send: Send;
  /** May read names alone. */
  readonly tokens: NarrowTokens;
  readonly log: Logger;
}

/** See `InstalledRepositories`. */
export function createInstalledRepositories(parts: InstalledRepositoriesParts): InstalledRepositories {
  const { asApp, plain, send, tokens, log } = parts;

  async function* active(signal: AbortSignal): AsyncGenerator<number> {
    for (let page = 1, more = true; more; page++) {
      assertPage(page, INSTALLATIONS);
      const call = { repository: "the App", route: INSTALLATIONS };
      const answer = await send(asApp, call, { per_page: PER_PAGE, page, request: { signal } });
      for (const one of parse(installations, answer.data, INSTALLATIONS)) if (!one.suspended_at) yield one.id;
      more = answer.more;
    }
  }

  async function* of(installationId: number, signal: AbortSignal): AsyncGenerator<InstalledRepository> {
    for (let page = 1, more = true; more; page++) {
      assertPage(page, REPOSITORIES);
      const token = await tokens.get({ installationId, signal });
      if (token === undefined) {
        log.warn({ installationId }, "an installation gives no token: its repositories are left out");
        return;
      }
      const call = { repository: "the App", route: REPOSITORIES };
      const headers = { authorization: `token ${token}` };
      const answer = await send(plain, call, { per_page: PER_PAGE, page, headers, request: { signal } });
      for (const one of parse(repositories, answer.data, REPOSITORIES).repositories)
        if (!one.archived)
          yield {
            installationId,
            repository: { owner: one.owner.login, name: one.name },
            defaultBranch: one.default_branch,
          };
      more = answer.more;
    }
  }

  return async function* list(signal) {
    for await (const id of active(signal)) yield* of(id, signal);
  };
}
