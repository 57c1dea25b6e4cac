import type { Comment, Pull, Reaction, Repository } from "../state.ts";
import { htmlUrl, type World } from "../world.ts";
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
    html_url: `${htmlUrl(world, repository)}/pull/${comment.number}#issuecomment-${comment.id}`,
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

/** `issue`: a pull request as its issue, also valid inside webhook payloads. */
export function issueObject(world: World, repository: Repository, pull: Pull): Json {
  const api = repositoryApi(world, repository);
  const url = `${api}/issues/${pull.number}`;
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}`;
  const assignees = pull.assignees.map((login) => userByLogin(world, login));
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: pull.id,
    node_id: pullNodeId(pull),
    number: pull.number,
    title: pull.title,
    user: userByLogin(world, pull.author),
    labels: pull.labels.map((name) => labelObject(world, repository, name)),
    state: pull.state,
    locked: false,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: repository.comments.filter((comment) => comment.number === pull.number).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: authorAssociation(world, repository, pull.author),
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: {
      url: `${api}/pulls/${pull.number}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull.mergedAt,
    },
    body: pull.body === "" ? null : pull.body,
    reactions: rollup(url, []),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  };
}
