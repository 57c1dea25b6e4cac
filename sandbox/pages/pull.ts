import { html, raw } from "hono/html";

import { diffEntries } from "../diff-entries.ts";
import { commitHistory } from "../history.ts";
import { baseTip, pullFacts } from "../pull-facts.ts";
import { latestRuns } from "../reported.ts";
import type { Comment, Pull, Repository } from "../state.ts";
import type { PullFacts } from "../state-parts.ts";
import { ensureAccount, gitDirOf, type World } from "../world.ts";
import { diffView } from "./diff-view.ts";
import {
  avatar,
  basePath,
  counted,
  type Markup,
  page,
  personField,
  pullState,
  repositoryHead,
  verifiedBadge,
  when,
} from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { mergeBox } from "./merge-box.ts";
import { reviewEntry, reviewForm } from "./reviews.ts";
import { sideBar } from "./side-bar.ts";

/** The tabs of a pull request. */
export type PullTab = "conversation" | "commits" | "checks" | "files";

const REACTION_SIGNS: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  hooray: "🎉",
  confused: "😕",
  heart: "❤️",
  rocket: "🚀",
  eyes: "👀",
};

/** A page of a pull request around its content. */
export function pullFrame(
  repository: Repository,
  pull: Pull,
  facts: PullFacts,
  current: PullTab,
  content: Markup,
): Markup {
  const base = `${basePath(repository)}/pull/${pull.number}`;
  const { word, kind } = pullState(pull);
  const comments = repository.comments.filter((one) => one.number === pull.number).length;
  const tab = (name: PullTab, tail: string, label: string, count: number): Markup =>
    html`<a href="${base}${tail}" ${raw(name === current ? 'aria-current="page"' : "")}>${label}<span class="count">${count}</span></a>`;
  return page(
    `${pull.title} · #${pull.number}`,
    html`${repositoryHead(repository, "pulls")}<h1>${pull.title} <span class="number">#${pull.number}</span></h1>
<p><span class="state ${kind}">${word}</span> <strong>${pull.author}</strong> <span class="dim">${pull.mergedAt === null ? "wants to merge" : "merged"} ${counted(facts.commits, "commit")} into</span> <span class="ref">${pull.baseRef}</span> <span class="dim">from</span> <span class="ref">${pull.headRef}</span></p>
<nav class="tabs">${tab("conversation", "", "Conversation", comments)}${tab("commits", "/commits", "Commits", facts.commits)}${tab("checks", "/checks", "Checks", latestRuns(repository, pull.headSha).length)}${tab("files", "/files", "Files changed", facts.changedFiles)}</nav>${content}`,
  );
}

/** The conversation: description, comments, what happened, checks and buttons, a box to answer. */
export async function conversationPage(
  world: World,
  repository: Repository,
  pull: Pull,
  problem?: string,
): Promise<Markup> {
  const facts = await pullFacts(world, repository, pull);
  const base = basePath(repository);
  const warning = problem === undefined ? "" : html`<div class="note-line failure">${problem}</div>`;
  const content = html`${warning}<div class="with-side"><div class="timeline">
${entry(world, base, { id: "description", author: pull.author, byApp: pull.byApp, body: pull.body === "" ? "*No description provided.*" : pull.body, createdAt: pull.createdAt })}
${whatWasSaid(world, repository, pull)}
${ending(pull)}
${mergeBox(world, repository, pull, facts)}
<form method="post" action="${base}/pull/${pull.number}/comment" class="box"><div class="head"><strong>Add a comment</strong></div><div class="body"><textarea name="body" aria-label="Comment" placeholder="Markdown, or a command such as /help" required></textarea><div class="actions">${personField(world)}<button class="go push">Comment</button></div></div></form>
${pull.state === "open" ? reviewForm(world, repository, pull) : ""}</div>${sideBar(world, repository, pull)}</div>`;
  return pullFrame(repository, pull, facts, "conversation", content);
}

/** The comments on a pull request or an issue, oldest first. */
export function commentEntries(
  world: World,
  repository: Repository,
  number: number,
): { readonly id: number; readonly markup: Markup }[] {
  return repository.comments
    .filter((one) => one.number === number)
    .map((one) => ({
      id: one.id,
      markup: entry(world, basePath(repository), {
        ...one,
        id: `issuecomment-${one.id}`,
        edited: one.updatedAt !== one.createdAt,
      }),
    }));
}

/** Comments and reviews in the order in which they came. */
function whatWasSaid(world: World, repository: Repository, pull: Pull): Markup[] {
  const comments = commentEntries(world, repository, pull.number);
  const reviews = repository.reviews
    .filter((one) => one.number === pull.number)
    .map((one) => ({ id: one.id, markup: reviewEntry(world, repository, one) }));
  // Ids grow, in the whole sandbox.
  return [...comments, ...reviews].sort((a, b) => a.id - b.id).map((one) => one.markup);
}

interface Entry extends Pick<Comment, "author" | "byApp" | "body" | "createdAt"> {
  readonly id: string;
  readonly edited?: boolean;
  readonly reactions?: Comment["reactions"];
}

/** What one person wrote, as a box. */
export function entry(world: World, base: string, one: Entry): Markup {
  const bot = ensureAccount(world, one.author).type === "Bot" ? html`<span class="label">bot</span>` : "";
  const reactions = Object.entries(REACTION_SIGNS)
    .map(([content, picture]) => ({
      picture,
      users: (one.reactions ?? []).filter((reaction) => reaction.content === content),
    }))
    .filter(({ users }) => users.length > 0)
    .map(
      ({ picture, users }) =>
        html`<span title="${users.map((user) => user.user).join(", ")}">${picture} ${users.length}</span>`,
    );
  const footer = reactions.length === 0 ? "" : html`<div class="reactions">${reactions}</div>`;
  return html`<div class="entry" id="${one.id}">${avatar(world, one.author)}<div class="box"><div class="head"><strong>${one.author}</strong>${bot}<span class="dim">commented ${when(one.createdAt)}${one.edited ? " · edited" : ""}</span></div><div class="body md">${raw(renderMarkdown(one.body, base))}</div>${footer}</div></div>`;
}

function ending(pull: Pull): Markup | string {
  if (pull.mergedAt !== null)
    return html`<div class="note"><strong>${pull.mergedBy}</strong> merged this into <span class="ref">${pull.baseRef}</span> ${when(pull.mergedAt)}</div>`;
  if (pull.closedAt !== null) return html`<div class="note">Closed ${when(pull.closedAt)}</div>`;
  return "";
}

/** The commits of a pull request. */
export async function pullCommitsPage(world: World, repository: Repository, pull: Pull): Promise<Markup> {
  const facts = await pullFacts(world, repository, pull);
  const tip = baseTip(repository, pull);
  const commits = (await commitHistory(gitDirOf(world, repository), [`${tip}..${pull.headSha}`])).reverse();
  const rows = commits.map(
    (one) =>
      html`<div class="row"><span class="grow"><a class="title" href="${basePath(repository)}/commit/${one.sha}">${one.message.split("\n")[0]}</a><br><span class="dim small">${one.author.name} · ${when(one.author.date)}</span></span>${verifiedBadge(repository, one.sha)}<code>${one.sha.slice(0, 7)}</code></div>`,
  );
  return pullFrame(repository, pull, facts, "commits", html`<div class="box">${rows}</div>`);
}

/** The changed files of a pull request. */
export async function pullFilesPage(world: World, repository: Repository, pull: Pull): Promise<Markup> {
  const facts = await pullFacts(world, repository, pull);
  const tip = baseTip(repository, pull);
  const entries = await diffEntries(gitDirOf(world, repository), `${tip}...${pull.headSha}`);
  return pullFrame(repository, pull, facts, "files", diffView(entries));
}
