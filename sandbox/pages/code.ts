import { html, raw } from "hono/html";

import { diffEntries } from "../diff-entries.ts";
import { notFound } from "../errors.ts";
import { git, gitText, revParse } from "../git.ts";
import { commitHistory } from "../history.ts";
import { cloneUrl } from "../objects/repository.ts";
import type { Repository } from "../state.ts";
import { gitDirOf, type World } from "../world.ts";
import { diffView } from "./diff-view.ts";
import { basePath, type Markup, page, repositoryHead, verifiedBadge, when } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";

const MAX_SHOWN = 1_000_000;

/** Splits `<ref>/<path>`, where the ref may contain slashes. */
export async function splitRefPath(dir: string, rest: string): Promise<{ ref: string; sha: string; path: string }> {
  const parts = rest.split("/");
  for (let length = parts.length; length > 0; length -= 1) {
    const ref = parts.slice(0, length).join("/");
    const sha = await revParse(dir, ref);
    if (sha !== undefined) return { ref, sha, path: parts.slice(length).join("/") };
  }
  throw notFound();
}

/** A directory; the repository's front page is its root. */
export async function treePage(world: World, repository: Repository, ref: string, path: string): Promise<Markup> {
  const dir = gitDirOf(world, repository);
  const sha = await revParse(dir, ref);
  const head = html`${repositoryHead(repository, "code")}${branchBar(world, repository, ref, path)}`;
  if (sha === undefined)
    return page(
      repository.name,
      html`${head}<div class="box"><div class="body dim">This repository is empty.</div></div>`,
    );
  const listing = (await git(dir, ["ls-tree", "-z", `${sha}:${path}`])).stdout.toString("utf8");
  const entries = listing
    .split("\0")
    .filter((line) => line !== "")
    .map(parseEntry);
  entries.sort((a, b) =>
    Number(a.folder) - Number(b.folder) === 0 ? a.name.localeCompare(b.name) : Number(b.folder) - Number(a.folder),
  );
  const base = basePath(repository);
  const inner = path === "" ? "" : `${path}/`;
  const rows = entries.map(
    ({ name, folder }) =>
      html`<div class="row"><span class="sign dim">${folder ? "▸" : "·"}</span><a class="grow" href="${base}/${folder ? "tree" : "blob"}/${ref}/${inner}${name}">${name}</a></div>`,
  );
  const readme = entries.find((one) => /^readme\.md$/i.test(one.name));
  const text = readme && (await gitText(dir, ["cat-file", "blob", `${sha}:${inner}${readme.name}`]));
  const about =
    text === undefined
      ? ""
      : html`<div class="box"><div class="body md">${raw(renderMarkdown(text, base))}</div></div>`;
  return page(`${repository.owner}/${repository.name}`, html`${head}<div class="box">${rows}</div>${about}`);
}

function parseEntry(line: string): { name: string; folder: boolean } {
  const [meta = "", name = ""] = line.split("\t");
  return { name, folder: meta.split(" ")[1] === "tree" };
}

function branchBar(world: World, repository: Repository, ref: string, path: string): Markup {
  const base = basePath(repository);
  const branches = Object.keys(repository.refs)
    .filter((name) => name.startsWith("refs/heads/"))
    .map((name) => name.replace("refs/heads/", ""));
  return html`<p><span class="ref">${ref}</span> <strong>${path === "" ? "" : ` / ${path}`}</strong>
<span class="dim small"> branches: ${branches.map((name) => html`<a href="${base}/tree/${name}">${name}</a> `)}</span></p>
<p class="dim small">git clone <span class="mono">${cloneUrl(world, repository)}</span> <a class="button" href="${base}/compare">New pull request</a></p>`;
}

/** A file with line numbers that can be linked to (`#L7`). */
export async function blobPage(world: World, repository: Repository, rest: string): Promise<Markup> {
  const dir = gitDirOf(world, repository);
  const { ref, sha, path } = await splitRefPath(dir, rest);
  const type = (await git(dir, ["cat-file", "-t", `${sha}:${path}`], { ok: [0, 128] })).stdout.toString("utf8").trim();
  if (type !== "blob") throw notFound();
  const bytes = (await git(dir, ["cat-file", "blob", `${sha}:${path}`])).stdout;
  const lines = bytes.subarray(0, MAX_SHOWN).toString("utf8").replace(/\n$/, "").split("\n");
  const rows = lines.map((line, at) => html`<tr id="L${at + 1}"><td class="n">${at + 1}</td><td>${line}</td></tr>`);
  const body = bytes.includes(0)
    ? html`<div class="body dim">Binary file.</div>`
    : html`<table class="lines">${rows}</table>`;
  return page(
    path,
    html`${repositoryHead(repository, "code")}<p><span class="ref">${ref}</span> / <strong>${path}</strong></p><div class="box" style="overflow:auto">${body}</div>`,
  );
}

/** One commit with its diff. */
export async function commitPage(world: World, repository: Repository, revision: string): Promise<Markup> {
  const dir = gitDirOf(world, repository);
  const sha = await revParse(dir, revision);
  const [commit] = sha === undefined ? [] : await commitHistory(dir, [sha, "-n", "1"]);
  if (!commit) throw notFound();
  const parent = commit.parents[0] ?? (await gitText(dir, ["hash-object", "-t", "tree", "/dev/null"]));
  const entries = await diffEntries(dir, `${parent}..${commit.sha}`);
  return page(
    commit.sha.slice(0, 7),
    html`${repositoryHead(repository, "code")}<div class="box"><div class="head"><strong>${commit.message.split("\n")[0]}</strong>${verifiedBadge(repository, commit.sha)}</div><div class="body"><pre style="margin:0 0 8px;white-space:pre-wrap">${commit.message.split("\n").slice(1).join("\n").trim()}</pre><span class="dim small">${commit.author.name} · ${when(commit.author.date)} · <code>${commit.sha}</code></span></div></div>${diffView(entries)}`,
  );
}
