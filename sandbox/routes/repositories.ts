import { matchesGlob } from "node:path";

import { diffEntries } from "../diff-entries.ts";
import { ApiError, notFound } from "../errors.ts";
import { gitText } from "../git.ts";
import { commitAt, commitHistory } from "../history.ts";
import { userByLogin } from "../objects/account.ts";
import { commitObject } from "../objects/commit.ts";
import { diffEntryObject } from "../objects/diff-entry.ts";
import { pullObject } from "../objects/pull.ts";
import { fullRepositoryObject, repositoryApi } from "../objects/repository.ts";
import { countCommits, mergeBase } from "../repository-git.ts";
import { legacyPermission, roleOf } from "../roles.ts";
import type { Pull, Repository } from "../state.ts";
import { findAccount, gitDirOf, htmlUrl } from "../world.ts";
import { type Call, onRepository, paged, param, type Reply, type Route, reads } from "./route.ts";

const contents = reads("contents");

function branchesOf(repository: Repository): [string, string][] {
  return Object.entries(repository.refs)
    .filter(([name]) => name.startsWith("refs/heads/"))
    .map(([name, sha]) => [name.replace("refs/heads/", ""), sha]);
}

async function commitOr404(call: Call, repository: Repository, revision: string) {
  const commit = await commitAt(gitDirOf(call.world, repository), revision);
  if (!commit) throw notFound();
  return commit;
}

async function oneBranch(call: Call, repository: Repository): Promise<Reply> {
  const name = param(call, "branch");
  const sha = repository.refs[`refs/heads/${name}`];
  if (sha === undefined) throw new ApiError(404, "Branch not found");
  const commit = await commitOr404(call, repository, sha);
  const self = `${repositoryApi(call.world, repository)}/branches/${name}`;
  const body = {
    name,
    commit: commitObject(call.world, repository, commit),
    _links: { self, html: `${htmlUrl(call.world, repository)}/tree/${name}` },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
    protection_url: `${self}/protection`,
  };
  return { status: 200, body };
}

async function oneCommit(call: Call, repository: Repository): Promise<Reply> {
  const commit = await commitOr404(call, repository, param(call, "ref"));
  const dir = gitDirOf(call.world, repository);
  const parent = commit.parents[0] ?? (await gitText(dir, ["hash-object", "-t", "tree", "/dev/null"]));
  const files = await diffEntries(dir, `${parent}..${commit.sha}`);
  const additions = files.reduce((sum, one) => sum + one.additions, 0);
  const deletions = files.reduce((sum, one) => sum + one.deletions, 0);
  const body = {
    ...commitObject(call.world, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((one) => diffEntryObject(call.world, repository, commit.sha, one)),
  };
  return { status: 200, body };
}

async function listCommits(call: Call, repository: Repository): Promise<Reply> {
  const commit = await commitOr404(call, repository, call.query.sha ?? repository.defaultBranch);
  const path = call.query.path;
  const selection = [commit.sha, ...(path === undefined ? [] : ["--", path])];
  const commits = await commitHistory(gitDirOf(call.world, repository), selection);
  return paged(call, commits, (page) => page.map((one) => commitObject(call.world, repository, one)));
}

async function compare(call: Call, repository: Repository): Promise<Reply> {
  const [from = "", to = ""] = param(call, "basehead").split("...");
  const dir = gitDirOf(call.world, repository);
  const [base, head] = await Promise.all([commitOr404(call, repository, from), commitOr404(call, repository, to)]);
  const common = await mergeBase(dir, base.sha, head.sha);
  if (common === undefined) throw new ApiError(404, `No common ancestor between ${from} and ${to}.`);
  const commits = (await commitHistory(dir, [`${base.sha}..${head.sha}`])).reverse();
  const behind = await countCommits(dir, head.sha, base.sha);
  const files = await diffEntries(dir, `${common}..${head.sha}`);
  const html = `${htmlUrl(call.world, repository)}/compare/${from}...${to}`;
  const status = commits.length > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical";
  return paged(call, commits, (page) => ({
    url: `${repositoryApi(call.world, repository)}/compare/${from}...${to}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitObject(call.world, repository, base),
    merge_base_commit: commitObject(call.world, repository, common === base.sha ? base : { ...base, sha: common }),
    status,
    ahead_by: commits.length,
    behind_by: behind,
    total_commits: commits.length,
    commits: page.map((one) => commitObject(call.world, repository, one)),
    files: files.slice(0, 300).map((one) => diffEntryObject(call.world, repository, head.sha, one)),
  }));
}

/** The pull requests that a commit belongs to: it is what their merge made, or among the commits that they bring. */
async function pullsWith(call: Call, repository: Repository, sha: string): Promise<Pull[]> {
  const direct = repository.pulls.filter((pull) => pull.headSha === sha || pull.mergeCommitSha === sha);
  if (direct.length > 0) return direct;
  const dir = gitDirOf(call.world, repository);
  const { sha: full } = await commitOr404(call, repository, sha);
  const brings = async (pull: Pull): Promise<boolean> => {
    const listed = await gitText(dir, ["rev-list", `${pull.baseSha}..${pull.headSha}`]);
    return listed.split("\n").includes(full);
  };
  const answers = await Promise.all(repository.pulls.map(brings));
  return repository.pulls.filter((_, at) => answers[at]);
}

function permission(call: Call, repository: Repository): Reply {
  const account = findAccount(call.world, param(call, "username"));
  if (!account) throw notFound();
  const role = roleOf(call.world, repository, account.login);
  return {
    status: 200,
    body: {
      permission: legacyPermission(role),
      role_name: role,
      user: { ...userByLogin(call.world, account.login), role_name: role },
    },
  };
}

/** The rules that hold for a branch of this name, whether or not there is one. */
function branchRules(call: Call, repository: Repository): Reply {
  const branch = param(call, "branch");
  const name = `${repository.owner}/${repository.name}`;
  const rules = (repository.rulesets ?? [])
    .filter(({ branches }) => branches.some((pattern) => matchesGlob(branch, pattern)))
    .flatMap(({ id, rules: types }) =>
      types.map((type) => ({ type, ruleset_source_type: "Repository", ruleset_source: name, ruleset_id: id })),
    );
  return paged(call, rules, (page) => page);
}

/** Repositories, branches, commits, contents, permissions, rules of branches. */
export const repositoryRoutes: readonly Route[] = [
  onRepository("GET", "/repos/{owner}/{repo}", reads("metadata"), (call, repository) => ({
    status: 200,
    body: fullRepositoryObject(call.world, repository),
  })),
  onRepository("GET", "/repos/{owner}/{repo}/branches", contents, (call, repository) =>
    paged(call, branchesOf(repository), (page) =>
      page.map(([name, sha]) => ({
        name,
        commit: { sha, url: `${repositoryApi(call.world, repository)}/commits/${sha}` },
        protected: false,
      })),
    ),
  ),
  onRepository("GET", "/repos/{owner}/{repo}/branches/{branch}", contents, oneBranch),
  onRepository(
    "GET",
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    reads("pull_requests"),
    async (call, repository) => {
      const found = await pullsWith(call, repository, param(call, "commit_sha"));
      return paged(call, found, (page) => page.map((pull) => pullObject(call.world, repository, pull)));
    },
  ),
  onRepository("GET", "/repos/{owner}/{repo}/commits", contents, listCommits),
  onRepository("GET", "/repos/{owner}/{repo}/commits/{ref}", contents, oneCommit),
  onRepository("GET", "/repos/{owner}/{repo}/compare/{basehead}", contents, compare),
  onRepository("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", reads("metadata"), permission),
  onRepository("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", reads("metadata"), branchRules),
];
