import { isOwnHead } from "../../change/pull-request/branch.ts";
import { type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { compareTarget } from "../../diff/index.ts";
import type { GateFinding, GateSettings, Health, Override, PromotionFacts, TargetFacts } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import { includes } from "../../policy/permission.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import { healthOf, type Observed } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { behindIn } from "./versions-at.ts";

/** Everything that the gates of one promotion pull request depend on, at its head. */
export async function factsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  pull: PullRequest,
  metadata: PromotionMetadata,
): Promise<PromotionFacts> {
  const histories = await Promise.all(
    metadata.targets.map(({ app }) => context.state.history(metadata.environment, app)),
  );
  const targets = await Promise.all(
    metadata.targets.map(({ app }, index) =>
      targetFacts(ports, context, observed, pull, metadata, app, histories[index] ?? []),
    ),
  );
  const reviews = await reviewsOf(context, pull);
  return {
    head: pull.head.sha,
    actor: metadata.actor,
    reviews,
    mayReview: await reviewersOf(context, reviews),
    targets,
    overrides: histories.flat().flatMap((entry) => overrideIn(entry, pull)),
  };
}

/**
 * Sluice dismisses approvals itself when the render changes. After a person's push it cannot know, and only approvals
 * of that very head count.
 */
async function reviewsOf(context: RepositoryContext, pull: PullRequest): Promise<readonly Review[]> {
  const reviews = await context.github.reviews(pull.number);
  if (await isOwnHead(context, pull.head.ref, pull.head.sha)) return reviews;
  return reviews.filter(({ state, commit }) => state !== "approved" || commit === pull.head.sha);
}

/** Of those whose review would decide: who may write. On a public repository anybody can review. */
async function reviewersOf(context: RepositoryContext, reviews: readonly Review[]): Promise<ReadonlySet<string>> {
  const decisive = reviews.filter(({ state, bot }) => !bot && (state === "approved" || state === "changes-requested"));
  const users = [...new Set(decisive.map(({ user }) => user))].slice(-20);
  const may = await Promise.all(users.map(async (user) => includes(await context.github.permission(user), "write")));
  return new Set(users.filter((_, index) => may[index]).map((user) => user.toLowerCase()));
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
  return { ...rest, healthy: false, checks: [], windows: [], dependsOn: [] };
}

async function targetFacts(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  pull: PullRequest,
  metadata: PromotionMetadata,
  app: string,
  history: readonly HistoryEntry[],
): Promise<TargetFacts> {
  const { environment, from, kind } = metadata;
  const settings = gateSettings(context, metadata, app);
  const now = ports.clock();
  const hold = kind === "promotion" ? await context.state.hold(environment, app, now) : undefined;
  const stops = hold !== undefined && (hold.cause === "person" || !askedSince(history, pull));
  return {
    app,
    environment,
    from,
    settings,
    allow: settingsFor(context.config, app, environment).allow,
    ...(stops ? { hold } : {}),
    health: await carriedHealth(ports, context, observed, metadata, app, settings),
    checks: settings.checks.length === 0 ? [] : await observed.checks(metadata.commit),
    findings:
      settings.findings === "none"
        ? []
        : await findingsOf(ports, context, pull, targetOf(context, app, environment), history),
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
  { commit, from, environment }: PromotionMetadata,
  app: string,
  settings: GateSettings,
): Promise<Health> {
  const source = targetOf(context, app, from);
  const wanted = settings.healthy || settings.soak !== undefined;
  if (!wanted || from === environment) return { state: "unknown", reason: "nothing asks for it" };
  if (source === undefined) return { state: "unknown", reason: `${app} has no target in ${from}` };
  const { health } = settingsFor(context.config, app, from);
  return healthOf(ports, context, observed, { source, commit, health }, settings.soak);
}

/** What the pull request, as it is at its head, introduces in this target. */
async function findingsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  target: Target | undefined,
  history: readonly HistoryEntry[],
): Promise<readonly GateFinding[]> {
  if (target === undefined) return [];
  const { repository, signal } = context;
  const fork = (await repository.mergeBase(pull.head.sha, context.head)) ?? context.head;
  const render = async (commit: string) =>
    ports.renderer.render(target.render, { tree: await repository.tree(commit), objects: repository.objects }, signal);
  const [base, head] = await Promise.all([render(fork), render(pull.head.sha)]);
  if (!head.ok) {
    const { message } = head.failure;
    return [
      { key: `render-failed:${target.id}`, severity: "danger", message: `${target.id} does not render: ${message}` },
    ];
  }
  const { findings } = compareTarget({
    app: target.app,
    environment: target.environment,
    base: base.ok ? base.resources() : [],
    head: head.resources(),
    ignore: context.config.preview.ignore,
    fingerprintKey: ports.fingerprintKey,
  });
  return findings.map(({ id, severity, app, resource, message }) => {
    const key = `${id}:${app}/${resource}`;
    const by = history.find((entry) => acknowledges(entry, pull, id, key))?.by;
    return { key, severity, message, ...(by === undefined ? {} : { acknowledgedBy: by }) };
  });
}

function acknowledges(entry: HistoryEntry, pull: PullRequest, id: string, key: string): boolean {
  if (entry.kind !== "acknowledged" || entry.pullRequest !== pull.number || entry.head !== pull.head.sha) return false;
  return entry.finding === id || entry.finding === key;
}

function overrideIn(entry: HistoryEntry, pull: PullRequest): readonly Override[] {
  if (entry.kind !== "overridden" || entry.gate === undefined) return [];
  if (entry.pullRequest !== pull.number || entry.head !== pull.head.sha) return [];
  return [{ gate: entry.gate, by: entry.by, reason: entry.reason ?? "" }];
}
