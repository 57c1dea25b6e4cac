import { fillTemplate, normalPath } from "../../../config/values/templates.ts";
import type { Operation, OperationReport } from "../../../model/deploy.ts";
import { Fault, UserError } from "../../../model/errors.ts";
import type { GitHubRepository } from "../../../model/github-repository.ts";
import type { Clock } from "../../../model/observe.ts";
import { joinPath } from "../../../model/paths.ts";
import { visible } from "../../../model/text/lines.ts";
import type { Repository, Tree, TreeChange } from "../../../model/tree.ts";
import type { Desired } from "../engine.ts";
import type { DesiredEnvironment, EnvironmentEngine, EnvironmentStep } from "../environment.ts";
import { manifestFile, readManifestFile, targetOfManifestFile } from "./manifest-file.ts";

/** What hydrating acts through. */
export interface HydratePorts {
  readonly github: Pick<GitHubRepository, "commit" | "createBranch" | "advanceBranch">;
  /** The repository with the branch as it is now, if there is one. */
  open(branch: string, signal: AbortSignal): Promise<Repository>;
  readonly clock: Clock;
}

/** Where an environment is hydrated to; both may hold placeholders. */
export interface HydrateSettings {
  readonly branch: string;
  /** The folder of a target. */
  readonly path: string;
  /** The branch that the environments live on: it is never hydrated to. */
  readonly base: string;
}

const FILE = "manifest.yaml";
const heads = "refs/heads/";
/** How often a commit is planned again because somebody else moved the branch. */
const attempts = 4;

/**
 * Commits what targets render to onto a branch of the environment, from which other tools deploy it: one commit for all
 * that changed, none when nothing did. The branch is all the state there is. Files of people beside Sluice's stay.
 */
export function hydrateEngine(ports: HydratePorts, settings: HydrateSettings): EnvironmentEngine {
  return { step: (desired, signal) => hydrate(ports, settings, desired, signal) };
}

async function hydrate(
  ports: HydratePorts,
  settings: HydrateSettings,
  desired: DesiredEnvironment,
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const branch = branchOf(settings, desired.environment);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const now = await readBranch(ports, branch, signal);
    const plan = await planCommit(settings, desired, now);
    if (plan.changes.length === 0) return { reports: plan.reports };
    signal.throwIfAborted();
    if (await write(ports, { branch, desired, now, changes: plan.changes })) return { reports: plan.reports };
  }
  throw new Fault("unavailable", `${branch} moves faster than it can be written`);
}

/** Throws a `config` UserError for a branch that must not be overwritten. */
function branchOf({ branch: template, base }: HydrateSettings, environment: string): string {
  const branch = fillTemplate(template, { environment });
  const reserved = [base, "sluice-state"].includes(branch) || branch.startsWith("sluice/");
  if (!reserved && isBranchName(branch) && !branch.includes("{app}")) return branch;
  throw new UserError("config", `\`deploy.branch\` of ${environment} cannot be \`${branch}\``, {
    fix: "Name a branch of its own for what is rendered, such as `env/{environment}`.",
  });
}

/** What `git check-ref-format --branch` takes, and no full name of a ref. */
function isBranchName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the check refuses them
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name) || /^(?:-|refs\/)|^(?:@|HEAD)$/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && !/^\.|\.$|\.lock$/.test(part));
}

interface BranchNow {
  readonly repository: Repository;
  /** Absent: there is no such branch. */
  readonly head: string | undefined;
  readonly tree: Tree | undefined;
  /** Of the head, in milliseconds since the epoch; now where there is none. */
  readonly date: number;
}

async function readBranch(ports: HydratePorts, branch: string, signal: AbortSignal): Promise<BranchNow> {
  const repository = await ports.open(branch, signal);
  const head = (await repository.refs(`${heads}${branch}`)).get(`${heads}${branch}`);
  if (head === undefined) return { repository, head, tree: undefined, date: ports.clock() };
  const [facts] = await repository.log({ to: head, limit: 1 });
  return { repository, head, tree: await repository.tree(head), date: Date.parse(facts?.date ?? "") || ports.clock() };
}

interface CommitPlan {
  readonly changes: readonly TreeChange[];
  readonly reports: readonly OperationReport[];
}

async function planCommit(
  settings: HydrateSettings,
  { environment, targets, gone }: DesiredEnvironment,
  now: BranchNow,
): Promise<CommitPlan> {
  const folder = (app: string) => folderOf(settings.path, environment, app);
  const changes: TreeChange[] = [];
  const reports: OperationReport[] = [];
  const taken = new Set<string>();
  for (const target of targets) {
    const path = joinPath(folder(target.app), FILE);
    if (taken.has(path)) throw shared(path, environment);
    taken.add(path);
    const change = await changeOf(path, target, now.tree);
    if (change !== undefined) changes.push(change);
    reports.push({ operation: operationOf(target, now), status: liveStatus(now, change) });
  }
  const left = await leftBehind(now.tree, environment, taken);
  const moved = targets.map(({ app }) => app);
  const apps = new Set([...moved, ...(await gone([...new Set(left.map(({ app }) => app))]))]);
  const deletions = left.flatMap(({ path, app }) => (apps.has(app) ? [{ kind: "delete", path } as const] : []));
  return { changes: [...changes, ...deletions], reports };
}

function liveStatus({ date }: BranchNow, change: TreeChange | undefined): OperationReport["status"] {
  return { state: "live", since: date, changed: change === undefined ? 0 : 1, kept: [] };
}

function operationOf({ app, environment, head, digest }: Desired, { date }: BranchNow): Operation {
  return { id: `${digest.slice(0, 16)}-${head.slice(0, 12)}`, app, environment, head, digest, startedAt: date };
}

function folderOf(template: string, environment: string, app: string): string {
  const path = normalPath(fillTemplate(template, { environment, app }));
  if (!path.split("/").some((name) => name === ".." || name.toLowerCase() === ".git")) return path;
  throw new UserError("config", `\`deploy.path\` of ${environment} leads out of the branch for ${app}`, {
    fix: "Write the path of a folder, such as `{app}`.",
  });
}

function shared(path: string, environment: string): UserError {
  return new UserError("config", `two apps of ${environment} are rendered to \`${path}\``, {
    fix: "Add `{app}` to `deploy.path`.",
  });
}

function ofAnother(path: string, environment: string, owner: string): UserError {
  return new UserError("config", `\`${path}\`, to which ${environment} is rendered, is a file of ${owner}`, {
    fix: `Give each environment a \`deploy.branch\` or \`deploy.path\` of its own; delete the file where ${owner} is no more.`,
  });
}

/** What the file of a target needs; `undefined`: it has this render, to the byte. */
async function changeOf(path: string, target: Desired, tree: Tree | undefined): Promise<TreeChange | undefined> {
  const there = await textAt(tree, path);
  const { app, environment, digest } = target;
  const owner = targetOfManifestFile(there ?? "");
  if (owner !== undefined && owner.environment !== environment) throw ofAnother(path, environment, owner.environment);
  const header = there === undefined ? undefined : readManifestFile(there);
  if (header?.app === app && header.environment === environment && header.digest === digest) return undefined;
  const text = manifestFile(target, await target.yaml());
  if (text === there) return undefined;
  return { kind: "write", path, bytes: Buffer.from(text), executable: false };
}

/** The files that targets of this environment have, or had, beside those that are `taken` now. */
async function leftBehind(
  tree: Tree | undefined,
  environment: string,
  taken: ReadonlySet<string>,
): Promise<readonly { readonly path: string; readonly app: string }[]> {
  const found: { path: string; app: string }[] = [];
  for (const path of (await tree?.files()) ?? []) {
    if (taken.has(path) || !`/${path}`.endsWith(`/${FILE}`)) continue;
    const target = targetOfManifestFile((await textAt(tree, path)) ?? "");
    if (target?.environment === environment) found.push({ path, app: target.app });
  }
  return found;
}

async function textAt(tree: Tree | undefined, path: string): Promise<string | undefined> {
  const bytes = await tree?.read(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

interface Write {
  readonly branch: string;
  readonly desired: DesiredEnvironment;
  readonly now: BranchNow;
  readonly changes: readonly TreeChange[];
}

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Whether the branch moved; never by force. */
async function write({ github }: HydratePorts, { branch, desired, now, changes }: Write): Promise<boolean> {
  const parents = now.head === undefined ? [] : [now.head];
  const baseTree = now.tree?.oid ?? EMPTY_TREE;
  const { sha } = await github.commit({ parents, baseTree, changes, message: messageOf(desired, changes) });
  if (now.head === undefined) return (await github.createBranch(branch, sha)) === "created";
  return (await github.advanceBranch(branch, sha)) === "moved";
}

function messageOf({ environment, head, targets }: DesiredEnvironment, changes: readonly TreeChange[]): string {
  const [only] = targets;
  const what = targets.length === 1 && only !== undefined ? `${visible(only.app)} in ${environment}` : environment;
  const list = changes
    .map(({ kind, path }) => `- ${kind === "delete" ? "remove" : "write"} ${visible(path)}`)
    .slice(0, 100);
  return `Render ${what} at ${head.slice(0, 7)}\n\n${list.join("\n")}\n\nSource-Commit: ${head}\n`;
}
