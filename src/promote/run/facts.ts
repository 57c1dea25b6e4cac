import { acknowledgementOf, findingKey } from "../../change/acknowledgement.ts";
import { isOwnHead } from "../../change/pull-request/branch.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { compareTarget } from "../../diff/index.ts";
import type {
  Currency,
  GateFinding,
  GateSettings,
  Health,
  Override,
  PromotionFacts,
  TargetFacts,
} from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { HistoryEntry } from "../../model/state.ts";
import { targetId } from "../../model/target.ts";
import { carriedAt, carriedOf, compareCarried, orderOfChange } from "../carried.ts";
import { type PromotionPair, pairOf } from "../resolve.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import { currencyOf } from "./currency.ts";
import { healthOf, type Observed } from "./health.ts";
import { landedAt } from "./landed-at.ts";
import type { PromotionPorts } from "./ports.ts";
import { reviewersOf } from "./reviewers.ts";
import { carriedRequest } from "./source-moves.ts";
import { boundReviews, isAsPlanned, type TargetChange, targetChanges } from "./target-changes.ts";
import { behindIn } from "./versions-at.ts";

/** A promotion pull request at its head, with what a merge of it would change now. */
export interface AtHead {
  readonly pull: PullRequest;
  readonly metadata: PromotionMetadata;
  /** Nothing but Sluice's commits is on the branch. */
  readonly ours: boolean;
  readonly changes: readonly TargetChange[];
  /** All of them, oldest first. */
  readonly reviews: readonly Review[];
}

/** Reads what a promotion would change, and what people said of it. */
export async function atHead(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<AtHead> {
  const ours = await isOwnHead(context, pull.head.ref, pull.head.sha);
  const changes = await targetChanges(ports, context, pull, metadata);
  return { pull, metadata, ours, changes, reviews: await context.github.reviews(pull.number) };
}

/** Everything that the gates of one promotion pull request depend on, at its head. */
export async function factsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  promotion: AtHead,
): Promise<PromotionFacts> {
  const { pull, metadata } = promotion;
  const histories = await Promise.all(
    metadata.targets.map(({ app }) => context.state.history(metadata.environment, app)),
  );
  const targets = await Promise.all(
    metadata.targets.map(({ app }, index) =>
      targetFacts(ports, context, observed, promotion, app, histories[index] ?? []),
    ),
  );
  const { reviews, outdated } = await boundReviews(ports, context, promotion);
  const pushed = await pushedTo(context, promotion);
  const settings = targets.map((target) => target.settings);
  const uncounted = new Set([...(pushed?.by ?? []), ...(metadata.actor ? [metadata.actor.toLowerCase()] : [])]);
  return {
    head: pull.head.sha,
    actor: metadata.actor,
    reviews,
    outdated,
    ...(await reviewersOf(context.github, reviews, { settings, uncounted })),
    ...(pushed === undefined ? {} : { pushed }),
    targets,
    overrides: histories.flat().flatMap((entry) => overrideIn(entry, pull)),
  };
}

/** What people pushed, and who. Commits name whom they like as their author; GitHub knows who moved the branch. */
async function pushedTo(
  context: RepositoryContext,
  { pull, metadata, ours, changes }: AtHead,
): Promise<PromotionFacts["pushed"]> {
  if (ours) return undefined;
  const logins = await context.github.pushers(pull.head.ref);
  return { by: new Set(logins.map((login) => login.toLowerCase())), changed: !isAsPlanned(metadata, changes) };
}

/**
 * The settings of a promotion's gates. A rollback is for emergencies: only people and what is dangerous stand in its
 * way.
 */
export function gateSettings(
  context: RepositoryContext,
  metadata: Pick<PromotionMetadata, "kind" | "environment">,
  app: string,
): GateSettings {
  const { gates } = settingsFor(context.config, app, metadata.environment);
  if (metadata.kind === "promotion") return gates;
  const { soak: _, ...rest } = gates;
  return { ...rest, healthy: false, current: false, checks: [], windows: [], dependsOn: [] };
}

async function targetFacts(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  { pull, metadata, changes }: AtHead,
  app: string,
  history: readonly HistoryEntry[],
): Promise<TargetFacts> {
  const { environment, from, kind } = metadata;
  const settings = gateSettings(context, metadata, app);
  const now = ports.clock();
  const hold = kind === "promotion" ? await context.state.hold(environment, app, now) : undefined;
  const asks = settings.current || (kind === "promotion" && settings.soak !== undefined);
  const current = asks ? await carriedCurrency(ports, context, metadata, app) : undefined;
  const stops = hold !== undefined && (hold.cause === "person" || !askedSince(history, pull));
  return {
    app,
    environment,
    from,
    settings,
    allow: settingsFor(context.config, app, environment).allow,
    ...(stops ? { hold } : {}),
    ...(current === undefined ? {} : { current }),
    health: await carriedHealth(ports, context, observed, metadata, app, settings, current),
    checks: settings.checks.length === 0 ? [] : await observed.checks(metadata.commit),
    findings:
      settings.findings === "none"
        ? []
        : [
            ...olderFinding(metadata, app),
            ...findingsOf(
              ports,
              context,
              pull,
              changes.find((one) => one.app === app),
              environment,
              history,
            ),
          ],
    dependsOn: await Promise.all(settings.dependsOn.map((other) => dependency(ports, context, metadata, other))),
  };
}

/**
 * A person who promotes something newer lifts what a rollback or a revert put there; what opened by itself, and what
 * was asked for before, is held by it.
 */
function askedSince(history: readonly HistoryEntry[], pull: PullRequest): boolean {
  const taken = history.findLastIndex(({ kind }) => kind === "rolled-back" || kind === "reverted");
  return history.slice(taken + 1).some(({ kind, pullRequest }) => kind === "requested" && pullRequest === pull.number);
}

/** An app that the same pull request carries arrives with it. */
async function dependency(ports: PromotionPorts, context: RepositoryContext, metadata: PromotionMetadata, app: string) {
  if (metadata.targets.some((target) => target.app === app))
    return { app, behind: false, detail: `${app} comes with this promotion` };
  return behindIn(ports, context, { app, environment: metadata.environment, from: metadata.from });
}

async function carriedHealth(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  { commit, from, environment, targets }: PromotionMetadata,
  app: string,
  settings: GateSettings,
  current: Currency | undefined,
): Promise<Health> {
  const pair = pairOf(context, app, environment, from);
  const wanted = settings.healthy || settings.soak !== undefined;
  if (!wanted || from === environment) return { state: "unknown", reason: "nothing asks for it" };
  if (pair === undefined) return { state: "unknown", reason: `${app} has no target in ${from}` };
  const { health } = settingsFor(context.config, app, from);
  const changes = targets.find((target) => target.app === app)?.images ?? [];
  const found = await healthOf(ports, context, observed, { pair, commit, changes, health }, settings.soak);
  const verified = () => verifiedBefore(ports, context, pair, commit, changes);
  if (found.state === "failed") return found;
  if (found.state !== "healthy") return (await verified()) ?? found;
  if (health.kind !== "check" || current?.state !== "forward") return found;
  const at = await landedAt(context, current.by);
  if (at !== undefined) return { ...found, until: Math.max(at, found.since), next: current.version };
  return (await verified()) ?? { ...found, until: found.since, next: current.version };
}

/** What the history knows of a version that GitHub's list of deployments has no more. */
async function verifiedBefore(
  ports: PromotionPorts,
  context: RepositoryContext,
  pair: PromotionPair,
  commit: string,
  changes: readonly VersionChange[],
): Promise<Health | undefined> {
  const request = carriedRequest(ports, context, pair, "source");
  const wanted = await carriedAt(request, commit);
  for (const entry of (await context.state.history(pair.source.environment, pair.app)).toReversed()) {
    if (entry.kind !== "verified" || entry.commit === undefined || entry.since === undefined) continue;
    const had = await carriedAt(request, entry.commit);
    if (had === undefined || wanted === undefined) continue;
    if (compareCarried(carriedOf(had, changes), carriedOf(wanted, changes)) !== "same") continue;
    const until = Date.parse(entry.until ?? entry.at);
    return { state: "healthy", since: Date.parse(entry.since), until, next: "a newer one", source: "history" };
  }
  return undefined;
}

async function carriedCurrency(
  ports: PromotionPorts,
  context: RepositoryContext,
  metadata: PromotionMetadata,
  app: string,
): Promise<Currency> {
  const pair = pairOf(context, app, metadata.environment, metadata.from);
  if (pair === undefined) return { state: "unknown", reason: `${metadata.from} no longer has ${app}` };
  const changes = metadata.targets.find((target) => target.app === app)?.images ?? [];
  return currencyOf(ports, context, pair, metadata.commit, changes);
}

function olderFinding({ kind, targets }: PromotionMetadata, app: string): readonly GateFinding[] {
  const moves = targets.find((target) => target.app === app)?.images ?? [];
  const older = kind === "promotion" ? moves.filter((one) => orderOfChange(one) === "older") : [];
  return older.map(({ image, from, to }) => {
    const message = `${to} of ${image} is older than ${from}`;
    return { key: `older-version:${app}/${image}`, severity: "warning", message };
  });
}

/** What the pull request, merged into the base as it is now, introduces in this target. */
function findingsOf(
  { fingerprintKey }: PromotionPorts,
  { config }: RepositoryContext,
  pull: PullRequest,
  change: TargetChange | undefined,
  environment: string,
  history: readonly HistoryEntry[],
): readonly GateFinding[] {
  if (change?.after === undefined) return [];
  const { app, before, after } = change;
  if (!after.ok) {
    const message = `${targetId(app, environment)} does not render: ${after.failure.message}`;
    return [{ key: `render-failed:${targetId(app, environment)}`, severity: "danger", message }];
  }
  const { findings } = compareTarget({
    app,
    environment,
    base: before.ok ? before.resources() : [],
    head: after.resources(),
    ignore: config.preview.ignore,
    fingerprintKey,
  });
  return findings.map(({ id, severity, app: of, resource, message }) => {
    const key = findingKey({ id, app: of, resource });
    const by = acknowledgementOf(history, { pullRequest: pull.number, head: pull.head.sha }, key)?.by;
    return { key, severity, message, ...(by === undefined ? {} : { acknowledgedBy: by }) };
  });
}

function overrideIn(entry: HistoryEntry, pull: PullRequest): readonly Override[] {
  if (entry.kind !== "overridden" || entry.gate === undefined) return [];
  if (entry.pullRequest !== pull.number || entry.head !== pull.head.sha) return [];
  return [{ gate: entry.gate, by: entry.by, reason: entry.reason ?? "", at: Date.parse(entry.at) }];
}
