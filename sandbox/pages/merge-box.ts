import { html } from "hono/html";
import { protectionOf, unmetRules } from "../protection.ts";
import { latestRuns, latestStatuses } from "../reported.ts";
import type { Pull, Repository } from "../state.ts";
import type { PullFacts } from "../state-parts.ts";
import type { MergeMethod } from "../types-common.ts";
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
  return html`<div class="box">${rows}${none}${pull.state === "open" ? mergeRow(world, repository, base, pull, facts) : closedRow(world, base, pull)}</div>`;
}

function mergeRow(world: World, repository: Repository, base: string, pull: Pull, facts: PullFacts): Markup {
  const word = facts.mergeable
    ? html`${sign("success")} No conflicts with the base branch`
    : html`${sign("failure")} This branch has conflicts that must be resolved`;
  const unmet = unmetRules(world, repository, pull);
  const rules =
    unmet === undefined
      ? ""
      : html`<div class="row"><span class="grow">${sign("failure")} Merging is blocked: ${unmet}</span></div>`;
  const ready = facts.mergeable === true && !pull.draft && unmet === undefined;
  const merge = ready
    ? mergeButton(repository, base, pull)
    : html`<button class="go" disabled>Merge pull request</button>`;
  return html`<div class="row"><span class="grow">${word}</span></div>${rules}<form method="post" class="row">${merge}<button formaction="${base}/close">Close pull request</button><span class="push">${personField(world)}</span></form>`;
}

const METHOD_LABELS: Readonly<Record<MergeMethod, string>> = {
  merge: "Create a merge commit",
  squash: "Squash and merge",
  rebase: "Rebase and merge",
};

function mergeButton(repository: Repository, base: string, pull: Pull): Markup {
  if (repository.queue.some((one) => one.number === pull.number))
    return html`${sign(null)} In the merge queue <button formaction="${base}/queue/run">Run the queue</button>`;
  if (protectionOf(repository, pull.baseRef)?.mergeQueue)
    return html`<button class="go" formaction="${base}/queue">Add to the merge queue</button>`;
  const options = repository.mergeMethods.map(
    (method) => html`<option value="${method}">${METHOD_LABELS[method]}</option>`,
  );
  return html`<select name="method" aria-label="Method">${options}</select><button class="go" formaction="${base}/merge">Merge pull request</button>`;
}

function closedRow(world: World, base: string, pull: Pull): Markup {
  if (pull.mergedAt !== null)
    return html`<div class="row">${sign("success")}<span class="grow">Merged as <code>${pull.mergeCommitSha?.slice(0, 7)}</code></span></div>`;
  return html`<form method="post" class="row"><span class="grow">Closed with unmerged commits</span>${personField(world)}<button formaction="${base}/reopen">Reopen pull request</button></form>`;
}
