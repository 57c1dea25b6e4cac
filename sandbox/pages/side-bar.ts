import { html } from "hono/html";

import { verdicts } from "../reported.ts";
import type { Pull, Repository } from "../state.ts";
import type { World } from "../world.ts";
import { avatar, type Markup } from "./layout.ts";
import { sign } from "./signs.ts";

/** What stands beside a conversation: reviewers, assignees, labels. */
export function sideBar(world: World, repository: Repository, pull: Pull): Markup {
  const person = (login: string, mark: Markup | string): Markup =>
    html`<div>${avatar(world, login, true)} ${login} ${mark}</div>`;
  const given = verdicts(repository, pull).map((one) =>
    person(one.author, sign(one.state === "APPROVED" ? "success" : "failure")),
  );
  const asked = pull.requestedReviewers.map((login) => person(login, sign(null)));
  const teams = pull.requestedTeams.map((slug) => html`<div>${repository.owner}/${slug} ${sign(null)}</div>`);
  const labels = pull.labels.map((label) => html`<span class="label">${label}</span> `);
  return html`<aside class="facts">
${part("Reviewers", [...given, ...asked, ...teams], "No reviews")}
${part(
  "Assignees",
  pull.assignees.map((login) => person(login, "")),
  "No one assigned",
)}
${part("Labels", labels, "None yet")}
</aside>`;
}

function part(title: string, rows: readonly Markup[], none: string): Markup {
  const content = rows.length === 0 ? html`<span class="dim">${none}</span>` : html`${rows}`;
  return html`<section><h2>${title}</h2>${content}</section>`;
}
