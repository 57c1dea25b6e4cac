import { isOursAlone } from "../../change/branch.ts";
import { type Scene, targetOf } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { compareTarget } from "../../diff/index.ts";
import type { GateFinding, GateSettings, Health, Override, PromotionFacts, TargetFacts } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import { includes } from "../../policy/permission.ts";
import type { PromotionRecord } from "../text/metadata.ts";
import { healthOf, type Observed } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { behindIn } from "./versions-at.ts";

/** Everything that the gates of one promotion pull request depend on, at its head. */
export async function factsOf(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  pull: PullRequest,
  record: PromotionRecord,
): Promise<PromotionFacts> {
  const histories = await Promise.all(record.targets.map(({ app }) => scene.state.history(record.environment, app)));
  const targets = await Promise.all(
    record.targets.map(({ app }, index) =>
      targetFacts(ports, scene, observed, pull, record, app, histories[index] ?? []),
    ),
  );
  const reviews = await reviewsOf(ports, scene, pull);
  return {
    head: pull.head.sha,
    actor: record.actor,
    reviews,
    mayReview: await reviewersOf(scene, reviews),
    targets,
    overrides: histories.flat().flatMap((entry) => overrideIn(entry, pull)),
  };
}

/** Sluice dismisses approvals itself when the render changes. After a person's push it cannot know, and only approvals of that very head count. */
async function reviewsOf(ports: PromotionPorts, scene: Scene, pull: PullRequest): Promise<readonly Review[]> {
  const reviews = await scene.github.reviews(pull.number);
  if (await isOursAlone(ports, scene, pull.head.ref, pull.head.sha)) return reviews;
  return reviews.filter(({ state, commit }) => state !== "approved" || commit === pull.head.sha);
}

/** Of those whose review would decide: who may write. On a public repository anybody can review. */
async function reviewersOf(scene: Scene, reviews: readonly Review[]): Promise<ReadonlySet<string>> {
  const decisive = reviews.filter(({ state, bot }) => !bot && (state === "approved" || state === "changes-requested"));
  const users = [...new Set(decisive.map(({ user }) => user))].slice(-20);
  const may = await Promise.all(users.map(async (user) => includes(await scene.github.permission(user), "write")));
  return new Set(users.filter((_, index) => may[index]).map((user) => user.toLowerCase()));
}

/** The settings of a promotion's gates. A rollback is for emergencies: only people and what is dangerous stand in its way. */
export function gateSettings(
  scene: Scene,
  record: Pick<PromotionRecord, "kind" | "environment">,
  app: string,
): GateSettings {
  const { gates } = settingsFor(scene.config, app, record.environment);
  if (record.kind === "promotion") return gates;
  const { soak: _, ...rest } = gates;
  return { ...rest, healthy: false, checks: [], windows: [], dependsOn: [] };
}

async function targetFacts(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  pull: PullRequest,
  record: PromotionRecord,
  app: string,
  history: readonly HistoryEntry[],
): Promise<TargetFacts> {
  const { environment, from, kind } = record;
  const settings = gateSettings(scene, record, app);
  const now = ports.clock();
  const hold = kind === "promotion" ? await scene.state.hold(environment, app, now) : undefined;
  const stops = hold !== undefined && (hold.cause === "person" || !askedSince(history, pull));
  return {
    app,
    environment,
    from,
    settings,
    allow: settingsFor(scene.config, app, environment).allow,
    ...(stops ? { hold } : {}),
    health: await carriedHealth(ports, scene, observed, record, app, settings),
    checks: settings.checks.length === 0 ? [] : await observed.checks(record.commit),
    findings:
      settings.findings === "none"
        ? []
        : await findingsOf(ports, scene, pull, targetOf(scene, app, environment), history),
    dependsOn: await Promise.all(settings.dependsOn.map((other) => dependency(ports, scene, record, other))),
  };
}

/**
 * A person who promotes something newer lifts what a rollback or a revert put there; what opened by itself, and what was asked for before, is held by it.
 */
function askedSince(history: readonly HistoryEntry[], pull: PullRequest): boolean {
  const taken = history.findLastIndex(({ kind }) => kind === "rolled-back" || kind === "reverted");
  return history.slice(taken + 1).some(({ kind, pullRequest }) => kind === "requested" && pullRequest === pull.number);
}

/** An app that the same pull request carries arrives with it. */
async function dependency(ports: PromotionPorts, scene: Scene, record: PromotionRecord, app: string) {
  if (record.targets.some((target) => target.app === app))
    return { app, behind: false, detail: `${app} comes with this promotion` };
  return behindIn(ports, scene, { app, environment: record.environment, from: record.from });
}

async function carriedHealth(
  ports: PromotionPorts,
  scene: Scene,
  observed: Observed,
  { commit, from, environment }: PromotionRecord,
  app: string,
  settings: GateSettings,
): Promise<Health> {
  const source = targetOf(scene, app, from);
  const wanted = settings.healthy || settings.soak !== undefined;
  if (!wanted || from === environment) return { state: "unknown", reason: "nothing asks for it" };
  if (source === undefined) return { state: "unknown", reason: `${app} has no target in ${from}` };
  const { health } = settingsFor(scene.config, app, from);
  return healthOf(ports, scene, observed, { source, commit, health }, settings.soak);
}

/** What the pull request, as it is at its head, introduces in this target. */
async function findingsOf(
  ports: PromotionPorts,
  scene: Scene,
  pull: PullRequest,
  target: Target | undefined,
  history: readonly HistoryEntry[],
): Promise<readonly GateFinding[]> {
  if (target === undefined) return [];
  const { repository, signal } = scene;
  const fork = (await repository.mergeBase(pull.head.sha, scene.head)) ?? scene.head;
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
    ignore: scene.config.preview.ignore,
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
