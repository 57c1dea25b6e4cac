import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { UserError } from "../../model/errors.ts";
import type { DeferredRequest } from "../../model/state.ts";
import { resolvePairs } from "../resolve.ts";
import { forEachLogged } from "./for-each-logged.ts";
import { healthOf, type Observed } from "./health.ts";
import { openPromotion } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { describeResult, refusal } from "./reply-text.ts";
import { touchedApps } from "./touched.ts";

/**
 * Opens the promotions that people asked for before their pull request was merged, once it is and the source is
 * healthy.
 */
export async function openDeferred(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
): Promise<void> {
  await forEachLogged(
    ports,
    (await deferredRequests(ports, context)).slice(0, 100),
    "a deferred request",
    async (request) => {
      context.signal.throwIfAborted();
      const reply = await openWhenReady(ports, context, observed, request).catch((error: unknown) => {
        if (error instanceof UserError) return refusal(error);
        throw error;
      });
      if (reply === undefined) return;
      await context.github.upsertComment(request.pullRequest, `waited-${markerWord(request.environment)}`, reply);
      await ports.state.record(
        context.where,
        { ...common(ports, request), kind: "done-waiting", pullRequest: request.pullRequest },
        context.signal,
      );
      await ports.queue.add({ type: "status-comment", ...context.where, pullRequest: request.pullRequest });
    },
  );
}

/**
 * The promotions that people asked for and that wait. A file that somebody broke by hand has none; that goes to the
 * log.
 */
export async function deferredRequests(
  { log }: PromotionPorts,
  { state, where }: RepositoryContext,
): Promise<readonly DeferredRequest[]> {
  try {
    return await state.deferredRequests();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error, repository: where.repository }, `the deferred requests cannot be read: ${error.message}`);
    return [];
  }
}

/** What is to be reply of the request; `undefined` while it waits on. */
async function openWhenReady(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  request: DeferredRequest,
): Promise<string | undefined> {
  const pull = await context.github.pullRequest(request.pullRequest);
  if (pull.base.ref !== context.base || (pull.state === "open" && !pull.merged)) return undefined;
  if (!pull.merged)
    return `\`/promote ${request.environment}\` falls away: the pull request was closed without being merged.`;
  if (pull.mergeCommit !== undefined && !(await context.repository.isAncestor(pull.mergeCommit, context.head)))
    return undefined;
  const apps = request.apps.length > 0 ? request.apps : await touchedApps(ports, context, pull, request.environment);
  const { pairs, from, left } = resolvePairs(context, request.environment, apps);
  for (const pair of pairs) {
    const { app } = pair;
    if (!settingsFor(context.config, app, request.environment).gates.healthy) continue;
    const { health } = settingsFor(context.config, app, from);
    const found = await healthOf(ports, context, observed, { pair, commit: context.head, changes: [], health });
    if (found.state !== "healthy" || found.until !== undefined) return undefined;
  }
  const result = await openPromotion(ports, context, {
    kind: "promotion",
    environment: request.environment,
    from,
    pairs,
    left,
    commit: context.head,
    whenMoved: "follow",
    actor: request.by,
    origin: request.pullRequest,
  });
  if (result.pull !== undefined) {
    const { pullRequest: _, ...about } = request;
    const asked = {
      ...about,
      kind: "requested",
      id: `asked-${request.pullRequest}-${request.environment}-${request.at}`,
    } as const;
    await ports.state.record(
      context.where,
      { ...asked, apps: pairs.map(({ app }) => app), pullRequest: result.pull.number, commit: context.head },
      context.signal,
    );
  }
  return `As \`${request.by}\` asked before the merge: ${describeResult(result, request.environment, left)}`;
}

function common(ports: PromotionPorts, request: DeferredRequest) {
  return {
    id: `waited-${request.pullRequest}-${request.environment}-${request.at}`,
    at: new Date(ports.clock()).toISOString(),
    by: "sluice",
    environment: request.environment,
    apps: request.apps,
  };
}

/** A marker is a word of small letters, digits and dashes. */
function markerWord(text: string): string {
  return Buffer.from(text).toString("hex").slice(0, 60);
}
