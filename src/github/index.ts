import { LRUCache } from "lru-cache";
import type {
  BranchRules,
  CurrentName,
  GitHubFor,
  GitToken,
  InstalledRepositories,
  MissedDeliveries,
  SourceCommits,
} from "../model/github.ts";
import type { GitHubRepository } from "../model/github-repository.ts";
import type { Clock, Logger, Metrics } from "../model/observe.ts";
import type { Problem } from "../model/operator.ts";
import type { RepositoryName } from "../model/tree.ts";
import { webUrl } from "./addresses.ts";
import { readApp } from "./app.ts";
import { createAppLogin } from "./app-login.ts";
import { createBranchRules } from "./branch-rules.ts";
import { checkApp } from "./check-app.ts";
import { type Client, createClient, createSend, type Send } from "./client.ts";
import { readCurrentName } from "./current-name.ts";
import { createDeliveries } from "./deliveries.ts";
import { createGitHubRepository } from "./github-repository.ts";
import { createInstallations } from "./installations.ts";
import { createInstalledRepositories } from "./installed-repositories.ts";
import { REQUEST_DEADLINE_MS } from "./limits.ts";
import { createNarrowTokens } from "./narrow-tokens.ts";
import { type AppCredentials, appOctokit, plainOctokit } from "./octokit.ts";
import { createPausingSend } from "./pause.ts";
import { wantsMore } from "./permissions.ts";
import { createSourceCommits } from "./source-commits.ts";
import { createTokens } from "./tokens.ts";

/** What the edge needs. */
export interface GitHubOptions {
  readonly app: AppCredentials;
  /** `https://api.github.com`, or `https://<host>/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** For one request with its answer; 15,000 when absent. */
  readonly deadlineMs?: number;
}

/** GitHub, as one App sees it. */
export interface GitHubEdge {
  readonly for: GitHubFor<GitHubRepository>;
  /** The same token serves REST and git. Where no installation is known yet it is looked up. */
  readonly token: GitToken;
  /** Deliveries of all installations. */
  readonly deliveries: MissedDeliveries;
  readonly sourceCommits: SourceCommits;
  readonly installedRepositories: InstalledRepositories;
  readonly branchRules: BranchRules;
  readonly currentName: CurrentName;
  /** What the operator has to put right in the App's settings or in Sluice's; see `checkApp`. */
  checkApp(events: readonly string[]): Promise<readonly Problem[]>;
}

/**
 * Makes the edge. It sends nothing until it is used; the clients, tokens and ids that it caches are bounded in number.
 */
export function createGitHub(options: GitHubOptions): GitHubEdge {
  const { app, clock } = options;
  const log = options.log.child({ edge: "github" });
  const api = {
    apiUrl: options.apiUrl.replace(/\/+$/, ""),
    log,
    deadlineMs: options.deadlineMs ?? REQUEST_DEADLINE_MS,
  };
  const send = createSend({ log, metrics: options.metrics, clock });
  const asApp = appOctokit(api, app);
  const plain = plainOctokit(api);
  const tokens = createTokens({ octokit: asApp, send, clock, log });
  const appLogin = createAppLogin({ slug: async () => (await readApp(asApp, send)).slug, clock });
  const installations = createInstallations({ octokit: asApp, send });
  const clients = new LRUCache<string, GitHubRepository>({ max: 500 });
  const narrow = createNarrowTokens({ octokit: asApp, send, clock, permissions: { metadata: "read" } });
  const sends = new LRUCache<number, Send>({ max: 500 });
  const sendOf = (installationId: number): Send => {
    const one = sends.get(installationId) ?? createPausingSend(send, clock);
    sends.set(installationId, one);
    return one;
  };

  const clientFor = (installationId: number, repository: RepositoryName): Client =>
    createClient({
      apiUrl: api.apiUrl,
      octokit: plain,
      send: sendOf(installationId),
      owner: repository.owner,
      repo: repository.name,
      token: () => tokens.get(installationId, repository),
      rejected: (token) => tokens.rejected(installationId, repository, token),
      appLogin,
      insufficient: (token) => tokens.insufficient(installationId, repository, token),
    });

  return {
    async for(installationId, repository) {
      installations.learn(repository, installationId);
      const key = `${installationId}/${repository.owner}/${repository.name}`.toLowerCase();
      const made = clients.get(key) ?? createGitHubRepository(clientFor(installationId, repository), app.id, clock);
      clients.set(key, made);
      return made;
    },
    token: async (repository) => {
      const { token, grant } = await installations.use(repository, (id) => tokens.get(id, repository));
      if (grant.permissions.contents === undefined)
        throw wantsMore(grant, `the App may not read ${repository.owner}/${repository.name}`);
      return token;
    },
    deliveries: createDeliveries({ octokit: asApp, send, log }),
    sourceCommits: createSourceCommits({ apiUrl: api.apiUrl, asApp, plain, send, clock }),
    checkApp: (events) =>
      checkApp(
        () => readApp(asApp, send),
        () => ({ appId: app.id, events, webUrl: webUrl(api.apiUrl), now: clock() }),
      ),
    installedRepositories: createInstalledRepositories({ asApp, plain, send, log, tokens: narrow }),
    branchRules: createBranchRules({ plain, send, tokens: narrow }),
    currentName: (installationId, repository) =>
      readCurrentName({ plain, send, tokens: narrow }, installationId, repository),
  };
}
