import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { checkRunOf } from "../actions/checks.ts";
import { ApiError, notFound } from "../errors.ts";
import { git } from "../git.ts";
import { baseTip } from "../pull-facts.ts";
import type { Pull, Repository } from "../state.ts";
import { gitDirOf, isPull, issueOf, pullOf, repositoryOf, type World } from "../world.ts";
import { pullChecksPage, runPage } from "./checks.ts";
import { blobPage, commitPage, splitRefPath, treePage } from "./code.ts";
import { deliveriesPage, deliveryPage } from "./deliveries.ts";
import { deploymentsPage } from "./deployments.ts";
import { addForms } from "./forms.ts";
import { issuePage, issuesPage } from "./issues.ts";
import { avatarSvg, type Markup, page } from "./layout.ts";
import { conversationPage, pullCommitsPage, pullFilesPage } from "./pull.ts";
import { comparePage, homePage, pullsPage } from "./pulls.ts";
import { STYLE } from "./style.ts";

/** The pages run no script and load nothing from elsewhere but pictures that comments show. */
const POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; form-action 'self'; base-uri 'none'";

/** The pages for people. They work without JavaScript. */
export function makePages(world: World): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (context.req.method === "POST") requireOwnForm(context);
    await next();
  });
  app.get("/-/style.css", (context) => context.text(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/-/avatar/:id{[0-9]+\\.svg}", (context) => {
    const account = world.state.accounts.find((one) => `${one.id}.svg` === context.req.param("id"));
    return context.text(avatarSvg(account), 200, { "content-type": "image/svg+xml" });
  });
  app.get("/-/deliveries", (context) => send(context, deliveriesPage(world)));
  app.get("/-/deliveries/:id{[0-9]+}", (context) =>
    send(context, deliveryPage(world, Number(context.req.param("id")))),
  );
  app.get("/", (context) => send(context, homePage(world)));
  app.get("/:owner", (context) => send(context, homePage(world, context.req.param("owner"))));
  addForms(app, world, send);
  addRepositoryPages(app, world);
  addPullPages(app, world);
  app.notFound((context) => send(context, problemPage("404", "There is nothing here."), 404));
  app.onError((error, context) => {
    if (error instanceof ApiError)
      return send(context, problemPage(String(error.status), error.message), error.status === 404 ? 404 : 422);
    world.options.log?.({ level: "error", message: "a page failed", error });
    return send(context, problemPage("500", "Something went wrong."), 500);
  });
  return app;
}

/** Refuses forms that another site's page sends; browsers tell where a form came from, other clients do not. */
function requireOwnForm(context: Context): void {
  const origin = context.req.header("origin");
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== context.req.header("host"))
    throw new ApiError(403, "This form came from another site.");
}

async function send(context: Context, markup: Markup, status: 200 | 404 | 422 | 500 = 200): Promise<Response> {
  return context.html(await markup, status, { "content-security-policy": POLICY, "x-content-type-options": "nosniff" });
}

function problemPage(title: string, message: string): Markup {
  return page(title, html`<h1>${title}</h1><p>${message}</p>`);
}

function addRepositoryPages(app: Hono, world: World): void {
  const on = (path: string, build: (repository: Repository, context: Context) => Markup | Promise<Markup>): void => {
    app.get(`/:owner/:name${path}`, async (context) => {
      const { owner = "", name = "" } = context.req.param();
      const repository = repositoryOf(world, { owner, name });
      return send(context, await build(repository, context));
    });
  };
  const rest = (context: Context, word: string): string =>
    decodeURIComponent(
      context.req.path
        .split("/")
        .slice(3)
        .join("/")
        .slice(word.length + 1),
    );
  on("", (repository) => treePage(world, repository, repository.defaultBranch, ""));
  on("/pulls", (repository, context) =>
    pullsPage(world, repository, context.req.query("state") === "closed" ? "closed" : "open"),
  );
  on("/issues", (repository) => issuesPage(repository));
  on("/issues/:number{[0-9]+}", (repository, context) => {
    const issue = issueOf(repository, Number(context.req.param("number")));
    if (isPull(issue)) throw notFound();
    return issuePage(world, repository, issue);
  });
  on("/deployments", (repository) => deploymentsPage(world, repository));
  on("/deployments/:environment", (repository, context) =>
    deploymentsPage(world, repository, { only: context.req.param("environment") ?? "" }),
  );
  on("/compare", (repository) => comparePage(world, repository));
  on("/commit/:sha", (repository, context) => commitPage(world, repository, context.req.param("sha") ?? ""));
  on("/blob/*", (repository, context) => blobPage(world, repository, rest(context, "blob")));
  on("/tree/*", async (repository, context) => {
    const { ref, path } = await splitRefPath(gitDirOf(world, repository), rest(context, "tree"));
    return treePage(world, repository, ref, path);
  });
  on("/runs/:id{[0-9]+}", (repository, context) =>
    runPage(world, repository, checkRunOf(repository, Number(context.req.param("id")))),
  );
}

function addPullPages(app: Hono, world: World): void {
  const on = (tail: string, build: (repository: Repository, pull: Pull, context: Context) => Promise<Markup>): void => {
    app.get(`/:owner/:name/pull/:number{[0-9]+}${tail}`, async (context) => {
      const { owner = "", name = "", number } = context.req.param();
      const repository = repositoryOf(world, { owner, name });
      return send(context, await build(repository, pullOf(repository, Number(number)), context));
    });
  };
  on("", (repository, pull) => conversationPage(world, repository, pull));
  on("/commits", (repository, pull) => pullCommitsPage(world, repository, pull));
  on("/files", (repository, pull) => pullFilesPage(world, repository, pull));
  on("/checks", (repository, pull, context) =>
    pullChecksPage(world, repository, pull, Number(context.req.query("run"))),
  );
  app.get("/:owner/:name/pull/:file{[0-9]+\\.diff}", async (context) => {
    const repository = repositoryOf(world, context.req.param());
    const pull = repository.pulls.find((one) => `${one.number}.diff` === context.req.param("file"));
    if (!pull) throw notFound();
    const range = `${baseTip(repository, pull)}...${pull.headSha}`;
    return context.text((await git(gitDirOf(world, repository), ["diff", range])).stdout.toString("utf8"));
  });
}
