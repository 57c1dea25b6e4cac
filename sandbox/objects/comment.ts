import type { Comment, Pull, Reaction, Repository } from "../state.ts";
import type { Issue } from "../state-parts.ts";
import { htmlUrl, isPull, issueOf, type World } from "../world.ts";
import { type Json, nodeId, userByLogin } from "./account.ts";
import { appObject } from "./app.ts";
import { authorAssociation, labelObject, pullNodeId } from "./pull.ts";
import { repositoryApi } from "./repository.ts";

/** Every reaction that GitHub knows. */
export const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;

/** `reaction-rollup`. */
function rollup(url: string, reactions: readonly Reaction[]): Json {
  const count = (content: string): number => reactions.filter((one) => one.content === content).length;
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...Object.fromEntries(REACTIONS.map((content) => [content, count(content)])),
  };
}

/** `issue-comment`, also valid inside webhook payloads. */
export function commentObject(world: World, repository: Repository, comment: Comment): Json {
  const api = repositoryApi(world, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${issuePage(world, repository, issueOf(repository, comment.number))}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.number}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: userByLogin(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(world, repository, comment.author),
    body: comment.body,
    reactions: rollup(url, comment.reactions),
    performed_via_github_app: comment.byApp ? appObject(world) : null,
  };
}

/** `reaction`. */
export function reactionObject(world: World, reaction: Reaction): Json {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: userByLogin(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

/** The page of a pull request or an issue. */
export function issuePage(world: World, repository: Repository, issue: Pull | Issue): string {
  return `${htmlUrl(world, repository)}/${isPull(issue) ? "pull" : "issues"}/${issue.number}`;
}

/** `issue`, which a pull request is too; also valid inside webhook payloads. */
export function issueObject(world: World, repository: Repository, issue: Pull | Issue): Json {
  const api = repositoryApi(world, repository);
  const url = `${api}/issues/${issue.number}`;
  const html = issuePage(world, repository, issue);
  const assignees = issue.assignees.map((login) => userByLogin(world, login));
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: issue.id,
    node_id: isPull(issue) ? pullNodeId(issue) : nodeId("Issue", issue.id),
    number: issue.number,
    title: issue.title,
    user: userByLogin(world, issue.author),
    labels: issue.labels.map((name) => labelObject(world, repository, name)),
    state: issue.state,
    locked: false,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: repository.comments.filter((comment) => comment.number === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: authorAssociation(world, repository, issue.author),
    active_lock_reason: null,
    ...(isPull(issue) ? asPull(api, html, issue) : {}),
    body: issue.body === "" ? null : issue.body,
    reactions: rollup(url, []),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: !isPull(issue) && issue.byApp ? appObject(world) : null,
    state_reason: isPull(issue) ? null : issue.stateReason,
  };
}

function asPull(api: string, html: string, { number, draft, mergedAt }: Pull): Json {
  return {
    draft,
    pull_request: {
      url: `${api}/pulls/${number}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: mergedAt,
    },
  };
}
