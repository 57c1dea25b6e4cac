import { html } from "hono/html";

import type { Repository } from "../state.ts";
import type { World } from "../world.ts";
import {
  avatar,
  basePath,
  counted,
  type Markup,
  page,
  personField,
  pullState,
  repositoryHead,
  when,
} from "./layout.ts";
import { checksSummary } from "./merge-box.ts";

/** The repositories, of everybody or of one owner. */
export function homePage(world: World, owner?: string): Markup {
  const shown = world.state.repositories.filter((one) => owner === undefined || one.owner === owner);
  const rows = shown.map((one) => {
    const open = one.pulls.filter((pull) => pull.state === "open").length;
    return html`<div class="row">${avatar(world, one.owner, true)}<span class="grow"><a class="title" href="${basePath(one)}">${one.owner}/${one.name}</a> <span class="label">${one.private ? "Private" : "Public"}</span><br><span class="dim small">${one.description ?? ""}</span></span><a href="${basePath(one)}/pulls">${counted(open, "open pull request")}</a></div>`;
  });
  const list = rows.length === 0 ? html`<div class="body dim">No repositories yet.</div>` : html`${rows}`;
  return page(owner ?? "Local GitHub", html`<h1>${owner ?? "Repositories"}</h1><div class="box">${list}</div>`);
}

/** The pull requests of a repository. */
export function pullsPage(_world: World, repository: Repository, state: "open" | "closed"): Markup {
  const base = basePath(repository);
  const count = (wanted: string): number => repository.pulls.filter((pull) => pull.state === wanted).length;
  const rows = repository.pulls
    .filter((pull) => pull.state === state)
    .reverse()
    .map((pull) => {
      const { word, kind } = pullState(pull);
      return html`<div class="row"><span class="state ${kind} small" style="padding:1px 9px">${word}</span><span class="grow"><a class="title" href="${base}/pull/${pull.number}">${pull.title}</a> ${checksSummary(repository, pull)} ${pull.labels.map((label) => html`<span class="label">${label}</span> `)}<br><span class="dim small">#${pull.number} opened ${when(pull.createdAt)} by ${pull.author} · <span class="ref">${pull.headRef}</span></span></span><span class="dim small">💬 ${repository.comments.filter((one) => one.number === pull.number).length}</span></div>`;
    });
  const list =
    rows.length === 0 ? html`<div class="body dim">There are no ${state} pull requests.</div>` : html`${rows}`;
  return page(
    `Pull requests · ${repository.name}`,
    html`${repositoryHead(repository, "pulls")}<div class="box"><div class="head"><a href="${base}/pulls">${count("open")} Open</a> <a href="${base}/pulls?state=closed">${count("closed")} Closed</a><a class="button go" style="margin-left:auto" href="${base}/compare">New pull request</a></div>${list}</div>`,
  );
}

/** The form that opens a pull request. */
export function comparePage(world: World, repository: Repository, problem?: string): Markup {
  const heads = world.state.repositories
    .filter((one) => one === repository || one.forkOf === repository.id)
    .flatMap((one) => branches(one).map((name) => (one === repository ? name : `${one.owner}:${name}`)));
  const option = (name: string, chosen: boolean): Markup =>
    chosen ? html`<option selected>${name}</option>` : html`<option>${name}</option>`;
  const other = heads.find((name) => name !== repository.defaultBranch);
  const warning = problem === undefined ? "" : html`<div class="note-line failure">${problem}</div>`;
  return page(
    "Open a pull request",
    html`${repositoryHead(repository, "pulls")}<h1>Open a pull request</h1>${warning}<form method="post" action="${basePath(repository)}/compare" class="box"><div class="body">
<p>base <select name="base">${branches(repository).map((name) => option(name, name === repository.defaultBranch))}</select> ← compare <select name="head">${heads.map((name) => option(name, name === other))}</select></p>
<p><input type="text" name="title" placeholder="Title" aria-label="Title" required></p>
<textarea name="body" placeholder="Describe the change" aria-label="Description"></textarea>
<div class="actions">${personField(world)}<button class="go push">Create pull request</button></div></div></form>`,
  );
}

function branches(repository: Repository): string[] {
  return Object.keys(repository.refs)
    .filter((name) => name.startsWith("refs/heads/"))
    .map((name) => name.replace("refs/heads/", ""));
}
