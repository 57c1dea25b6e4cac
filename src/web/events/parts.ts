import { html } from "hono/html";
import type { ImageConclusion, PushedImage, TagVerdict } from "../../model/images.ts";
import { queryText } from "./query.ts";

/** A piece of a page; everything in it is escaped. */
export type Html = ReturnType<typeof html>;

/** What the pieces need to know of the world. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where pull requests are read, without slash at the end. */
  readonly webUrl: string;
}

/** A moment, and how long it is ago. */
export function momentOf(at: number, { now }: Surroundings): Html {
  const iso = timeText(at);
  const shown = iso.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return html`<time datetime="${iso}">${shown}</time> <span class="dim">(${agoText(now - at)})</span>`;
}

/** ISO 8601; a number that is no time stays one. */
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
  return `/deliveries/${encodeURIComponent(id)}`;
}

/** What was pushed, leading to what else the log says of it. */
export function pushLine({ image, tag, digest }: PushedImage): Html {
  const shortDigest = digest === undefined ? "" : html` <code class="dim">${digest.slice(0, 19)}…</code>`;
  const name = tag === undefined ? image : `${image}:${tag}`;
  return html`<a href="/deliveries${queryText({ image, tag })}"><code>${name}</code></a>${shortDigest}`;
}

const outcomes = { chosen: "chosen", current: "current", "not-chosen": "not chosen" } as const;

/** Whether a tag was chosen. */
export function badge(outcome: TagVerdict["outcome"]): Html {
  return html`<span class="badge ${outcome}">${outcomes[outcome]}</span>`;
}

/** What was concluded in one configuration. `verdict`: of the tag that this is about. */
export function conclusionPart(
  conclusion: ImageConclusion,
  verdict: TagVerdict | undefined,
  around: Surroundings,
): Html {
  const { repository, unit, image, at, summary } = conclusion;
  const group = unit === image ? "" : html` <span class="dim">in</span> <code>${unit}</code>`;
  const about =
    verdict === undefined
      ? ""
      : html`<p>${badge(verdict.outcome)} <code>${verdict.tag}</code>: ${prose(verdict.reason)}</p>`;
  return html`<div class="head"><h3>${repository}${group}</h3><span class="small">${momentOf(at, around)}</span></div>
${about}<p>${prose(summary)} ${pullLink(conclusion, around)}</p>${tagTable(conclusion.tags)}`;
}

/** A sentence, with what stands between backticks as code. */
function prose(text: string): readonly (Html | string)[] {
  return text.split(/`([^`]*)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function pullLink({ repository, pullRequest }: ImageConclusion, { webUrl }: Surroundings): Html | "" {
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
  const count = tags.length === 1 ? "One tag was looked at" : `${tags.length} tags that were looked at`;
  return html`<details><summary>${count}</summary><table><thead><tr><th>tag</th><th></th><th>why</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}
