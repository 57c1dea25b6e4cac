import { html, raw } from "hono/html";
import type { ImageConclusion, RegistryEvent } from "../../model/images.ts";
import { type EventWithConclusions, type FoundEvents, type TagAnswer, verdictOn } from "./look-up.ts";
import { addressOf, conclusionPart, type Html, momentOf, type PageContext, pushLine } from "./parts.ts";
import { type EventQuery, queryText } from "./query.ts";
import { style } from "./style.ts";

/**
 * The log: a search form, the answer about an image if the query names one, and the events. `replayed`: the id of a
 * replay that was just added.
 */
export function listPage(found: FoundEvents, context: PageContext, replayed: string | undefined): Html {
  const { query, events, next, answer } = found;
  const older =
    next === undefined
      ? ""
      : html`<a href="/events${queryText({ ...query, before: next })}" rel="next">Older events</a>`;
  const newest =
    query.before === undefined
      ? ""
      : html`<a href="/events${queryText({ ...query, before: undefined })}">Newest events</a> `;
  const cards = events.map((one) => eventCard(one, context));
  const none = html`<p class="card">${noneText(query)}</p>`;
  return layout(
    query,
    html`${replayed === undefined ? "" : replayNotice(replayed)}${answer === undefined ? "" : answerPart(answer, context)}
<h2>${query.image === undefined ? "Events from registries" : "Events for this image"}</h2>
${cards.length > 0 ? cards : none}
<nav>${newest}${older}</nav>`,
  );
}

/** One event with its conclusions, and a button that replays it. */
export function eventPage({ event, conclusions }: EventWithConclusions, context: PageContext): Html {
  const { id, hook, source, at, pushes, ignored } = event;
  const images = pushes.map((push) => html`<li>${pushLine(push)}</li>`);
  return layout(
    undefined,
    html`<section class="card"><div class="head"><h2>Event <code>${id}</code></h2>
<form method="post" action="${addressOf(id)}/replay"><button>Replay</button></form></div>
<dl class="facts"><dt>Received</dt><dd>${momentOf(at, context)}</dd><dt>Hook</dt><dd>${hook} (${source})</dd>
<dt>Pushed</dt><dd>${pushes.length === 0 ? "nothing" : html`<ul class="plain">${images}</ul>`}</dd></dl>
${ignored === undefined ? "" : ignoredPart(ignored, pushes)}</section>
<section class="card"><h2>Conclusions</h2>
${conclusionList(event, conclusions, context)}</section>`,
  );
}

/** An error page. */
export function wrongPage(title: string, message: string): Html {
  return layout(undefined, html`<section class="card wrong"><h2>${title}</h2><p>${message}</p></section>`);
}

function layout(query: EventQuery | undefined, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice event log</title>
<style>${raw(style)}</style>
</head>
<body>
<header><div><h1><a href="/events">Sluice event log</a></h1>
<form class="search" method="get" action="/events">
<label class="wide">Image<input name="image" value="${query?.image ?? ""}" placeholder="ghcr.io/acme/web" autocomplete="off" spellcheck="false"></label>
<label>Tag<input name="tag" value="${query?.tag ?? ""}" placeholder="1.4.2" autocomplete="off" spellcheck="false"></label>
<button>Why no pull request?</button>
</form></div></header>
<main>
${body}
</main>
</body>
</html>
`;
}

function replayNotice(id: string): Html {
  return html`<p class="card notice">Replayed as <a href="${addressOf(id)}"><code>${id}</code></a>. It appears here once a worker has taken it.</p>`;
}

function noneText({ image, before }: EventQuery): string {
  if (before !== undefined) return "There are no older events. Sluice keeps events for 14 days.";
  if (image === undefined) return "No registry has reported anything in the last 14 days.";
  return "No registry has reported this image in the last 14 days. Is its webhook set up, and does the hook accept this image?";
}

/** The answer to a search. */
function answerPart({ image, tag, reported, results }: TagAnswer, context: PageContext): Html {
  const name = tag === undefined ? image : `${image}:${tag}`;
  const lines = results.map(({ conclusion, verdict }) => {
    const unmentioned = tag !== undefined && verdict === undefined;
    const missing = unmentioned
      ? html`<p class="dim">The last conclusion does not mention <code>${tag}</code>: ${reported ? "the tag was not there yet, or is not among those that the log keeps" : "no event named it"}.</p>`
      : "";
    return html`<li>${conclusionPart(conclusion, verdict, context)}${missing}</li>`;
  });
  const none = html`<p>There is no conclusion about this image from the last 14 days: ${reported ? "its events are still being processed, or no repository's configuration names it." : "no event named it."}</p>`;
  return html`<section class="card answer"><h2>${tag === undefined ? "Latest conclusions for" : "Pull request or not:"} <code>${name}</code></h2>
${results.length === 0 ? none : html`<ul class="plain">${lines}</ul>`}</section>`;
}

function eventCard({ event, conclusions }: EventWithConclusions, context: PageContext): Html {
  const { id, hook, source, at, pushes, ignored } = event;
  const shown = pushes.slice(0, 5).map((push) => html`<p>${pushLine(push)}</p>`);
  const more = pushes.length > 5 ? html`<p class="dim">and ${pushes.length - 5} more</p>` : "";
  const from = hook === source ? hook : `${hook} (${source})`;
  return html`<article class="card"><div class="head"><div>${shown}${more}${ignored === undefined ? "" : ignoredPart(ignored, pushes)}</div>
<span class="small">${from} · <a href="${addressOf(id)}">${momentOf(at, context)}</a></span></div>
${pushes.length > 0 ? conclusionList(event, conclusions, context) : ""}</article>`;
}

function ignoredPart(ignored: string, pushes: RegistryEvent["pushes"]): Html {
  const badge = pushes.length === 0 ? "ignored" : "shortened";
  return html`<p><span class="badge ignored">${badge}</span> ${ignored}</p>`;
}

function conclusionList(
  { pushes }: RegistryEvent,
  conclusions: readonly ImageConclusion[],
  context: PageContext,
): Html {
  if (conclusions.length === 0) {
    return html`<p class="dim small">No conclusion: the event is still being processed, or no repository's configuration names one of its images.</p>`;
  }
  const lines = conclusions.map((one) => {
    const tags = pushes.filter(({ image }) => image === one.image).map(({ tag }) => tag);
    const verdict = tags.map((tag) => verdictOn(one, tag)).find((found) => found !== undefined);
    return html`<li>${conclusionPart(one, verdict, context)}</li>`;
  });
  return html`<ul class="plain">${lines}</ul>`;
}
