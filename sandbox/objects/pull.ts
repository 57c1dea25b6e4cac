import { unmetRules } from "../protection.ts";
import { roleOf } from "../roles.ts";
import type { Pull, Repository } from "../state.ts";
import type { PullFacts } from "../state-parts.ts";
import { ensureAccount, findRepository, htmlUrl, repositoryById, type World } from "../world.ts";
import { type Json, nodeId, userByLogin, userObject } from "./account.ts";
import { repositoryApi, repositoryObject, webhookRepository } from "./repository.ts";
import { teamObject, webhookTeam } from "./team.ts";

/** How GitHub calls the relation of a person to a repository. */
export function authorAssociation(world: World, repository: Repository, login: string): string {
  if (login === repository.owner) return "OWNER";
  const role = roleOf(world, repository, login);
  if (role === "none") return "NONE";
  const owner = ensureAccount(world, repository.owner);
  if (owner.type === "Organization" && role !== "read") return "MEMBER";
  if (role !== "read") return "COLLABORATOR";
  return repository.pulls.some((pull) => pull.author === login && pull.mergedAt !== null) ? "CONTRIBUTOR" : "NONE";
}

function refObject(world: World, repository: Repository, ref: string, sha: string, full: Json): Json {
  return {
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: userByLogin(world, repository.owner),
    repo: full,
  };
}

function pullLinks(world: World, repository: Repository, pull: Pull): Json {
  const api = repositoryApi(world, repository);
  const url = `${api}/pulls/${pull.number}`;
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}`;
  return {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api}/issues/${pull.number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${pull.number}/comments`,
    statuses_url: `${api}/statuses/${pull.headSha}`,
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: `${api}/issues/${pull.number}` },
      comments: { href: `${api}/issues/${pull.number}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: `${api}/statuses/${pull.headSha}` },
    },
  };
}

/** `label` of the repository; every label that a pull request has is one of them. */
export function labelObject(world: World, repository: Repository, name: string): Json {
  const label = repository.labels.find((one) => one.name === name);
  if (!label) throw new Error(`the repository has no label ${name}`);
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: `${repositoryApi(world, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    color: label.color,
    default: false,
    description: "",
  };
}

/** The GraphQL id of a pull request. */
export function pullNodeId(pull: Pull): string {
  return nodeId("PullRequest", pull.id);
}

/** REST and webhooks show some of the objects inside a pull request differently. */
export type PullForm = "rest" | "webhook";

/** Who is asked for: labels, assignees, reviewers. */
function peopleOf(world: World, repository: Repository, pull: Pull, form: PullForm): Json {
  const assignees = pull.assignees.map((login) => userByLogin(world, login));
  const show = form === "webhook" ? webhookTeam : teamObject;
  const teams = world.state.teams.filter(
    (one) => one.org === repository.owner && pull.requestedTeams.includes(one.slug),
  );
  return {
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map((login) => userByLogin(world, login)),
    requested_teams: teams.map((one) => show(world, one)),
    labels: pull.labels.map((name) => labelObject(world, repository, name)),
  };
}

/** `pull-request-simple`, or `simple-pull-request` of webhook payloads. */
export function pullObject(world: World, repository: Repository, pull: Pull, form: PullForm = "rest"): Json {
  const describe = form === "webhook" ? webhookRepository : repositoryObject;
  const headRepository = repositoryById(world, pull.headRepoId);
  return {
    ...pullLinks(world, repository, pull),
    id: pull.id,
    node_id: pullNodeId(pull),
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userByLogin(world, pull.author),
    body: pull.body === "" ? null : pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    ...peopleOf(world, repository, pull, form),
    milestone: null,
    draft: pull.draft,
    head: refObject(world, headRepository, pull.headRef, pull.headSha, describe(world, headRepository)),
    base: refObject(world, repository, pull.baseRef, pull.baseSha, describe(world, repository)),
    author_association: authorAssociation(world, repository, pull.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** `pull-request`. */
export function fullPullObject(
  world: World,
  repository: Repository,
  pull: Pull,
  facts: PullFacts,
  form: PullForm = "rest",
): Json {
  const mergedBy = pull.mergedBy === null ? null : userObject(world, ensureAccount(world, pull.mergedBy));
  return {
    ...pullObject(world, repository, pull, form),
    merged: pull.mergedAt !== null,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: mergeableState(world, repository, pull, facts),
    merged_by: mergedBy,
    comments: repository.comments.filter((comment) => comment.number === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: facts.commits,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.changedFiles,
  };
}

function mergeableState(world: World, repository: Repository, pull: Pull, facts: PullFacts): string {
  if (facts.mergeable === null) return "unknown";
  if (!facts.mergeable) return "dirty";
  if (pull.draft) return "draft";
  return unmetRules(world, repository, pull) === undefined ? "clean" : "blocked";
}

/** The short form inside check runs. */
export function minimalPullObject(world: World, repository: Repository, pull: Pull): Json {
  const head = repositoryById(world, pull.headRepoId);
  const brief = (one: Repository): Json => ({ id: one.id, url: repositoryApi(world, one), name: one.name });
  return {
    url: `${repositoryApi(world, repository)}/pulls/${pull.number}`,
    id: pull.id,
    number: pull.number,
    head: { ref: pull.headRef, sha: pull.headSha, repo: brief(head) },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo: brief(repository) },
  };
}

/** Splits `owner:branch`; a plain branch belongs to `repository`. Undefined when there is no such fork. */
export function parseHead(
  world: World,
  repository: Repository,
  head: string,
): { repository: Repository; ref: string } | undefined {
  const [owner, ...rest] = head.split(":");
  if (owner === undefined || rest.length === 0) return { repository, ref: head };
  const ref = rest.join(":");
  if (owner === repository.owner) return { repository, ref };
  const fork = world.state.repositories.find((one) => one.owner === owner && one.forkOf === repository.id);
  const found = fork ?? findRepository(world, owner, repository.name);
  return found && { repository: found, ref };
}
