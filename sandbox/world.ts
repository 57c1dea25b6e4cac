import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { notFound } from "./errors.ts";
import type { Account, Installation, Pull, Repository, State } from "./state.ts";
import type { Issue, PullFacts } from "./state-parts.ts";
import type { DeliveryMode, Fault, LocalGitHubOptions, RequestRecord } from "./types.ts";

/** Everything the parts of the sandbox share: the state, the clock, the addresses. */
export interface World {
  readonly state: State;
  readonly dataDir: string;
  readonly options: LocalGitHubOptions;
  readonly requests: RequestRecord[];
  readonly faults: { fault: Fault; left: number }[];
  readonly webhook: {
    url: string | undefined;
    mode: DeliveryMode;
    held: (() => void)[];
    readonly pending: Set<Promise<unknown>>;
    /** Aborts what is under way when the sandbox stops. */
    readonly stop: AbortController;
  };
  /** Set when the server listens. */
  origin: string;
  /** REST requests per actor. */
  readonly spent: Map<string, number>;
  /** What git said about the sizes of pull requests, by commits. */
  readonly sizes: Map<string, Promise<Omit<PullFacts, "mergeable">>>;
  /** The last change of refs that is under way. */
  turn: Promise<unknown>;
}

/** The present time. */
export function now(world: World): Date {
  return world.options.clock?.() ?? new Date();
}

/** The present time as GitHub writes it, without milliseconds. */
export function nowIso(world: World): string {
  return iso(now(world));
}

/** A time as GitHub writes it. */
export function iso(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** A new id, unique in the whole sandbox. */
export function nextId(world: World): number {
  world.state.nextId += 1;
  return world.state.nextId;
}

/** The API's base address. */
export function apiUrl(world: World): string {
  return `${world.origin}/api/v3`;
}

/** The login of the app's bot. */
export function botLogin(world: World): string {
  return `${world.state.app.slug}[bot]`;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The account, or undefined. Logins are compared without case, as on GitHub. */
export function findAccount(world: World, login: string): Account | undefined {
  return world.state.accounts.find((account) => same(account.login, login));
}

/** The account; an unknown login becomes a new one. */
export function ensureAccount(world: World, login: string, type: Account["type"] = "User"): Account {
  const known = findAccount(world, login);
  if (known) return known;
  const token = type === "User" ? `ghp_${randomBytes(18).toString("hex")}` : "";
  const account: Account = { id: nextId(world), login, type, token };
  world.state.accounts.push(account);
  return account;
}

/** A person who acts; an unknown login becomes a new account. */
export function person(world: World, login: string): { login: string; byApp: boolean } {
  return { login: ensureAccount(world, login).login, byApp: false };
}

/** The installation on an account, or undefined. */
export function findInstallation(world: World, login: string): Installation | undefined {
  return world.state.installations.find((installation) => same(installation.account, login));
}

/** The repository, or undefined. */
export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  return world.state.repositories.find((one) => same(one.owner, owner) && same(one.name, name));
}

/** The repository that had this name before, where none has it now. */
export function formerlyNamed(world: World, owner: string, name: string): Repository | undefined {
  if (findRepository(world, owner, name)) return undefined;
  return world.state.repositories.findLast(
    (one) => same(one.owner, owner) && one.formerNames?.some((former) => same(former, name)),
  );
}

/** The repository; throws 404. */
export function repositoryOf(world: World, ref: { owner: string; name: string }): Repository {
  const repository = findRepository(world, ref.owner, ref.name);
  if (!repository) throw notFound();
  return repository;
}

/** The repository with this id; throws 404. */
export function repositoryById(world: World, id: number): Repository {
  const repository = world.state.repositories.find((one) => one.id === id);
  if (!repository) throw notFound();
  return repository;
}

/** The commit at a branch as last seen, undefined when there is none. */
export function branchHead(repository: Repository, branch: string): string | undefined {
  return repository.refs[`refs/heads/${branch}`];
}

/** The pull request; throws 404. */
export function pullOf(repository: Repository, number: number): Pull {
  const pull = repository.pulls.find((one) => one.number === number);
  if (!pull) throw notFound();
  return pull;
}

/** The pull request or issue of this number; throws 404. */
export function issueOf(repository: Repository, number: number): Pull | Issue {
  const issue = repository.issues?.find((one) => one.number === number);
  return issue ?? pullOf(repository, number);
}

/** Whether it is a pull request. */
export function isPull(issue: Pull | Issue): issue is Pull {
  return "headSha" in issue;
}

/** The bare repository's folder. */
export function gitDirOf(world: World, repository: { owner: string; name: string }): string {
  return join(world.dataDir, "git", repository.owner, `${repository.name}.git`);
}

/** The address of the repository's page. */
export function htmlUrl(world: World, repository: { owner: string; name: string }): string {
  return `${world.origin}/${repository.owner}/${repository.name}`;
}

/** Runs one at a time: changes of refs must not interleave, and forks make one repository's concern another's. */
export function exclusively<T>(world: World, work: () => Promise<T>): Promise<T> {
  const result = world.turn.then(work, work);
  world.turn = result.catch(() => undefined);
  return result;
}
