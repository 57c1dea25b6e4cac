import { missingLabels } from "../../change/pull-request/publish.ts";
import { standingOf } from "../../change/pull-request/published.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { PullRequest } from "../../model/github.ts";
import type { ComputedPromotion } from "../compute.ts";
import { type PromotionPair, pairOf, resolvePairs } from "../resolve.ts";
import { parseBranch, promotionBranch } from "../text/branch.ts";
import { isDigest, type PromotionMetadata, promotionOf } from "../text/metadata.ts";
import { forEachLogged } from "./for-each-logged.ts";
import { healthOf, type Observed } from "./health.ts";
import { openPromotion, planPromotion } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { labelsOf } from "./proposal.ts";
import { judgeMove, type MoveVerdict } from "./source-moves.ts";

/**
 * Opens what promotes by itself: apps with `promote.auto`, not on hold, whose source is healthy where that is asked
 * for. One pull request per target.
 */
export async function promoteAutomatically(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
): Promise<void> {
  await forEachLogged(
    ports,
    context.config.environments,
    "an environment that promotes by itself",
    async ({ name, from }) => {
      const automatic = context.targets.targets.some(
        ({ app, environment }) => environment === name && isAutomatic(context, app, name),
      );
      if (from === undefined || !automatic) return;
      const { pairs } = resolvePairs(context, name, []);
      const ready: PromotionPair[] = [];
      for (const pair of pairs) {
        context.signal.throwIfAborted();
        if (isAutomatic(context, pair.app, name) && (await isReady(ports, context, observed, pair, name, from)))
          ready.push(pair);
      }
      if (ready.length > 0) await open(ports, context, observed, ready, name, from);
    },
  );
}

function isAutomatic(context: RepositoryContext, app: string, environment: string): boolean {
  return settingsFor(context.config, app, environment).promote.auto;
}

async function isReady(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  pair: PromotionPair,
  environment: string,
  from: string,
): Promise<boolean> {
  const { app } = pair;
  if ((await context.state.hold(environment, app, ports.clock())) !== undefined) return false;
  const rollback = promotionBranch("rollback", environment, [app]);
  if (context.branches.has(rollback) && (await observed.pull(rollback))?.state === "open") return false;
  if (!settingsFor(context.config, app, environment).gates.healthy) return true;
  const { health } = settingsFor(context.config, app, from);
  const found = await healthOf(ports, context, observed, { pair, commit: context.head, changes: [], health });
  return found.state === "healthy" && found.until === undefined;
}

async function open(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  pairs: readonly PromotionPair[],
  environment: string,
  from: string,
): Promise<void> {
  const about = { kind: "promotion", environment, from, commit: context.head, whenMoved: "follow" } as const;
  const computed = await planPromotion(ports, context, { ...about, pairs });
  const planned: PromotionPair[] = [];
  for (const pair of pairs) if (await moves(ports, context, pair, computed)) planned.push(pair);
  if (planned.length === 0) return;
  const known = await openMetadata(ports, context, observed, environment);
  await forEachLogged(ports, planned, "a promotion that opens by itself", async (pair) => {
    context.signal.throwIfAborted();
    const pull = await observed.pull(promotionBranch("promotion", environment, [pair.app]));
    const closed = pull?.state === "closed" && !pull.merged ? metadataIn(ports, pull) : undefined;
    const carried = known.some((metadata) => carriesAll(metadata, pair.app, computed));
    if (!carried && !(closed !== undefined && isDeclined(closed, pair.app, computed)))
      await openPromotion(ports, context, { ...about, pairs: [pair] });
  });
}

/** Whether the source has moved forward to what is planned. */
async function moves(
  ports: PromotionPorts,
  context: RepositoryContext,
  pair: PromotionPair,
  { plan }: ComputedPromotion,
): Promise<boolean> {
  const planned = plan.targets.find(({ app, outcome }) => app === pair.app && outcome === "planned");
  if (planned === undefined) return false;
  const history = await context.state.history(pair.target.environment, pair.app);
  const verdict = await judgeMove(ports, context, { pair, commit: context.head, changes: planned.images, history });
  if (!verdict.ok)
    ports.log.debug({ target: pair.target.id, why: verdict.why }, "automation leaves the target as it is");
  return verdict.ok;
}

/** What automation makes of a target now; `undefined` where nothing promotes by itself, or nothing differs. */
export async function automaticMove(
  ports: PromotionPorts,
  context: RepositoryContext,
  app: string,
  environment: string,
): Promise<MoveVerdict | undefined> {
  const { from } = settingsFor(context.config, app, environment);
  const pair = from === undefined ? undefined : pairOf(context, app, environment, from);
  if (from === undefined || pair === undefined || !isAutomatic(context, app, environment)) return undefined;
  const commit = context.head;
  const { plan } = await planPromotion(ports, context, { kind: "promotion", environment, from, pairs: [pair], commit });
  const [planned] = plan.targets;
  if (planned?.outcome !== "planned") return undefined;
  const history = await context.state.history(environment, app);
  return judgeMove(ports, context, { pair, commit, changes: planned.images, history });
}

/** What the open promotions to an environment carry; those of several apps are among them. */
async function openMetadata(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  environment: string,
): Promise<readonly PromotionMetadata[]> {
  const records: PromotionMetadata[] = [];
  for (const branch of context.branches.keys()) {
    const facts = parseBranch(branch);
    if (facts?.kind !== "promotion" || facts.environment !== environment) continue;
    const pull = await observed.pull(branch);
    // One that was opened again by a person, or that is not on record yet, is published again.
    if (pull?.state !== "open" || (await standingOf(context, pull)) !== "current") continue;
    const metadata = metadataIn(ports, pull);
    if (metadata !== undefined && isIntroduced(ports, context, pull, metadata)) records.push(metadata);
  }
  return records;
}

/** How long a run that died while it opened a promotion may take to be started again, in milliseconds. */
const recoveryMs = 60 * 60_000;

/**
 * Whether everybody who is to know of it was asked: a run that opened it by itself may have died before. Labels come
 * last and all at once, so one that has some, or that lacks them later, lost them to a person.
 */
function isIntroduced(ports: PromotionPorts, context: RepositoryContext, pull: PullRequest, of: PromotionMetadata) {
  const labels = labelsOf(context, of.environment, of.apps);
  const isNew = of.actor === undefined && ports.clock() - pull.openedAt < recoveryMs;
  return !isNew || labels.length === 0 || missingLabels(pull, labels).length < labels.length;
}

function metadataIn({ signer }: PromotionPorts, pull: PullRequest): PromotionMetadata | undefined {
  return promotionOf(pull, signer);
}

/** Whether the metadata carries this app as it is planned now: the same versions and the same render. */
function carriesAll(metadata: PromotionMetadata, app: string, computed: ComputedPromotion): boolean {
  const carried = metadata.targets.find((target) => target.app === app);
  return isDigest(carried?.digest, computed.renders.get(app)?.after.digest) && sameMoves(metadata, app, computed);
}

/**
 * A person who closes the pull request of a version means it: only another version opens one again by itself. Where
 * there are no versions the render tells.
 */
function isDeclined(metadata: PromotionMetadata, app: string, computed: ComputedPromotion): boolean {
  const moves = metadata.targets.find((target) => target.app === app)?.images ?? [];
  return moves.length === 0 ? carriesAll(metadata, app, computed) : sameMoves(metadata, app, computed);
}

function sameMoves(metadata: PromotionMetadata, app: string, { plan }: ComputedPromotion): boolean {
  const text = (target: { readonly images: PromotionMetadata["targets"][number]["images"] } | undefined) =>
    JSON.stringify(target?.images.map(({ image, to }) => [image, to]));
  const carried = metadata.targets.find((target) => target.app === app);
  return carried !== undefined && text(carried) === text(plan.targets.find((target) => target.app === app));
}
