import { html, raw } from "hono/html";

import type { Pull, Repository } from "../state.ts";
import type { Review } from "../state-parts.ts";
import type { World } from "../world.ts";
import { avatar, basePath, type Markup, personField, when } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { sign } from "./signs.ts";

/** A review in the conversation. */
export function reviewEntry(world: World, repository: Repository, review: Review): Markup {
  const [state, words] = wordsOf(review);
  const text =
    review.body === ""
      ? ""
      : html`<div class="body md">${raw(renderMarkdown(review.body, basePath(repository)))}</div>`;
  const { dismissal } = review;
  const dismissed =
    dismissal === null
      ? ""
      : html`<div class="body dim"><strong>${dismissal.by}</strong> dismissed this review: ${dismissal.message}</div>`;
  return html`<div class="entry" id="pullrequestreview-${review.id}">${avatar(world, review.author)}<div class="box"><div class="head">${sign(state)}<strong>${review.author}</strong><span class="dim">${words} at <code>${review.commitId.slice(0, 7)}</code> ${when(review.submittedAt)}</span></div>${text}${dismissed}</div></div>`;
}

function wordsOf(review: Review): readonly [string, string] {
  switch (review.state) {
    case "APPROVED":
      return ["success", "approved these changes"];
    case "CHANGES_REQUESTED":
      return ["failure", "requested changes"];
    case "COMMENTED":
      return ["neutral", "reviewed"];
    case "DISMISSED":
      return ["neutral", "reviewed (dismissed)"];
    default:
      return review.state satisfies never;
  }
}

/** The form by which a person reviews. */
export function reviewForm(world: World, repository: Repository, pull: Pull): Markup {
  return html`<form method="post" action="${basePath(repository)}/pull/${pull.number}/review" class="box"><div class="head"><strong>Review these changes</strong></div><div class="body"><textarea name="body" aria-label="Review" placeholder="Needed unless you approve"></textarea><div class="actions">${personField(world)}<span class="push"><button name="event" value="COMMENT">Comment</button> <button name="event" value="REQUEST_CHANGES">Request changes</button> <button class="go" name="event" value="APPROVE">Approve</button></span></div></div></form>`;
}
