import type { Pull, Repository } from "../state.ts";
import type { Review } from "../state-parts.ts";
import { htmlUrl, type World } from "../world.ts";
import { type Json, nodeId, userByLogin } from "./account.ts";
import { authorAssociation } from "./pull.ts";
import { repositoryApi } from "./repository.ts";

/** `pull-request-review`. Webhook payloads spell the state in small letters. */
export function reviewObject(
  world: World,
  repository: Repository,
  pull: Pull,
  review: Review,
  form: "rest" | "webhook" = "rest",
): Json {
  const html = `${htmlUrl(world, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const url = `${repositoryApi(world, repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: userByLogin(world, review.author),
    body: review.body,
    state: form === "webhook" ? review.state.toLowerCase() : review.state,
    html_url: html,
    pull_request_url: url,
    author_association: authorAssociation(world, repository, review.author),
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
  };
}
