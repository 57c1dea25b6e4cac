import type { Context, Hono } from "hono";
import { z } from "zod";

import { checkRunOf, rerequest } from "../actions/checks.ts";
import { createComment } from "../actions/comments.ts";
import { playDeployment } from "../actions/deployments.ts";
import { mergePull } from "../actions/merge.ts";
import { enqueuePull, QueueRefusal, runMergeQueue } from "../actions/merge-queue.ts";
import { type Actor, openPull, setPullState } from "../actions/pulls.ts";
import { DEFAULT_PERSON } from "../actions/repositories.ts";
import { submitReview } from "../actions/reviews.ts";
import { redeliver } from "../deliver.ts";
import { ApiError } from "../errors.ts";
import { revParse } from "../git.ts";
import { includesRole, roleOf } from "../roles.ts";
import type { Pull, Repository } from "../state.ts";
import { DEPLOYMENT_STATES } from "../state-parts.ts";
import type { RepositoryRole } from "../types-common.ts";
import { ensureAccount, gitDirOf, issueOf, pullOf, repositoryOf, type World } from "../world.ts";
import { deploymentsPage } from "./deployments.ts";
import type { Markup } from "./layout.ts";
import { basePath } from "./layout.ts";
import { conversationPage } from "./pull.ts";
import { comparePage } from "./pulls.ts";

const Person = z.object({ by: z.string().default(DEFAULT_PERSON) });
const CommentForm = Person.extend({ body: z.string() });
const MergeForm = Person.extend({ method: z.enum(["merge", "squash", "rebase"]).default("merge") });
const ReviewForm = Person.extend({
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]),
  body: z.string().default(""),
});
const DeployForm = Person.extend({
  environment: z.string().min(1).max(255),
  sha: z.string().min(1),
  state: z.enum(DEPLOYMENT_STATES),
  description: z.string().max(140).default(""),
});
const OpenForm = Person.extend({ base: z.string(), head: z.string(), title: z.string(), body: z.string() });

type Send = (context: Context, markup: Markup, status?: 200 | 422) => Promise<Response>;

/** The buttons and forms of the pages. What GitHub would refuse is said on the page that was left. */
export function addForms(app: Hono, world: World, send: Send): void {
  const onPull = (
    tail: string,
    work: (repository: Repository, pull: Pull, form: unknown) => Promise<unknown> | unknown,
  ): void => {
    app.post(`/:owner/:name/pull/:number{[0-9]+}/${tail}`, async (context) => {
      const repository = repositoryOf(world, context.req.param());
      const pull = pullOf(repository, Number(context.req.param("number")));
      try {
        await work(repository, pull, await context.req.parseBody());
      } catch (error) {
        const words = explain(error);
        if (words === undefined) throw error;
        return send(context, await conversationPage(world, repository, pull, words), 422);
      }
      return context.redirect(`${basePath(repository)}/pull/${pull.number}`, 303);
    });
  };
  onPull("comment", (repository, pull, form) => {
    const { by, body } = CommentForm.parse(form);
    // Browsers send line ends as CRLF.
    createComment(world, repository, pull.number, body.replaceAll("\r\n", "\n"), acting(world, repository, by, "read"));
  });
  app.post("/:owner/:name/issues/:number{[0-9]+}/comment", async (context) => {
    const repository = repositoryOf(world, context.req.param());
    const { number } = issueOf(repository, Number(context.req.param("number")));
    const { by, body } = CommentForm.parse(await context.req.parseBody());
    createComment(world, repository, number, body.replaceAll("\r\n", "\n"), acting(world, repository, by, "read"));
    return context.redirect(`${basePath(repository)}/issues/${number}`, 303);
  });
  onPull("merge", (repository, pull, form) => {
    const { by, method } = MergeForm.parse(form);
    return mergePull(world, repository, pull, { method }, acting(world, repository, by, "write"));
  });
  onPull("review", (repository, pull, form) => {
    const { by, event, body } = ReviewForm.parse(form);
    const input = { event, body: body.replaceAll("\r\n", "\n") };
    return submitReview(world, repository, pull, input, acting(world, repository, by, "read"));
  });
  onPull("queue", (repository, pull, form) =>
    enqueuePull(world, repository, pull, undefined, acting(world, repository, Person.parse(form).by, "write")),
  );
  onPull("queue/run", (repository, _pull, form) => {
    acting(world, repository, Person.parse(form).by, "write");
    return runMergeQueue(world, repository);
  });
  onPull("close", (repository, pull, form) =>
    setPullState(world, repository, pull, "closed", acting(world, repository, Person.parse(form).by, "triage")),
  );
  onPull("reopen", (repository, pull, form) =>
    setPullState(world, repository, pull, "open", acting(world, repository, Person.parse(form).by, "triage")),
  );
  addOtherForms(app, world, send);
}

function addOtherForms(app: Hono, world: World, send: Send): void {
  app.post("/:owner/:name/compare", async (context) => {
    const repository = repositoryOf(world, context.req.param());
    const { by, ...input } = OpenForm.parse(await context.req.parseBody());
    try {
      const actor = acting(world, repository, by, "read");
      const body = input.body.replaceAll("\r\n", "\n");
      const pull = await openPull(world, repository, { ...input, body, draft: false }, actor);
      return context.redirect(`${basePath(repository)}/pull/${pull.number}`, 303);
    } catch (error) {
      const words = explain(error);
      if (words === undefined) throw error;
      return send(context, comparePage(world, repository, words), 422);
    }
  });
  app.post("/:owner/:name/deployments", async (context) => {
    const repository = repositoryOf(world, context.req.param());
    const { by, environment, sha, state, description } = DeployForm.parse(await context.req.parseBody());
    try {
      const actor = acting(world, repository, by, "write");
      const commit = await revParse(gitDirOf(world, repository), sha);
      if (commit === undefined) throw new ApiError(422, `there is no commit ${sha}`);
      playDeployment(world, repository, { sha: commit, environment }, { state, description }, actor);
      return context.redirect(`${basePath(repository)}/deployments`, 303);
    } catch (error) {
      const words = explain(error);
      if (words === undefined) throw error;
      return send(context, await deploymentsPage(world, repository, { problem: words }), 422);
    }
  });
  app.post("/:owner/:name/runs/:id{[0-9]+}/rerequest", async (context) => {
    const repository = repositoryOf(world, context.req.param());
    const run = checkRunOf(repository, Number(context.req.param("id")));
    const { by } = Person.parse(await context.req.parseBody());
    rerequest(world, repository, run, acting(world, repository, by, "write").login);
    return context.redirect(`${basePath(repository)}/runs/${run.id}`, 303);
  });
  app.post("/-/deliveries/:id{[0-9]+}/redeliver", async (context) => {
    const delivery = await redeliver(world, Number(context.req.param("id")));
    return context.redirect(`/-/deliveries/${delivery.id}`, 303);
  });
}

function acting(world: World, repository: Repository, login: string, role: RepositoryRole): Actor {
  const account = ensureAccount(world, login);
  if (!includesRole(roleOf(world, repository, account.login), role)) {
    throw new ApiError(403, `${account.login} needs the role "${role}" for this`);
  }
  return { login: account.login, byApp: false };
}

/** A refusal in words for people; undefined for what is none. */
function explain(error: unknown): string | undefined {
  if (error instanceof QueueRefusal) return error.message;
  if (!(error instanceof ApiError)) return undefined;
  const details =
    error.errors?.map((one) =>
      typeof one === "string" ? one : (one.message ?? `${one.field ?? one.resource}: ${one.code}`),
    ) ?? [];
  return [error.message, ...details].join(": ");
}
