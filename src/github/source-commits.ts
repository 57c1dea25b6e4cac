import type { Octokit } from "@octokit/rest";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { SourceCommits, SourceComparison } from "../model/github.ts";
import type { Clock } from "../model/observe.ts";
import type { RepositoryName } from "../model/tree.ts";
import { NO_LOGIN } from "./app-login.ts";
import { createClient, parse, type Send } from "./client.ts";
import { PER_PAGE, SOURCE_KEPT_MS } from "./limits.ts";
import { createNarrowTokens } from "./narrow-tokens.ts";
import type { Grant } from "./permissions.ts";

const INSTALLATION = "GET /repos/{owner}/{repo}/installation";
const COMPARE = "GET /repos/{owner}/{repo}/compare/{basehead}";
const TITLE_LIMIT = 256;

/** All that a comparison needs. */
const READS: Grant = { permissions: { contents: "read", metadata: "read" }, missing: [], acceptAt: undefined };

// Names and ids come from labels of images, which whoever pushes an image writes: nothing else may get into a path.
const OWNER = /^[A-Za-z\d][\w-]{0,99}$/;
const NAME = /^(?!\.{1,2}$)[\w.-]{1,100}$/;
const COMMIT = /^(?:[a-f\d]{7,40}|[a-f\d]{64})$/;

const comparison = z.object({
  html_url: z.string(),
  status: z.enum(["ahead", "behind", "diverged", "identical"]),
  total_commits: z.number(),
  behind_by: z.number(),
  commits: z.array(
    z.object({
      sha: z.string(),
      html_url: z.string(),
      author: z.object({ login: z.string().optional() }).nullish(),
      commit: z.object({ message: z.string(), author: z.object({ name: z.string().optional() }).nullish() }),
    }),
  ),
});
type Comparison = z.infer<typeof comparison>;

/** What the reader of source repositories needs. */
export interface SourceCommitsParts {
  readonly apiUrl: string;
  /** Signs as the App. */
  readonly asApp: Octokit;
  /** Adds no credentials. */
  readonly plain: Octokit;
  readonly send: Send;
  readonly clock: Clock;
}

/**
 * See `SourceCommits`. At most three requests: which installation covers the repository, a token, the comparison;
 * answers, the negative ones too, are kept for ten minutes.
 */
export function createSourceCommits(parts: SourceCommitsParts): SourceCommits {
  const { send, clock, plain, apiUrl } = parts;
  const tokens = createNarrowTokens({ octokit: parts.asApp, send, clock, permissions: READS.permissions });

  const installationOf = keeping(5000, clock, async ({ owner, name }: RepositoryName) => {
    const call = { repository: `${owner}/${name}`, route: INSTALLATION };
    const { data, refused } = await send(parts.asApp, call, { owner, repo: name }, [403, 404]);
    return refused === undefined ? parse(z.object({ id: z.number() }), data, INSTALLATION).id : undefined;
  });

  const compare = keeping(500, clock, async (installationId: number, { owner, name }: RepositoryName, span: string) => {
    const scope = { installationId, repository: name };
    const first = await tokens.get(scope);
    if (first === undefined) return undefined;
    const client = createClient({
      apiUrl,
      octokit: plain,
      send,
      owner,
      repo: name,
      token: async () => ({ token: (await tokens.get(scope)) ?? first, grant: READS }),
      rejected: (token) => tokens.rejected(scope, token),
      insufficient: () => undefined,
      appLogin: NO_LOGIN,
    });
    const query = { basehead: span, per_page: PER_PAGE, page: 1 };
    const answer = await client.attempt(COMPARE, query, comparison, [403, 404, 409, 422, 451]);
    return answer.refused === undefined ? comparisonOf(answer.data) : undefined;
  });

  return async (installationId, source, from, to) => {
    const [base, head] = [from.toLowerCase(), to.toLowerCase()];
    if (!OWNER.test(source.owner) || !NAME.test(source.name)) return undefined;
    if (!COMMIT.test(base) || !COMMIT.test(head)) return undefined;
    if ((await installationOf(source)) !== installationId) return undefined;
    return compare(installationId, source, `${base}...${head}`);
  };
}

/** Keeps what a function found for its arguments, nothing found included. An error is not kept. */
function keeping<A extends readonly unknown[], T>(
  limit: number,
  clock: Clock,
  find: (...what: A) => Promise<T>,
): (...what: A) => Promise<T> {
  const kept = new LRUCache<string, { readonly found: T }>({
    max: limit,
    ttl: SOURCE_KEPT_MS,
    ttlResolution: 0,
    perf: { now: clock },
  });
  return async (...what) => {
    const key = JSON.stringify(what).toLowerCase();
    const known = kept.get(key);
    if (known !== undefined) return known.found;
    const found = await find(...what);
    kept.set(key, { found });
    return found;
  };
}

function comparisonOf(answer: Comparison): SourceComparison {
  return {
    commits: answer.commits.map((one) => ({
      sha: one.sha,
      title: (one.commit.message.trim().split("\n", 1)[0] ?? "").trim().slice(0, TITLE_LIMIT),
      author: one.author?.login ?? one.commit.author?.name ?? "",
      url: one.html_url,
    })),
    total: answer.total_commits,
    status: answer.status,
    behind: answer.behind_by,
    compareUrl: answer.html_url,
  };
}
