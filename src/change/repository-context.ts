import type { Config } from "../config/index.ts";
import type { CommandCall } from "../model/command.ts";
import { UserError } from "../model/errors.ts";
import type { PullRequest } from "../model/github.ts";
import type { GitHubRepository } from "../model/github-repository.ts";
import type { HistoryEntry, RepositoryState, StateAddress } from "../model/state.ts";
import { type Target, targetId } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Repository, Tree } from "../model/tree.ts";
import { configured, identityOnGitHub } from "../targets/index.ts";
import type { ChangePorts } from "./ports.ts";
import type { Signer } from "./signature.ts";

/** A config repository as it is at one moment, for one job. Nothing in it changes. */
export interface RepositoryContext {
  readonly where: StateAddress;
  /** GitHub's number of the repository. */
  readonly repositoryId: number;
  /** Signs for this repository alone. */
  readonly signer: Signer;
  readonly github: GitHubRepository;
  readonly repository: Repository;
  /** The branch that the environments live on, and its head. */
  readonly base: string;
  readonly head: string;
  readonly tree: Tree;
  readonly config: Config;
  readonly targets: TargetPlan;
  readonly state: RepositoryState;
  /** Sluice's own branches with their heads. */
  readonly branches: ReadonlyMap<string, string>;
  /** The repository's page. */
  readonly url: string;
  readonly signal: AbortSignal;
}

const heads = "refs/heads/";
const ours = `${heads}sluice/`;

/**
 * Reads the repository as it is now: one fetch for everything, no REST call. A base without a usable `.sluice.yaml` is
 * a `config` UserError.
 */
export async function openContext(
  ports: ChangePorts,
  where: StateAddress,
  base: string,
  signal: AbortSignal,
  want: readonly string[] = [],
): Promise<RepositoryContext> {
  const github = await ports.github(where.installationId, where.repository);
  const wantIfThere = [`${ours}*`, ports.state.ref];
  const request = { repository: where.repository, want: [`${heads}${base}`, ...want], wantIfThere };
  const repository = await ports.mirrors.open(request, signal);
  const state = await ports.state.read(where, signal, repository);
  const head = await repository.resolve(`${heads}${base}`);
  const tree = await repository.tree(head);
  const source = { tree, objects: repository.objects };
  const reads = { ...ports, repository: identityOnGitHub(ports.webUrl, where.repository, base), signal };
  const { config, plan: targets } = await configured(source, reads);
  const refs = await repository.refs(ours);
  const branches = new Map([...refs].map(([ref, sha]) => [ref.slice(heads.length), sha]));
  const url = `${ports.webUrl}/${where.repository.owner}/${where.repository.name}`;
  const repositoryId = await github.repositoryId();
  const signer = ports.signer.of(repositoryId);
  return {
    where,
    repositoryId,
    signer,
    github,
    repository,
    base,
    head,
    tree,
    config,
    targets,
    state,
    branches,
    url,
    signal,
  };
}

/**
 * The same for jobs that nobody waits for: `undefined` where there is no usable `.sluice.yaml`, since then they have
 * nothing to do, and previews say what is wrong with it.
 */
export function openConfigured(...args: Parameters<typeof openContext>): Promise<RepositoryContext | undefined> {
  return openContext(...args).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "config") return undefined;
    throw error;
  });
}

/**
 * The branch that a pull request's promotions live on. Anybody who may push can make another branch with a
 * configuration of their own and open pull requests into it: what the owners decided is on the default branch. A pull
 * request into another one is a `refused` UserError.
 */
export function baseOf({ base, defaultBranch }: Pick<PullRequest, "base" | "defaultBranch">): string {
  if (base.ref === defaultBranch) return defaultBranch;
  throw new UserError(
    "refused",
    `promotions live on \`${defaultBranch}\`, and this pull request goes into \`${base.ref}\``,
    {
      fix: `comment on a pull request into \`${defaultBranch}\``,
    },
  );
}

/** The branch that a command is about: that of the pull request it is on, see `baseOf`; on an issue the default one. */
export async function baseOfCall(
  github: Pick<GitHubRepository, "about" | "pullRequest">,
  { issue, pullRequest }: Pick<CommandCall, "issue" | "pullRequest">,
): Promise<string> {
  return issue === true ? (await github.about()).defaultBranch : baseOf(await github.pullRequest(pullRequest));
}

/** The same repository as it is by now, after somebody else was faster. */
export function reopenContext(
  ports: ChangePorts,
  { where, base, signal }: RepositoryContext,
  want: readonly string[] = [],
): Promise<RepositoryContext> {
  return openContext(ports, where, base, signal, want);
}

/** The target of an app in an environment, at the base. */
export function targetOf(context: RepositoryContext, app: string, environment: string): Target | undefined {
  const id = targetId(app, environment);
  return context.targets.targets.find((target) => target.id === id);
}

/**
 * The history of a target for texts only: one that somebody broke by hand is empty. What decides by it reads
 * `context.state.history`.
 */
export async function historyOf(
  { state }: Pick<RepositoryContext, "state">,
  environment: string,
  app: string,
): Promise<readonly HistoryEntry[]> {
  try {
    return await state.history(environment, app);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
