import { html, raw } from "hono/html";
import type { ImageConclusion, RegistryDelivery } from "../../model/images.ts";
import { type Followed, type FoundDeliveries, type Standings, verdictOn } from "./look-up.ts";
import { addressOf, conclusionPart, type Html, momentOf, pushLine, type Surroundings } from "./parts.ts";
import { type DeliveryQuery, queryText } from "./query.ts";
import { style } from "./style.ts";

/** The log: a search form, the answer where an image was asked about, and the events. `replayed`: the id that a replay was just given. */
export function listPage(found: FoundDeliveries, around: Surroundings, replayed: string | undefined): Html {
  const { query, deliveries, next, standings } = found;
  const older =
    next === undefined
      ? ""
      : html`<a href="/deliveries${queryText({ ...query, before: next })}" rel="next">Older events</a>`;
  const newest =
    query.before === undefined
      ? ""
      : html`<a href="/deliveries${queryText({ ...query, before: undefined })}">Newest events</a> `;
  const cards = deliveries.map((one) => deliveryCard(one, around));
  const none = html`<p class="card">${noneText(query)}</p>`;
  return layout(
    query,
    html`${replayed === undefined ? "" : replayNotice(replayed)}${standings === undefined ? "" : answerPart(standings, around)}
<h2>${query.image === undefined ? "Events of registries" : "Events that named it"}</h2>
${cards.length > 0 ? cards : none}
<nav>${newest}${older}</nav>`,
  );
}

/** One event with all that came of it, and a button to do it again. */
export function deliveryPage({ delivery, conclusions }: Followed, around: Surroundings): Html {
  const { id, hook, source, at, pushes, ignored } = delivery;
  const images = pushes.map((push) => html`<li>${pushLine(push)}</li>`);
  return layout(
    undefined,
    html`<section class="card"><div class="head"><h2>Event <code>${id}</code></h2>
<form method="post" action="${addressOf(id)}/replay"><button>Replay</button></form></div>
<dl class="facts"><dt>Received</dt><dd>${momentOf(at, around)}</dd><dt>Hook</dt><dd>${hook} (${source})</dd>
<dt>Pushed</dt><dd>${pushes.length === 0 ? "nothing" : html`<ul class="plain">${images}</ul>`}</dd></dl>
${ignored === undefined ? "" : ignoredPart(ignored, pushes)}</section>
<section class="card"><h2>What came of it</h2>
${conclusionList(delivery, conclusions, around)}</section>`,
  );
}

/** A page that says what went wrong. */
export function wrongPage(title: string, message: string): Html {
  return layout(undefined, html`<section class="card wrong"><h2>${title}</h2><p>${message}</p></section>`);
}

function layout(query: DeliveryQuery | undefined, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice: deliveries</title>
<style>${raw(style)}</style>
</head>
<body>
<header><div><h1><a href="/deliveries">Sluice: what registries said, and what came of it</a></h1>
<form class="search" method="get" action="/deliveries">
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
  return html`<p class="card notice">Replayed as <a href="${addressOf(id)}"><code>${id}</code></a>. It stands here once a worker has taken it.</p>`;
}

function noneText({ image, before }: DeliveryQuery): string {
  if (before !== undefined) return "There are no older events; they are kept for 14 days.";
  if (image === undefined) return "No registry has told of anything in the last 14 days.";
  return "No registry has told of this in the last 14 days. Is its webhook set up, and does the hook take this image?";
}

/** The answer to what was searched for. */
function answerPart({ image, tag, told, standings }: Standings, around: Surroundings): Html {
  const name = tag === undefined ? image : `${image}:${tag}`;
  const lines = standings.map(({ conclusion, verdict }) => {
    const unsaid = tag !== undefined && verdict === undefined;
    const missing = unsaid
      ? html`<p class="dim">The last look says nothing of <code>${tag}</code>: ${told ? "it was not yet there, or is not among the tags that are told of" : "no event named it"}.</p>`
      : "";
    return html`<li>${conclusionPart(conclusion, verdict, around)}${missing}</li>`;
  });
  const none = html`<p>Nothing was concluded of this image in the last 14 days: ${told ? "its events are still being worked on, or no repository's configuration names it." : "no event named it."}</p>`;
  return html`<section class="card answer"><h2>${tag === undefined ? "How it stands with" : "Why a pull request, or why none, for"} <code>${name}</code></h2>
${standings.length === 0 ? none : html`<ul class="plain">${lines}</ul>`}</section>`;
}

function deliveryCard({ delivery, conclusions }: Followed, around: Surroundings): Html {
  const { id, hook, source, at, pushes, ignored } = delivery;
  const shown = pushes.slice(0, 5).map((push) => html`<p>${pushLine(push)}</p>`);
  const more = pushes.length > 5 ? html`<p class="dim">and ${pushes.length - 5} more</p>` : "";
  const from = hook === source ? hook : `${hook} (${source})`;
  return html`<article class="card"><div class="head"><div>${shown}${more}${ignored === undefined ? "" : ignoredPart(ignored, pushes)}</div>
<span class="small">${from} · <a href="${addressOf(id)}">${momentOf(at, around)}</a></span></div>
${pushes.length > 0 ? conclusionList(delivery, conclusions, around) : ""}</article>`;
}

function ignoredPart(ignored: string, pushes: RegistryDelivery["pushes"]): Html {
  const badge = pushes.length === 0 ? "not needed" : "cut";
  return html`<p><span class="badge ignored">${badge}</span> ${ignored}</p>`;
}

function conclusionList(
  { pushes }: RegistryDelivery,
  conclusions: readonly ImageConclusion[],
  around: Surroundings,
): Html {
  if (conclusions.length === 0) {
    return html`<p class="dim small">Nothing was concluded: it is still being worked on, or no repository's configuration names an image of it.</p>`;
  }
  const lines = conclusions.map((one) => {
    const tags = pushes.filter(({ image }) => image === one.image).map(({ tag }) => tag);
    const verdict = tags.map((tag) => verdictOn(one, tag)).find((found) => found !== undefined);
    return html`<li>${conclusionPart(one, verdict, around)}</li>`;
  });
  return html`<ul class="plain">${lines}</ul>`;
}
