import { html } from "hono/html";

import type { PullFacts } from "../objects/pull.ts";
import { latestRuns, latestStatuses } from "../reported.ts";
import type { Pull, Repository } from "../state.ts";
import type { World } from "../world.ts";
import { basePath, type Markup, personField } from "./layout.ts";
import { sign } from "./signs.ts";

/** One sign per check, for lists. */
export function checksSummary(repository: Repository, pull: Pull): Markup {
  return html`${latestRuns(repository, pull.headSha).map((run) => sign(run.conclusion))}`;
}

/** Checks, mergeability and the buttons below a conversation. */
export function mergeBox(world: World, repository: Repository, pull: Pull, facts: PullFacts): Markup {
  const base = `${basePath(repository)}/pull/${pull.number}`;
  const runs = latestRuns(repository, pull.headSha).map(
    (run) =>
      html`<div class="row">${sign(run.conclusion)}<span class="grow"><strong>${run.name}</strong> <span class="dim">— ${run.title ?? run.status}</span></span><a href="${basePath(repository)}/runs/${run.id}">Details</a></div>`,
  );
  const statuses = latestStatuses(repository, pull.headSha).map(
    (one) =>
      html`<div class="row">${sign(one.state)}<span class="grow"><strong>${one.context}</strong> <span class="dim">— ${one.description ?? one.state}</span></span></div>`,
  );
  const rows = [...runs, ...statuses];
  const none = rows.length === 0 ? html`<div class="row dim">No checks have been reported on this commit.</div>` : "";
  return html`<div class="box">${rows}${none}${pull.state === "open" ? mergeRow(world, base, pull, facts) : closedRow(world, base, pull)}</div>`;
}

function mergeRow(world: World, base: string, pull: Pull, facts: PullFacts): Markup {
  const word = facts.mergeable
    ? html`${sign("success")} No conflicts with the base branch`
    : html`${sign("failure")} This branch has conflicts that must be resolved`;
  const merge =
    facts.mergeable && !pull.draft
      ? html`<select name="method" aria-label="Method"><option value="merge">Create a merge commit</option><option value="squash">Squash and merge</option><option value="rebase">Rebase and merge</option></select><button class="go" formaction="${base}/merge">Merge pull request</button>`
      : html`<button class="go" disabled>Merge pull request</button>`;
  return html`<div class="row"><span class="grow">${word}</span></div><form method="post" class="row">${merge}<button formaction="${base}/close">Close pull request</button><span class="push">${personField(world)}</span></form>`;
}

function closedRow(world: World, base: string, pull: Pull): Markup {
  if (pull.mergedAt !== null)
    return html`<div class="row">${sign("success")}<span class="grow">Merged as <code>${pull.mergeCommitSha?.slice(0, 7)}</code></span></div>`;
  return html`<form method="post" class="row"><span class="grow">Closed with unmerged commits</span>${personField(world)}<button formaction="${base}/reopen">Reopen pull request</button></form>`;
}
