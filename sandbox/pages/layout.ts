import { html, raw } from "hono/html";
import { DEFAULT_PERSON } from "../actions/repositories.ts";
import type { Account, Pull, Repository } from "../state.ts";
import { ensureAccount, type World } from "../world.ts";

/** A piece of HTML whose interpolated values are escaped. */
export type Markup = ReturnType<typeof html>;

/** A whole page. */
export function page(title: string, content: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/-/style.css">
<link rel="icon" href="/-/avatar/1.svg">
</head>
<body>
<header class="top"><a class="brand" href="/">Local GitHub</a><span class="right"><a href="/-/deliveries">Webhook deliveries</a></span></header>
<main>${content}</main>
</body>
</html>`;
}

/** Where a repository's pages are. */
export function basePath(repository: { owner: string; name: string }): string {
  return `/${repository.owner}/${repository.name}`;
}

/** The tabs of a repository. */
export type RepositoryTab = "code" | "pulls" | "issues" | "deployments";

/** The heading and tabs of a repository's pages. */
export function repositoryHead(repository: Repository, current: RepositoryTab): Markup {
  const base = basePath(repository);
  const open = repository.pulls.filter((pull) => pull.state === "open").length;
  const tab = (name: RepositoryTab, href: string, label: Markup): Markup =>
    html`<a href="${href}" ${raw(name === current ? 'aria-current="page"' : "")}>${label}</a>`;
  return html`<p style="font-size:20px;margin:0 0 12px"><a href="/${repository.owner}">${repository.owner}</a> / <a href="${base}"><strong>${repository.name}</strong></a> <span class="label">${repository.private ? "Private" : "Public"}</span></p>
<nav class="tabs">${tab("code", base, html`Code`)}${tab("pulls", `${base}/pulls`, html`Pull requests<span class="count">${open}</span>`)}${tab("issues", `${base}/issues`, html`Issues`)}${tab("deployments", `${base}/deployments`, html`Deployments`)}</nav>`;
}

/** The picture of an account. */
export function avatar(world: World, login: string, tiny = false): Markup {
  const account = ensureAccount(world, login);
  const classes = `avatar${tiny ? " tiny" : ""}${account.type === "Bot" ? " bot" : ""}`;
  return html`<img class="${classes}" src="/-/avatar/${account.id}.svg" alt="">`;
}

/** An account's picture as SVG: its initial on its own colour. */
export function avatarSvg(account: Account | undefined): string {
  const hue = ((account?.id ?? 0) * 137) % 360;
  const letter = (account?.login.replace(/[^a-z\d]/gi, "") ?? "?").slice(0, 1).toUpperCase();
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 45% 45%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" font-weight="600" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
}

/** A moment, readable by people and machines. */
export function when(time: string): Markup {
  return html`<time datetime="${time}">${time.replace("T", " ").replace(/:\d\d(\.\d+)?Z$/, " UTC")}</time>`;
}

/** The state of a pull request as a word and a class. */
export function pullState(pull: Pull): { word: string; kind: string } {
  if (pull.mergedAt !== null) return { word: "Merged", kind: "merged" };
  if (pull.state === "closed") return { word: "Closed", kind: "closed" };
  return pull.draft ? { word: "Draft", kind: "draft" } : { word: "Open", kind: "open" };
}

/** Marks a commit that GitHub signed. */
export function verifiedBadge(repository: Repository, sha: string): Markup | string {
  return repository.signed.includes(sha) ? html` <span class="label ok">Verified</span>` : "";
}

/** Chooses who acts. */
export function personField(world: World): Markup {
  const people = world.state.accounts.filter((account) => account.type === "User" && account.token !== "");
  const logins = [...new Set([DEFAULT_PERSON, ...people.map((account) => account.login)])];
  return html`<label class="dim small">as <select name="by">${logins.map((login) => html`<option>${login}</option>`)}</select></label>`;
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
