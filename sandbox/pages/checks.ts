import { html, raw } from "hono/html";

import { pullFacts } from "../pull-facts.ts";
import { latestRuns } from "../reported.ts";
import type { CheckRun, Pull, Repository, StoredAnnotation } from "../state.ts";
import type { World } from "../world.ts";
import { basePath, type Markup, page, personField, repositoryHead, when } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { pullFrame } from "./pull.ts";
import { sign } from "./signs.ts";

/** The checks of a pull request's head, one of them opened. */
export async function pullChecksPage(
  world: World,
  repository: Repository,
  pull: Pull,
  chosen?: number,
): Promise<Markup> {
  const facts = await pullFacts(world, repository, pull);
  const runs = latestRuns(repository, pull.headSha);
  const run = runs.find((one) => one.id === chosen) ?? runs[0];
  if (!run)
    return pullFrame(
      repository,
      pull,
      facts,
      "checks",
      html`<div class="box"><div class="body dim">No checks on this commit.</div></div>`,
    );
  const base = `${basePath(repository)}/pull/${pull.number}/checks`;
  const links = runs.map(
    (one) =>
      html`<a href="${base}?run=${one.id}" ${raw(one === run ? 'aria-current="page"' : "")}>${sign(one.conclusion)} ${one.name}</a>`,
  );
  const content = html`<div class="columns"><nav class="side">${links}</nav><div>${runView(world, repository, run)}</div></div>`;
  return pullFrame(repository, pull, facts, "checks", content);
}

/** One check run by itself. */
export function runPage(world: World, repository: Repository, run: CheckRun): Markup {
  return page(run.name, html`${repositoryHead(repository, "pulls")}${runView(world, repository, run)}`);
}

function runView(world: World, repository: Repository, run: CheckRun): Markup {
  const base = basePath(repository);
  const words = [run.summary, run.text].filter((text) => text !== null && text !== "");
  const ended = run.completedAt === null ? "" : html` · completed ${when(run.completedAt)}`;
  return html`<div class="box"><div class="head">${sign(run.conclusion)}<strong>${run.name}</strong><span class="dim">${run.conclusion ?? run.status} on <code>${run.headSha.slice(0, 7)}</code>${ended}</span>
${run.status === "completed" ? rerunForm(world, base, run) : ""}</div>
<div class="body"><h2 style="margin-top:0">${run.title ?? run.name}</h2>${words.map((text) => html`<div class="md">${raw(renderMarkdown(text ?? "", base))}</div><br>`)}</div></div>
${run.annotations.length === 0 ? "" : html`<h2>Annotations</h2>`}${run.annotations.map((one) => annotationView(base, run, one))}`;
}

function annotationView(base: string, run: CheckRun, one: StoredAnnotation): Markup {
  const lines = one.start_line === one.end_line ? `${one.start_line}` : `${one.start_line}–${one.end_line}`;
  const details = one.raw_details === null ? "" : html`<pre>${one.raw_details}</pre>`;
  return html`<div class="note-line ${one.annotation_level}"><strong>${one.title ?? one.annotation_level}</strong> <a class="mono" href="${base}/blob/${run.headSha}/${one.path}#L${one.start_line}">${one.path}:${lines}</a><pre>${one.message}</pre>${details}</div>`;
}

function rerunForm(world: World, base: string, run: CheckRun): Markup {
  return html`<form method="post" action="${base}/runs/${run.id}/rerequest" style="margin-left:auto" class="inline">${personField(world)} <button>Re-run</button></form>`;
}
