import { html } from "hono/html";

import { commitHistory, type LoggedCommit } from "../history.ts";
import type { Repository } from "../state.ts";
import type { Deployment } from "../state-parts.ts";
import { branchHead, gitDirOf, type World } from "../world.ts";
import { basePath, type Markup, page, personField, repositoryHead, when } from "./layout.ts";
import { sign } from "./signs.ts";

const COMMITS_OFFERED = 20;
const STATES = ["success", "failure", "in_progress", "queued", "error", "inactive"] as const;

/**
 * Each environment (or `only` one) with its deployments, newest first, and the form by which a person plays the
 * pipeline.
 */
export async function deploymentsPage(
  world: World,
  repository: Repository,
  { only, problem }: { readonly only?: string; readonly problem?: string } = {},
): Promise<Markup> {
  const head = branchHead(repository, repository.defaultBranch);
  const selection = [head ?? "", "-n", String(COMMITS_OFFERED)];
  const commits = head === undefined ? [] : await commitHistory(gitDirOf(world, repository), selection);
  const names = [...new Set(repository.deployments.map((one) => one.environment))];
  const shown = names.filter((name) => only === undefined || name === only);
  const boxes = shown.map((name) => environmentBox(repository, name));
  const none = html`<div class="box"><div class="body dim">Nothing has been deployed.</div></div>`;
  const warning = problem === undefined ? "" : html`<div class="note-line failure">${problem}</div>`;
  return page(
    `Deployments · ${repository.name}`,
    html`${repositoryHead(repository, "deployments")}${warning}${boxes.length === 0 ? none : boxes}${pipelineForm(world, repository, names, commits)}`,
  );
}

function environmentBox(repository: Repository, name: string): Markup {
  const deployments = repository.deployments.filter((one) => one.environment === name).reverse();
  return html`<div class="box" id="env-${name}"><div class="head"><strong><a href="${basePath(repository)}/deployments/${encodeURIComponent(name)}">${name}</a></strong></div>${deployments.map((one) => deploymentRow(repository, one))}</div>`;
}

function deploymentRow(repository: Repository, one: Deployment): Markup {
  const base = basePath(repository);
  const last = one.statuses.at(-1);
  const pull = repository.pulls.find((other) => other.mergeCommitSha === one.sha && other.mergedAt !== null);
  const about = pull ? html`<a href="${base}/pull/${pull.number}">${pull.title} #${pull.number}</a>` : one.description;
  const history = one.statuses.map(
    (status) =>
      html`<span title="${status.description}">${sign(status.state)}${status.state} ${when(status.createdAt)}</span> `,
  );
  const link = last && last.logUrl !== "" ? html`<a href="${last.logUrl}" rel="nofollow">Log</a>` : "";
  return html`<div class="row">${sign(last?.state ?? null)}<span class="grow"><a class="title" href="${base}/commit/${one.sha}"><code>${one.sha.slice(0, 7)}</code></a> ${about} <span class="dim">${last?.description}</span><br><span class="dim small">by ${one.creator} · ${history}</span></span>${link}</div>`;
}

function pipelineForm(
  world: World,
  repository: Repository,
  names: readonly string[],
  commits: readonly LoggedCommit[],
): Markup {
  const options = commits.map(
    (one) => html`<option value="${one.sha}">${one.sha.slice(0, 7)} ${one.message.split("\n")[0]}</option>`,
  );
  return html`<form method="post" action="${basePath(repository)}/deployments" class="box"><div class="head"><strong>Play the pipeline</strong></div><div class="body">
<div class="actions"><label>Mark <input type="text" name="environment" list="environments" value="${names[0] ?? "staging"}" required style="width:auto"></label><datalist id="environments">${names.map((name) => html`<option value="${name}"></option>`)}</datalist>
<label>at <select name="sha">${options}</select></label> <label>as <select name="state">${STATES.map((state) => html`<option>${state}</option>`)}</select></label></div>
<div class="actions"><input type="text" name="description" placeholder="What happened" aria-label="What happened" maxlength="140"></div>
<div class="actions">${personField(world)}<button class="go push">Report</button></div></div></form>`;
}
