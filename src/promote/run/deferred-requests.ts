import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { UserError } from "../../model/errors.ts";
import type { Waiting } from "../../model/state.ts";
import { forEachLogged } from "./for-each-branch.ts";
import { healthOf, type Observed } from "./health.ts";
import { openPromotion } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { resolve } from "./promotion-context.ts";
import { describeResult, refusal } from "./reply-text.ts";
import { touchedApps } from "./touched.ts";

/** Opens the promotions that people asked for before their pull request was merged, once it is and the source is healthy. */
export async function openDeferred(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
): Promise<void> {
  await forEachLogged(ports, (await deferredRequests(ports, context)).slice(0, 100), "a wish", async (wish) => {
    context.signal.throwIfAborted();
    const said = await fulfil(ports, context, observed, wish).catch((error: unknown) => {
      if (error instanceof UserError) return refusal(error);
      throw error;
    });
    if (said === undefined) return;
    await context.github.upsertComment(wish.pullRequest, `waited-${markerWord(wish.environment)}`, said);
    await ports.state.record(
      context.where,
      { ...common(ports, wish), kind: "done-waiting", pullRequest: wish.pullRequest },
      context.signal,
    );
    await ports.queue.add({ type: "chain", ...context.where, pullRequest: wish.pullRequest });
  });
}

/** What people wait for. A file that somebody broke says nothing, which goes to the log. */
export async function deferredRequests(
  { log }: PromotionPorts,
  { state, where }: RepositoryContext,
): Promise<readonly Waiting[]> {
  try {
    return await state.waiting();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error, repository: where.repository }, `nobody knows what waits: ${error.message}`);
    return [];
  }
}

/** What is to be said of the wish; `undefined` while it waits on. */
async function fulfil(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  wish: Waiting,
): Promise<string | undefined> {
  const pull = await context.github.pullRequest(wish.pullRequest);
  if (pull.base.ref !== context.base || (pull.state === "open" && !pull.merged)) return undefined;
  if (!pull.merged)
    return `\`/promote ${wish.environment}\` falls away: the pull request was closed without being merged.`;
  if (pull.mergeCommit !== undefined && !(await context.repository.isAncestor(pull.mergeCommit, context.head)))
    return undefined;
  const apps = wish.apps.length > 0 ? wish.apps : await touchedApps(ports, context, pull, wish.environment);
  const { pairs, from } = await resolve(ports, context, wish.environment, apps);
  for (const { app, source } of pairs) {
    if (!settingsFor(context.config, app, wish.environment).gates.healthy) continue;
    const { health } = settingsFor(context.config, app, from);
    const { state } = await healthOf(ports, context, observed, { source, commit: context.head, health });
    if (state !== "healthy") return undefined;
  }
  const result = await openPromotion(ports, context, {
    kind: "promotion",
    environment: wish.environment,
    from,
    pairs,
    commit: context.head,
    whenMoved: "follow",
    actor: wish.by,
    origin: wish.pullRequest,
  });
  if (result.pull !== undefined) {
    const { pullRequest: _, ...about } = wish;
    const asked = {
      ...about,
      kind: "requested",
      id: `asked-${wish.pullRequest}-${wish.environment}-${wish.at}`,
    } as const;
    await ports.state.record(
      context.where,
      { ...asked, apps: pairs.map(({ app }) => app), pullRequest: result.pull.number, commit: context.head },
      context.signal,
    );
  }
  return `As \`${wish.by}\` asked before the merge: ${describeResult(result, wish.environment)}`;
}

function common(ports: PromotionPorts, wish: Waiting) {
  return {
    id: `waited-${wish.pullRequest}-${wish.environment}-${wish.at}`,
    at: new Date(ports.clock()).toISOString(),
    by: "sluice",
    environment: wish.environment,
    apps: wish.apps,
  };
}

/** A marker is a word of small letters, digits and dashes. */
function markerWord(text: string): string {
  return Buffer.from(text).toString("hex").slice(0, 60);
}
