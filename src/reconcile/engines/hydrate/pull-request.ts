import { createHash } from "node:crypto";
import type { OperationReport } from "../../../model/deploy.ts";
import type { PullRequest } from "../../../model/github.ts";
import type { TreeChange } from "../../../model/tree.ts";
import type { EnvironmentStep } from "../environment.ts";
import { commitTo, readBranches } from "./branches.ts";
import { type BranchNow, type CommitPlan, planCommit } from "./plan.ts";
import type { HydrateRound } from "./ports.ts";
import { digestIn, nothingLeft, pullRequestText, withoutDigest } from "./pull-request-text.ts";

/**
 * Brings what is rendered onto the branch by a pull request: opens it, updates it in place, and closes it when nothing
 * is left of it. Until a person merges it the targets that it changes wait. One that a person closed stays closed until
 * the render is another one, or somebody asks for a deploy. `moved`: somebody else was faster.
 */
export async function proposeRound(round: HydrateRound): Promise<EnvironmentStep | "moved"> {
  const { ports, branch, path, desired, signal } = round;
  const [now, own] = await readBranches(ports, [branch, proposalBranch(desired.environment, branch, path)], signal);
  const plan = await planCommit({ path }, desired, now);
  if (plan.changes.length === 0) return { reports: await finish(round, own, plan.reports) };
  if (now.head === undefined) return begin(round, now);
  const digest = digestOf(plan.changes);
  const newest = await ports.github.pullRequestOf(own.name, branch);
  if (newest !== undefined && isDeclined(newest, digest, round))
    return { reports: waiting(plan, own.date, `#${newest.number} was closed without a merge`) };
  const head = await carry(round, { now, own, plan });
  if (head === undefined) return "moved";
  const text = pullRequestText(round, plan.changes, digest);
  const pull = newest?.state === "open" ? newest : await open(round, own.name, text);
  if (pull === undefined) return "moved";
  if (pull.byApp && (pull.title !== text.title || pull.body !== text.body))
    await ports.github.updatePullRequest(pull.number, text);
  const since = head === own.head ? own.date : ports.clock();
  return { reports: waiting(plan, since, `#${pull.number} has to be merged into ${branch}`) };
}

/**
 * The branch that the pull request comes from: one for each environment, branch and path. Apps of one environment that
 * are rendered to another path are another round, and would overwrite it.
 */
function proposalBranch(environment: string, branch: string, path: string): string {
  const other = path === "{app}" ? "" : `-${createHash("sha256").update(path).digest("hex").slice(0, 8)}`;
  return `sluice/render/${encodeURIComponent(environment)}/${branch}${other}`;
}

/** A pull request needs a branch to go into, which says what it is for. */
async function begin({ ports, desired }: HydrateRound, now: BranchNow): Promise<"moved"> {
  const text = `# ${now.name}\n\nSluice renders to this branch, through pull requests. Your own files beside its \`manifest.yaml\` stay.\n`;
  const changes = [{ kind: "write", path: "README.md", bytes: Buffer.from(text), executable: false }] as const;
  await commitTo(ports.github, { branch: now, parents: [], baseTree: undefined, desired, changes });
  return "moved";
}

/** Identifies what a pull request brings, whatever commit it was rendered from. */
function digestOf(changes: readonly TreeChange[]): string {
  const hash = createHash("sha256");
  for (const change of changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${change.kind}\0${change.path}\0`).update(change.kind === "write" ? change.bytes : "");
  return hash.digest("hex").slice(0, 16);
}

function isDeclined({ state, merged, body, closedAt = 0 }: PullRequest, digest: string, round: HydrateRound): boolean {
  if (state === "open" || merged || digestIn(body) !== digest) return false;
  return !round.desired.targets.some(({ request }) => request !== undefined && request.at > closedAt);
}

interface Carried {
  /** The branch that the pull request goes into, and comes from. */
  readonly now: BranchNow;
  readonly own: BranchNow;
  readonly plan: CommitPlan;
}

/** Has the pull request's branch give what is planned; gives its head, `undefined` when somebody else moved it. */
async function carry(
  { ports, path, desired }: HydrateRound,
  { now, own, plan: { changes } }: Carried,
): Promise<string | undefined> {
  const { head: base = "", repository } = now;
  const descends = own.head !== undefined && (await repository.isAncestor(base, own.head));
  const planned = new Set(changes.map((change) => change.path));
  const isAsPlanned = async (): Promise<boolean> => {
    if ((await planCommit({ path }, desired, own)).changes.length > 0) return false;
    // What somebody pushed beside these files would be merged with them.
    return (await repository.changedPaths(base, own.head ?? base)).every((changed) => planned.has(changed.path));
  };
  if (descends && (await isAsPlanned())) return own.head;
  const ended = own.head === undefined || (await repository.isAncestor(own.head, base));
  const parents = ended ? [base] : [own.head, ...(descends ? [] : [base])];
  return commitTo(ports.github, { branch: own, parents, baseTree: now.tree, desired, changes });
}

async function open(
  { ports, branch }: HydrateRound,
  head: string,
  text: { readonly title: string; readonly body: string },
): Promise<PullRequest | undefined> {
  return (await ports.github.openPullRequest({ head, base: branch, ...text }))?.pull;
}

function waiting({ reports }: CommitPlan, startedAt: number, reason: string): readonly OperationReport[] {
  return reports.map((report) =>
    report.status.state === "live" && report.status.changed > 0
      ? { operation: { ...report.operation, startedAt }, status: { state: "waiting", reason } }
      : report,
  );
}

/** Nothing is left to be merged: what is open is closed, and the branch goes. */
async function finish(
  { ports: { github }, branch }: HydrateRound,
  own: BranchNow,
  reports: readonly OperationReport[],
): Promise<readonly OperationReport[]> {
  if (own.head === undefined) return reports;
  const pull = await github.pullRequestOf(own.name, branch);
  if (pull?.state === "open" && pull.byApp) {
    await github.upsertComment(pull.number, "closed", nothingLeft(branch));
    // Nobody has declined it: when the same is rendered again, it is proposed again.
    await github.updatePullRequest(pull.number, { body: withoutDigest(pull.body), state: "closed" });
  }
  if (pull?.state !== "open" || pull.byApp) await github.deleteBranch(own.name, own.head);
  return reports;
}
