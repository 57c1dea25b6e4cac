import { createHash } from "node:crypto";
import { hasMerge } from "../../change/pull-request/branch.ts";
import { type RepositoryContext, reopenContext } from "../../change/repository-context.ts";
import { dividedByRights } from "../../change/rights.ts";
import { settingsFor } from "../../config/index.ts";
import { code } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { DeferredRequest } from "../../model/state.ts";
import { type PromotionPair, type ResolvedPromotion, resolvePairs } from "../resolve.ts";
import { forEachLogged } from "./for-each-logged.ts";
import { healthOf, type Observed } from "./health.ts";
import { openPromotion } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { askedBefore, describeResult, refusedLater } from "./reply-text.ts";
import { touchedApps, wantsOf } from "./touched.ts";

/**
 * Opens the promotions that people asked for before their pull request was merged, once it is and the source is
 * healthy.
 */
export async function openDeferred(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
): Promise<void> {
  const due = inTurn(await endedOnes(context, await deferredRequests(ports, context)), ports.clock());
  await forEachLogged(ports, due, "a deferred request", async (request) => {
    context.signal.throwIfAborted();
    const reply = await openWhenReady(ports, context, observed, request).catch((error: unknown) => {
      if (error instanceof UserError) return refusedLater(error, request.by);
      throw error;
    });
    if (reply === undefined) return;
    await context.github.upsertComment(request.pullRequest, markerOf(request), reply);
    await ports.state.record(
      context.where,
      { ...common(ports, request), kind: "done-waiting", pullRequest: request.pullRequest },
      context.signal,
    );
    await ports.queue.add({ type: "status-comment", ...context.where, pullRequest: request.pullRequest });
  });
}

/** So many are asked about one by one: that costs less than a list of all open pull requests may. */
const few = 10;

/** Leaves out what waits for a pull request that is open, where there are more than a few. */
async function endedOnes(
  { github, base }: RepositoryContext,
  requests: readonly DeferredRequest[],
): Promise<readonly DeferredRequest[]> {
  if (requests.length <= few) return requests;
  const open = await github.openPullRequests(base);
  return requests.filter(({ pullRequest }) => !open.has(pullRequest));
}

/** Requests that one sweep looks at. */
const maxAtOnce = 100;

/** Of more than one sweep looks at: others each time, so that those that wait on keep no later one waiting for ever. */
function inTurn(requests: readonly DeferredRequest[], now: number): readonly DeferredRequest[] {
  if (requests.length <= maxAtOnce) return requests;
  const order = (one: DeferredRequest): string => digestOf([now, one.pullRequest, one.environment, one.at]);
  return requests.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, maxAtOnce);
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
  const { environment } = request;
  const pull = await context.github.pullRequest(request.pullRequest);
  const falls = whyItFalls(context, pull);
  if (falls !== undefined) return `\`/promote ${environment}\` falls away: ${falls}.`;
  if (!pull.merged) return undefined;
  // Merged since this sweep read the base: the next one has it.
  if (!(await hasMerge(context, pull))) return undefined;
  const { pairs, from, left } = await meantPairs(ports, context, pull, request);
  if (!(await areHealthy(ports, context, observed, pairs, { environment, from }))) return undefined;
  const result = await openPromotion(ports, context, {
    kind: "promotion",
    environment,
    from,
    pairs,
    left,
    commit: context.head,
    whenMoved: "follow",
    actor: request.by,
    origin: request.pullRequest,
  });
  if (result.pull !== undefined) await recordRequest(ports, context, request, result.pull, pairs);
  return askedBefore(describeResult(result, left), request.by);
}

function whyItFalls({ base }: RepositoryContext, pull: PullRequest): string | undefined {
  if (pull.base.ref !== base)
    return `the pull request goes into ${code(pull.base.ref)} by now, and promotions live on ${code(base)}`;
  return pull.state === "closed" && !pull.merged ? "the pull request was closed without being merged" : undefined;
}

/**
 * What is carried: of the apps that were named or that the pull request touches as it was merged, those that the person
 * may promote now. Both may have changed since it was asked for.
 */
async function meantPairs(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  { apps: named, by, environment }: DeferredRequest,
): Promise<Pick<ResolvedPromotion, "from" | "pairs" | "left">> {
  const apps = named.length > 0 ? named : await appsAtMerge(ports, context, pull, environment);
  const person = { actor: by, permission: await context.github.permission(by) };
  const { allowed, refused } = await dividedByRights(context, person, environment, apps);
  const [first] = refused;
  if (allowed.length === 0 && first !== undefined) throw new UserError("permission", first.why, { fix: first.fix });
  const resolved = resolvePairs(context, environment, allowed);
  return { ...resolved, left: [...refused, ...resolved.left] };
}

async function appsAtMerge(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const known = (await context.repository.objects.read(pull.head.sha))?.kind === "commit";
  const there = known ? context : await reopenContext(ports, context, wantsOf(pull));
  const apps = await touchedApps(ports, there, pull, environment);
  if (apps.length > 0) return apps;
  throw new UserError("refused", `this pull request touches no app that is promoted to \`${environment}\``, {
    fix: `name the apps: \`/promote ${environment} app\``,
  });
}

async function areHealthy(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  pairs: readonly PromotionPair[],
  { environment, from }: { readonly environment: string; readonly from: string },
): Promise<boolean> {
  for (const pair of pairs) {
    if (!settingsFor(context.config, pair.app, environment).gates.healthy) continue;
    const { health } = settingsFor(context.config, pair.app, from);
    const found = await healthOf(ports, context, observed, { pair, commit: context.head, changes: [], health });
    if (found.state !== "healthy" || found.until !== undefined) return false;
  }
  return true;
}

async function recordRequest(
  ports: PromotionPorts,
  context: RepositoryContext,
  { pullRequest, environment, by, at, base }: DeferredRequest,
  pull: PullRequest,
  pairs: readonly PromotionPair[],
): Promise<void> {
  await ports.state.record(
    context.where,
    {
      kind: "requested",
      id: `asked-${pullRequest}-${environment}-${by}-${at}`,
      at,
      by,
      environment,
      apps: pairs.map(({ app }) => app),
      pullRequest: pull.number,
      commit: context.head,
      ...(base === undefined ? {} : { base }),
    },
    context.signal,
  );
}

function common(ports: PromotionPorts, request: DeferredRequest) {
  return {
    id: `waited-${request.pullRequest}-${request.environment}-${request.by}-${request.at}`,
    at: new Date(ports.clock()).toISOString(),
    by: "sluice",
    asker: request.by,
    environment: request.environment,
    apps: request.apps,
  };
}

/** A marker is a word of small letters, digits and dashes; each person's request for an environment has its own. */
function markerOf({ environment, by }: DeferredRequest): string {
  return `waited-${digestOf([environment, by]).slice(0, 40)}`;
}

function digestOf(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
