import { html } from "hono/html";
import type { ImageConclusion, PushedImage, TagVerdict } from "../../model/images.ts";
import { queryText } from "./query.ts";

/** A piece of a page; everything in it is escaped. */
export type Html = ReturnType<typeof html>;

/** What all pieces of a page need. */
export interface PageContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Base URL of GitHub's web pages, without a slash at the end. */
  readonly webUrl: string;
}

/** A moment, and how long ago it was. */
export function momentOf(at: number, { now }: PageContext): Html {
  const iso = timeText(at);
  const shown = iso.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return html`<time datetime="${iso}">${shown}</time> <span class="dim">(${agoText(now - at)})</span>`;
}

/** ISO 8601; a number that is no time stays a number. */
export function timeText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? `${at}` : date.toISOString();
}

function agoText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 90) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1_440)} days ago`;
}

/** The address of one event's page. */
export function addressOf(id: string): string {
  return `/events/${encodeURIComponent(id)}`;
}

/** What was pushed, with a link to everything that the log has about it. */
export function pushLine({ image, tag, digest }: PushedImage): Html {
  const shortDigest = digest === undefined ? "" : html` <code class="dim">${digest.slice(0, 19)}…</code>`;
  const name = tag === undefined ? image : `${image}:${tag}`;
  return html`<a href="/events${queryText({ image, tag })}"><code>${name}</code></a>${shortDigest}`;
}

const outcomes = { chosen: "chosen", current: "current", "not-chosen": "not chosen" } as const;

/** Whether a tag was chosen. */
export function badge(outcome: TagVerdict["outcome"]): Html {
  return html`<span class="badge ${outcome}">${outcomes[outcome]}</span>`;
}

/** The conclusion in one configuration. `verdict`: on the tag in question. */
export function conclusionPart(
  conclusion: ImageConclusion,
  verdict: TagVerdict | undefined,
  context: PageContext,
): Html {
  const { repository, unit, image, at, summary } = conclusion;
  const group = unit === image ? "" : html` <span class="dim">in</span> <code>${unit}</code>`;
  const about =
    verdict === undefined
      ? ""
      : html`<p>${badge(verdict.outcome)} ${verdict.reason.startsWith(`${verdict.tag} `) ? "" : html`<code>${verdict.tag}</code>: `}${prose(verdict.reason)}</p>`;
  return html`<div class="head"><h3>${repository}${group}</h3><span class="small">${momentOf(at, context)}</span></div>
${about}<p>${prose(summary)} ${pullLink(conclusion, context)}</p>${tagTable(conclusion.tags)}`;
}

/** A sentence; text between backticks becomes code. */
function prose(text: string): readonly (Html | string)[] {
  return text.split(/`([^`]*)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function pullLink({ repository, pullRequest }: ImageConclusion, { webUrl }: PageContext): Html | "" {
  if (pullRequest === undefined) return "";
  const path = repository.split("/").map(encodeURIComponent).join("/");
  return html`<a href="${webUrl}/${path}/pull/${pullRequest}">#${pullRequest}</a>`;
}

function tagTable(tags: readonly TagVerdict[]): Html | "" {
  if (tags.length === 0) return "";
  const rows = tags.map(
    ({ tag, outcome, reason }) =>
      html`<tr><td><code>${tag}</code></td><td>${badge(outcome)}</td><td>${prose(reason)}</td></tr>`,
  );
  const count = tags.length === 1 ? "One tag considered" : `${tags.length} tags considered`;
  return html`<details><summary>${count}</summary><table><thead><tr><th>tag</th><th></th><th>why</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}
