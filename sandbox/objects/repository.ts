import type { Repository } from "../state.ts";
import { apiUrl, htmlUrl, repositoryById, type World } from "../world.ts";
import { type Json, nodeId, userByLogin } from "./account.ts";

const LINKS: readonly (readonly [string, string])[] = [
  ["forks_url", "/forks"],
  ["keys_url", "/keys{/key_id}"],
  ["collaborators_url", "/collaborators{/collaborator}"],
  ["teams_url", "/teams"],
  ["hooks_url", "/hooks"],
  ["issue_events_url", "/issues/events{/number}"],
  ["events_url", "/events"],
  ["assignees_url", "/assignees{/user}"],
  ["branches_url", "/branches{/branch}"],
  ["tags_url", "/tags"],
  ["blobs_url", "/git/blobs{/sha}"],
  ["git_tags_url", "/git/tags{/sha}"],
  ["git_refs_url", "/git/refs{/sha}"],
  ["trees_url", "/git/trees{/sha}"],
  ["statuses_url", "/statuses/{sha}"],
  ["languages_url", "/languages"],
  ["stargazers_url", "/stargazers"],
  ["contributors_url", "/contributors"],
  ["subscribers_url", "/subscribers"],
  ["subscription_url", "/subscription"],
  ["commits_url", "/commits{/sha}"],
  ["git_commits_url", "/git/commits{/sha}"],
  ["comments_url", "/comments{/number}"],
  ["issue_comment_url", "/issues/comments{/number}"],
  ["contents_url", "/contents/{+path}"],
  ["compare_url", "/compare/{base}...{head}"],
  ["merges_url", "/merges"],
  ["archive_url", "/{archive_format}{/ref}"],
  ["downloads_url", "/downloads"],
  ["issues_url", "/issues{/number}"],
  ["pulls_url", "/pulls{/number}"],
  ["milestones_url", "/milestones{/number}"],
  ["notifications_url", "/notifications{?since,all,participating}"],
  ["labels_url", "/labels{/name}"],
  ["releases_url", "/releases{/id}"],
  ["deployments_url", "/deployments"],
];

/** The repository's base address in the API. */
export function repositoryApi(world: World, repository: Repository): string {
  return `${apiUrl(world)}/repos/${repository.owner}/${repository.name}`;
}

/** The clone address. */
export function cloneUrl(world: World, repository: Repository): string {
  return `${htmlUrl(world, repository)}.git`;
}

/** `repository`, also valid inside webhook payloads. */
export function repositoryObject(world: World, repository: Repository): Json {
  const url = repositoryApi(world, repository);
  const html = htmlUrl(world, repository);
  const open = repository.pulls.filter((pull) => pull.state === "open").length;
  const forks = world.state.repositories.filter((one) => one.forkOf === repository.id).length;
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    private: repository.private,
    owner: userByLogin(world, repository.owner),
    html_url: html,
    description: repository.description,
    fork: repository.forkOf !== null,
    url,
    ...Object.fromEntries(LINKS.map(([key, tail]) => [key, url + tail])),
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    git_url: cloneUrl(world, repository),
    ssh_url: cloneUrl(world, repository),
    clone_url: cloneUrl(world, repository),
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    forks,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
    allow_merge_commit: repository.mergeMethods.includes("merge"),
    allow_squash_merge: repository.mergeMethods.includes("squash"),
    allow_rebase_merge: repository.mergeMethods.includes("rebase"),
    allow_auto_merge: false,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
  };
}

/** What webhook payloads want besides. */
export function webhookRepository(world: World, repository: Repository): Json {
  return { ...repositoryObject(world, repository), custom_properties: {} };
}

/** `full-repository`. */
export function fullRepositoryObject(world: World, repository: Repository): Json {
  const parent = repository.forkOf === null ? undefined : repositoryById(world, repository.forkOf);
  const source = parent && repositoryObject(world, parent);
  return {
    ...repositoryObject(world, repository),
    network_count: 0,
    subscribers_count: 0,
    ...(source === undefined ? {} : { parent: source, source }),
  };
}
