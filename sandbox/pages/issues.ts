import { html } from "hono/html";

import type { Repository } from "../state.ts";
import type { Issue } from "../state-parts.ts";
import type { World } from "../world.ts";
import { basePath, counted, type Markup, page, personField, repositoryHead, when } from "./layout.ts";
import { commentEntries, entry } from "./pull.ts";

/** The issues of a repository, open ones first. */
export function issuesPage(repository: Repository): Markup {
  const all = [...(repository.issues ?? [])].reverse();
  const rows = [...all.filter(({ state }) => state === "open"), ...all.filter(({ state }) => state === "closed")].map(
    (one) =>
      html`<div class="row">${stateBadge(one)}<span class="grow"><a class="title" href="${basePath(repository)}/issues/${one.number}">${one.title}</a> ${one.labels.map((label) => html`<span class="label">${label}</span> `)}<br><span class="dim small">#${one.number} opened ${when(one.createdAt)} by ${one.author}</span></span></div>`,
  );
  const list = rows.length === 0 ? html`<div class="body dim">There are no issues.</div>` : html`${rows}`;
  const open = all.filter(({ state }) => state === "open").length;
  return page(
    `Issues · ${repository.name}`,
    html`${repositoryHead(repository, "issues")}<div class="box"><div class="head">${counted(open, "open issue")}</div>${list}</div>`,
  );
}

/** An issue with its comments and a box to answer. */
export function issuePage(world: World, repository: Repository, issue: Issue): Markup {
  const base = basePath(repository);
  const body = issue.body === "" ? "*No description provided.*" : issue.body;
  const closed = issue.closedAt === null ? "" : html`<div class="note">Closed ${when(issue.closedAt)}</div>`;
  return page(
    `${issue.title} · #${issue.number}`,
    html`${repositoryHead(repository, "issues")}<h1>${issue.title} <span class="number">#${issue.number}</span></h1><p>${stateBadge(issue)}</p><div class="timeline">
${entry(world, base, { ...issue, id: "description", body })}
${commentEntries(world, repository, issue.number).map((one) => one.markup)}
${closed}
<form method="post" action="${base}/issues/${issue.number}/comment" class="box"><div class="head"><strong>Add a comment</strong></div><div class="body"><textarea name="body" aria-label="Comment" placeholder="Markdown, or a command" required></textarea><div class="actions">${personField(world)}<button class="go push">Comment</button></div></div></form></div>`,
  );
}

function stateBadge({ state }: Issue): Markup {
  return html`<span class="state ${state} small" style="padding:1px 9px">${state === "open" ? "Open" : "Closed"}</span>`;
}
