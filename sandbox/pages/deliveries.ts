import { html } from "hono/html";

import { notFound } from "../errors.ts";
import type { Delivery } from "../types.ts";
import type { World } from "../world.ts";
import { type Markup, page, when } from "./layout.ts";
import { sign } from "./signs.ts";

const SHOWN = 200;

/** The log of deliveries, newest first. */
export function deliveriesPage(world: World): Markup {
  const rows = world.state.deliveries
    .slice(-SHOWN)
    .reverse()
    .map(
      (one) =>
        html`<div class="row">${sign(one.status === "OK" ? "success" : "failure")}<span class="grow"><a class="title" href="/-/deliveries/${one.id}">${name(one)}</a> ${one.redelivery ? html`<span class="label">redelivery</span>` : ""}<br><span class="mono dim">${one.guid}</span></span><span class="dim small">${one.status} · ${one.duration} s · ${when(one.deliveredAt)}</span></div>`,
    );
  const list = rows.length === 0 ? html`<div class="body dim">Nothing has been delivered.</div>` : html`${rows}`;
  return page(
    "Webhook deliveries",
    html`<h1>Webhook deliveries</h1><p class="dim">to ${world.webhook.url ?? "nowhere: no webhook address is set"}</p><div class="box">${list}</div>`,
  );
}

/** One delivery: request and response, and a button that sends it again. */
export function deliveryPage(world: World, id: number): Markup {
  const one = world.state.deliveries.find((delivery) => delivery.id === id);
  if (!one) throw notFound();
  return page(
    `${name(one)} · delivery`,
    html`<h1>${name(one)}</h1><p>${sign(one.status === "OK" ? "success" : "failure")} ${one.status} in ${one.duration} s, ${when(one.deliveredAt)}, to <span class="mono">${one.url}</span></p>
<form method="post" action="/-/deliveries/${one.id}/redeliver"><button>Redeliver</button></form>
<h2>Request</h2>${headersBox(one.requestHeaders)}<div class="box"><pre class="plain">${JSON.stringify(one.payload, null, 2)}</pre></div>
<h2>Response</h2>${headersBox(one.responseHeaders)}<div class="box"><pre class="plain">${one.responseBody}</pre></div>`,
  );
}

function headersBox(headers: Readonly<Record<string, string>>): Markup {
  return html`<div class="box"><pre class="plain">${Object.entries(headers)
    .map(([key, value]) => `${key}: ${value}`)
    .join("\n")}</pre></div>`;
}

function name(one: Delivery): string {
  return one.action === null ? one.event : `${one.event}.${one.action}`;
}
