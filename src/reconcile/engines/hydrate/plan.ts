import { fillTemplate, normalPath } from "../../../config/values/templates.ts";
import type { Operation, OperationReport } from "../../../model/deploy.ts";
import { UserError } from "../../../model/errors.ts";
import { joinPath } from "../../../model/paths.ts";
import type { Repository, Tree, TreeChange } from "../../../model/tree.ts";
import type { Desired } from "../engine.ts";
import type { DesiredEnvironment } from "../environment.ts";
import { manifestFile, readManifestFile, targetOfManifestFile } from "./manifest-file.ts";

const FILE = "manifest.yaml";

/** A branch as it is now. */
export interface BranchNow {
  readonly name: string;
  readonly repository: Repository;
  /** Absent: there is no such branch. */
  readonly head: string | undefined;
  readonly tree: Tree | undefined;
  /** Of the head, in milliseconds since the epoch; now where there is none. */
  readonly date: number;
}

/** What is to be committed so that a branch has what Git wants. */
export interface CommitPlan {
  readonly changes: readonly TreeChange[];
  readonly reports: readonly OperationReport[];
}

/** Compares the branch with what the targets render to. Throws `config` UserErrors for paths that are not allowed. */
export async function planCommit(
  settings: { readonly path: string },
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
