import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { z } from "zod";

import { counted, type Markup, when } from "../pages/layout.ts";
import { STYLE } from "../pages/style.ts";
import { nextTag, type TaggedImage, taggedImages } from "./images.ts";
import { isName, isTag } from "./names.ts";
import type { ImageInput } from "./types.ts";
import type { RegistryWorld } from "./world.ts";

/** The page runs no script and loads nothing from elsewhere. */
const POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'";
const REVISION = "org.opencontainers.image.revision";
const SHOWN = 20;

const PushForm = z.object({
  repository: z
    .string()
    .refine(isName, "This is no name of a repository: lower case letters, digits, and . _ - / between them."),
  tag: z.string().refine(isTag, "This is no tag: letters, digits, and . _ - behind them, 128 at most."),
  revision: z.string().default(""),
});

/** The page for people, with a form that pushes an image. It works without JavaScript. */
export function makeRegistryPages(world: RegistryWorld, push: (image: ImageInput) => Promise<unknown>): Hono {
  const app = new Hono();
  app.get("/-/style.css", (context) => context.text(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/", (context) => send(context, homePage(world)));
  app.post("/-/push", async (context) => {
    if (fromElsewhere(context)) return send(context, homePage(world, "This form came from another site."), 422);
    const form = PushForm.safeParse(await context.req.parseBody());
    if (!form.success) return send(context, homePage(world, form.error.issues[0]?.message), 422);
    const { repository, tag, revision } = form.data;
    const [newest] = taggedImages(world.store, repository);
    const labels = { ...newest?.labels, ...(revision === "" ? {} : { [REVISION]: revision }) };
    const platforms = newest && newest.platforms.length > 0 ? { platforms: newest.platforms } : {};
    await push({ repository, tag, labels, ...platforms });
    return context.redirect("/", 303);
  });
  app.notFound((context) => send(context, page(html`<h1>404</h1><p>There is nothing here.</p>`), 404));
  return app;
}

/** Whether another site's page sends a form; browsers tell where it came from, other clients do not. */
function fromElsewhere(context: Context): boolean {
  const origin = context.req.header("origin");
  return origin !== undefined && URL.parse(origin)?.host !== context.req.header("host");
}

async function send(context: Context, markup: Markup, status: 200 | 404 | 422 = 200): Promise<Response> {
  return context.html(await markup, status, { "content-security-policy": POLICY, "x-content-type-options": "nosniff" });
}

function page(content: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local registry</title>
<link rel="stylesheet" href="/-/style.css">
</head>
<body>
<header class="top"><a class="brand" href="/">Local registry</a></header>
<main>${content}</main>
</body>
</html>`;
}

function homePage(world: RegistryWorld, problem?: string): Markup {
  const repositories = world.store.names();
  const words = problem === undefined ? "" : html`<div class="note-line failure" role="alert">${problem}</div>`;
  return page(
    html`${words}${repositories.map((name) => repositoryBox(world, name))}${newBox()}${notificationsBox(world)}`,
  );
}

function repositoryBox(world: RegistryWorld, name: string): Markup {
  const images = taggedImages(world.store, name);
  const next = nextTag(images.map((one) => one.tag));
  const { host } = new URL(world.origin);
  return html`<div class="box"><div class="head"><strong>${name}</strong><span class="dim small">${counted(images.length, "tag")} · <code>${host}/${name}</code></span></div>${images.map(imageRow)}
<form class="row" method="post" action="/-/push"><input type="hidden" name="repository" value="${name}"><label>Tag <input type="text" name="tag" value="${next}" required style="width:180px"></label><label>Commit <input type="text" name="revision" placeholder="optional" style="width:360px"></label><button class="go">Push a new tag</button></form></div>`;
}

function imageRow({ tag, digest, created, platforms, labels }: TaggedImage): Markup {
  const revision = labels[REVISION]?.slice(0, 7);
  return html`<div class="row"><span class="ref">${tag}</span><span class="grow dim small"><code>${digest.slice(0, 19)}</code> · ${platforms.join(", ")}${revision === undefined ? "" : html` · commit <code>${revision}</code>`}</span><span class="dim small">${when(created)}</span></div>`;
}

function newBox(): Markup {
  return html`<div class="box"><div class="head"><strong>A new repository</strong></div>
<form class="row" method="post" action="/-/push"><label>Repository <input type="text" name="repository" placeholder="shop/api" required style="width:260px"></label><label>Tag <input type="text" name="tag" value="1.0.0" required style="width:180px"></label><button>Push</button></form></div>`;
}

function notificationsBox({ notifier }: RegistryWorld): Markup {
  const newest = notifier.attempts.slice(-SHOWN).reverse();
  if (newest.length === 0) return html``;
  const rows = newest.map(({ event, at, status }) => {
    const taken = status >= 200 && status < 400;
    const { repository, tag, digest } = event.target;
    return html`<div class="row"><span class="sign ${taken ? "ok" : "bad"}">${taken ? "✓" : "✗"}</span><span class="grow">${event.action} ${repository}${tag === undefined ? html` <code>${digest.slice(0, 19)}</code>` : html` <span class="ref">${tag}</span>`}</span><span class="dim small">${status === 0 ? "no answer" : status} · ${when(at)}</span></div>`;
  });
  return html`<h2>Notifications</h2><div class="box">${rows}</div>`;
}
