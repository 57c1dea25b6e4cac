import { z } from "zod";
import type { CommitCheck } from "../model/github-repository.ts";
import type { Client } from "./client.ts";
import { CHECK_PAGES } from "./limits.ts";

const RUNS = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
const STATUSES = "GET /repos/{owner}/{repo}/commits/{ref}/status";

const run = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  html_url: z.string().nullish(),
  details_url: z.string().nullish(),
  completed_at: z.string().nullish(),
  app: z.object({ id: z.number() }).nullish(),
});

const status = z.object({
  context: z.string(),
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  updated_at: z.string(),
});

/** Conclusions that GitHub itself lets pass where a check is required. */
const PASSED = new Set(["success", "neutral", "skipped"]);

const RANK = { passed: 0, pending: 1, failed: 2 } as const satisfies Readonly<Record<CommitCheck["state"], number>>;

/**
 * See `GitHubRepository.checks`. Where several have one name the worst state holds, and of equal ones the last: nobody
 * passes a gate by reporting under the name of another.
 */
export async function readChecks(client: Client, appId: number, sha: string): Promise<readonly CommitCheck[]> {
  const runs = await collect(client.pages(RUNS, { ref: sha, filter: "latest" }, run, "check_runs"));
  const statuses = await collect(client.pages(STATUSES, { ref: sha }, status, "statuses"));
  const worst = new Map<string, CommitCheck>();
  for (const one of [...runs.filter(({ app }) => app?.id !== appId).map(ofRun), ...statuses.map(ofStatus)]) {
    const before = worst.get(one.name);
    if (before === undefined || isWorse(one, before)) worst.set(one.name, one);
  }
  return [...worst.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isWorse(one: CommitCheck, other: CommitCheck): boolean {
  if (one.state !== other.state) return RANK[one.state] > RANK[other.state];
  return (one.completedAt ?? "") > (other.completedAt ?? "");
}

/** GitHub keeps a thousand of each. */
async function collect<T>(pages: AsyncGenerator<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  let seen = 0;
  for await (const page of pages) {
    all.push(...page);
    seen += 1;
    if (seen === CHECK_PAGES) break;
  }
  return all;
}

function ofRun(one: z.infer<typeof run>): CommitCheck {
  const state = one.status !== "completed" ? "pending" : PASSED.has(one.conclusion ?? "") ? "passed" : "failed";
  const completedAt = state === "pending" ? undefined : (one.completed_at ?? undefined);
  return { name: one.name, state, url: one.html_url ?? one.details_url ?? undefined, completedAt };
}

function ofStatus(one: z.infer<typeof status>): CommitCheck {
  const state = one.state === "success" ? "passed" : one.state === "pending" ? "pending" : "failed";
  const completedAt = state === "pending" ? undefined : one.updated_at;
  return { name: one.context, state, url: one.target_url ?? undefined, completedAt };
}
