import { authorOf } from "../../change/merged-pull.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import { historyOf, type RepositoryContext, targetOf } from "../../change/repository-context.ts";
import { shortMove, type Versions, versionsText } from "../../change/text/version.ts";
import { settingsFor } from "../../config/index.ts";
import type { PullRequest } from "../../model/github.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { carriedAt, carriedOf, compareCarried } from "../carried.ts";
import { pairOf } from "../resolve.ts";
import { parseBranch } from "../text/branch.ts";
import { gateWords, shownGates, starvedSoak } from "../text/gates.ts";
import { type PromotionMetadata, promotionOf } from "../text/metadata.ts";
import type { LaterChange, StatusStep } from "../text/status-comment.ts";
import { shownWait } from "../text/verdict.ts";
import { type VersionRun, versionRuns } from "../version-runs.ts";
import { automaticMove } from "./automatic.ts";
import { versionText } from "./currency.ts";
import { deferredRequests } from "./deferred-requests.ts";
import { deployStateOf } from "./deploy-state.ts";
import { missingHealth, observe } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { carriedRequest, hadBefore } from "./source-moves.ts";
import { touchedTargets } from "./touched.ts";
import { isAheadIn, versionsAt } from "./versions-at.ts";

/** An open promotion with what it carries. */
interface OpenPromotion {
  readonly pull: PullRequest;
  readonly metadata: PromotionMetadata;
}

/** Apps of one change that are followed. */
const maxApps = 50;

/**
 * Where a merged change is, for each app that it touched and each environment that the app goes through, in promotion
 * order. The context must have been opened with `wantsOf(pull)`.
 */
export async function statusSteps(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
): Promise<readonly StatusStep[]> {
  const touched = await touchedTargets(ports, context, pull);
  const apps = [...new Set(touched.map(({ app }) => app))].slice(0, maxApps);
  const open = await openPromotions(ports, context, apps);
  const observed = observe(context);
  const steps: StatusStep[] = [];
  for (const app of apps) {
    const direct = touched.filter((target) => target.app === app);
    const moved = await movedImages(ports, context, pull, direct);
    for (const { mergeCommit, ...step } of await stepsOf(ports, context, pull, app, { direct, moved }, open)) {
      const deploy = await deployStateOf(context, observed, step, mergeCommit);
      steps.push({ ...step, ...(deploy && { deploy }) });
    }
  }
  return steps;
}

/** What a change did to one app. */
interface Touch {
  readonly direct: readonly Target[];
  /** The images of which it set the version; empty where that is not known, or it set none. */
  readonly moved: ReadonlySet<string>;
}

/** The images of which a change set the version, in any of these targets. */
async function movedImages(
  ports: PromotionPorts,
  context: RepositoryContext,
  { base, head }: PullRequest,
  targets: readonly Target[],
): Promise<ReadonlySet<string>> {
  const fork = await context.repository.mergeBase(base.sha, head.sha);
  const moved = new Set<string>();
  for (const target of fork === undefined ? [] : targets) {
    const [before = [], after = []] = [
      await versionsAt(ports, context, target, fork ?? ""),
      await versionsAt(ports, context, target, head.sha),
    ];
    const had = new Map(before.map(({ image, version }) => [image, version]));
    for (const { image, version } of after) if (had.get(image) !== version) moved.add(image);
  }
  return moved;
}

/** Of a target's versions those of these images; all of them where it has none of these. */
function only(moved: ReadonlySet<string>, versions: Versions | undefined): Versions | undefined {
  const some = versions?.filter(({ image }) => moved.has(image)) ?? [];
  return some.length === 0 ? versions : some;
}

/** A step with the commit that brought the change there. */
type ArrivedStep = StatusStep & { readonly mergeCommit?: string | undefined };

async function stepsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  app: string,
  { direct: touched, moved }: Touch,
  open: readonly OpenPromotion[],
): Promise<readonly ArrivedStep[]> {
  /** By environment: the commit with which the change came there. */
  const arrivals = new Map<string, string>();
  const steps: ArrivedStep[] = [];
  for (const { name, from = "" } of context.config.environments) {
    const target = targetOf(context, app, name);
    if (target === undefined) continue;
    const direct = touched.some(({ id }) => id === target.id);
    if (!direct && !arrivals.has(from) && !follows(steps, from)) continue;
    const about = {
      app,
      environment: name,
      version: versionsText(only(moved, await versionsAt(ports, context, target, context.head))),
    };
    if (direct) {
      if (pull.mergeCommit !== undefined) arrivals.set(name, pull.mergeCommit);
      const since = await laterChange(ports, context, target, moved, pull.mergeCommit);
      const step = pull.merged
        ? ({ state: "merged" } as const)
        : ({
            state: "comes",
            becomes: versionsText(only(moved, await versionsAt(ports, context, target, pull.head.sha))),
          } as const);
      steps.push({ ...about, ...since, ...step, mergeCommit: pull.mergeCommit });
      continue;
    }
    const { came, last } = await arrival(context, target, arrivals.get(from));
    if (came?.mergeCommit !== undefined) arrivals.set(name, came.mergeCommit);
    const since = await laterChange(ports, context, target, moved, came?.mergeCommit);
    const step = await stepOf(ports, context, pull, target, about, last, arrivals.get(from), open);
    steps.push(step.state === "arrived" ? { ...step, ...since, mergeCommit: came?.mergeCommit } : step);
  }
  return steps;
}

/** The environment before is shown, even if the change has not come there yet. */
function follows(steps: readonly StatusStep[], from: string): boolean {
  return steps.some(({ environment }) => environment === from);
}

type About = Pick<StatusStep, "app" | "environment" | "version">;

async function stepOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  { app, environment, id }: Target,
  about: About,
  came: HistoryEntry | undefined,
  since: string | undefined,
  open: readonly OpenPromotion[],
): Promise<StatusStep> {
  if (came !== undefined) {
    if (came.kind !== "promoted") return { ...about, state: "rolled-back", by: came.by, at: Date.parse(came.at) };
    const { mergedBy = "somebody", unmet = [], unseen } = came;
    return {
      ...about,
      state: "arrived",
      pullRequest: came.pullRequest,
      at: Date.parse(came.at),
      ...(unmet.length === 0 && unseen === undefined ? {} : { unmet: { by: mergedBy, gates: unmet } }),
    };
  }
  for (const { pull: promotion, metadata } of open) {
    const carried = metadata.environment === environment ? metadata.targets.find((one) => one.app === app) : undefined;
    if (carried === undefined || since === undefined || !(await has(context, since, metadata.commit))) continue;
    const becomes = carried.images.map((image) => shortMove(image).split(" → ")[1] ?? "").join(", ");
    return {
      ...about,
      state: "under-way",
      pullRequest: promotion.number,
      becomes: becomes || "its files",
      gates: waitOf(promotion),
      ...(describesHead(metadata, promotion) ? {} : { pushed: true as const }),
      starved: starvedSoak(promotion.body),
    };
  }
  return notUnderWay(ports, context, pull, { app, environment, id }, about, since);
}

/** Nothing carries the change there by now. */
async function notUnderWay(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  { app, environment, id }: Pick<Target, "app" | "environment" | "id">,
  about: About,
  since: string | undefined,
): Promise<StatusStep> {
  const asked = (await deferredRequests(ports, context)).find(
    (request) =>
      request.pullRequest === pull.number &&
      request.environment === environment &&
      (request.apps.length === 0 || request.apps.includes(app)),
  );
  if (asked !== undefined)
    return { ...about, state: "asked", by: asked.by, missing: await missingFor(context, app, environment) };
  const hold = await context.state.hold(environment, app, ports.clock());
  if (hold !== undefined) {
    const { by, reason, environmentWide } = hold;
    const until = hold.until === undefined ? undefined : Date.parse(hold.until);
    return { ...about, state: "held", by, reason, until, environmentWide };
  }
  const from = settingsFor(context.config, app, environment).from;
  const source = from === undefined ? undefined : targetOf(context, app, from);
  const target = targetOf(context, app, environment);
  if (source !== undefined && target !== undefined && since !== undefined) {
    const [here, there] = [target, source].map((one) => versionsAt(ports, context, one, context.head));
    if (versionsText(await here) === versionsText(await there)) return { ...about, state: "same" };
  }
  if (from !== undefined && (await isAheadIn(ports, context, { app, environment, from }))) {
    return { ...about, state: "ahead", from };
  }
  const automatic = settingsFor(context.config, app, environment).promote.auto && id !== "";
  // Before the merge nobody knows what it will be to automation.
  const comes = automatic && (since === undefined || (await isMove(ports, context, app, environment)));
  return { ...about, state: "not-yet", automatic: comes };
}

/** Whether automation takes the difference, where there is one, for a move of the source. */
async function isMove(
  ports: PromotionPorts,
  context: RepositoryContext,
  app: string,
  environment: string,
): Promise<boolean> {
  return (await automaticMove(ports, context, app, environment))?.ok !== false;
}

/** What an open promotion says that it waits for. */
function waitOf({ body }: PullRequest): string {
  const open = [...shownGates(body)].flatMap(([gate, state]) =>
    state === "waiting" || state === "blocked" ? [gateWords[gate]] : [],
  );
  return shownWait(body) ?? sentenceList(open);
}

/** What came after the versions that a target got with a merge; nothing where it still has them. */
async function laterChange(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  moved: ReadonlySet<string>,
  mergeCommit: string | undefined,
): Promise<{ readonly since?: LaterChange }> {
  if (mergeCommit === undefined) return {};
  const { promote: settings } = settingsFor(context.config, target.app, target.environment);
  const request = carriedRequest(ports, context, { app: target.app, source: target, target, settings }, "target");
  const whole = await carriedAt(request, mergeCommit);
  if (whole === undefined) return {};
  const names = settings.strategy === "directory" ? [] : [...whole.keys()].filter((image) => moved.has(image));
  const some = names.map((image) => ({ image }));
  const brought = carriedOf(whole, some);
  let after: VersionRun | undefined;
  let newest: VersionRun | undefined;
  const later = new Map<VersionRun, boolean>();
  for await (const run of versionRuns(request, context.head)) {
    const order = compareCarried(carriedOf(run.carried, some), brought);
    if (order === "same") break;
    later.set(
      run,
      order === "older" || (order === "unknown" && (await hadBefore(request, mergeCommit, run.carried, some))),
    );
    newest ??= run;
    after = run;
  }
  if (after === undefined || newest === undefined) return {};
  const back = later.get(after) === true;
  // Who took it back did it right after; what is there in its place may be of somebody else by now.
  const who = await authorOf(context, back ? after.first : newest.first);
  return { since: { brought: versionText(brought), back, by: who.by, pullRequest: who.pullRequest, at: who.at } };
}

/** What must be set up before a promotion to this environment can open. */
async function missingFor(context: RepositoryContext, app: string, environment: string): Promise<string | undefined> {
  const { from = "" } = settingsFor(context.config, app, environment);
  const pair = pairOf(context, app, environment, from);
  return pair && missingHealth(context, observe(context), [pair]);
}

interface Arrival {
  /** The promotion with which the change came to the target. */
  readonly came?: HistoryEntry;
  /** The same, or what took it away since. */
  readonly last?: HistoryEntry;
}

/** The first promotion of a commit that has the change, and whether it is still there. */
async function arrival(context: RepositoryContext, target: Target, since: string | undefined): Promise<Arrival> {
  if (since === undefined) return {};
  let came: HistoryEntry | undefined;
  let last: HistoryEntry | undefined;
  for (const entry of await historyOf(context, target.environment, target.app)) {
    if (entry.kind === "promoted" && entry.commit !== undefined && (await has(context, since, entry.commit))) {
      if (last?.kind !== "promoted") {
        came = entry;
        last = entry;
      }
    } else if (last?.kind === "promoted" && (await takesBack(context, entry, last))) {
      last = entry;
    }
  }
  return { ...(came === undefined ? {} : { came }), ...(last === undefined ? {} : { last }) };
}

/**
 * A rollback is written down twice: when it is asked for, and when it is merged; only then is the change gone. One to a
 * later commit than the promotion's left it there.
 */
async function takesBack(
  context: RepositoryContext,
  entry: HistoryEntry,
  { mergeCommit }: HistoryEntry,
): Promise<boolean> {
  if (entry.kind === "reverted") return true;
  if (entry.kind !== "rolled-back" || entry.mergeCommit === undefined) return false;
  return mergeCommit === undefined || !(await has(context, mergeCommit, entry.commit ?? ""));
}

/** Whether a commit has a change; one that the mirror does not have, or does not have yet, says nothing. */
async function has(context: RepositoryContext, change: string, commit: string): Promise<boolean> {
  const { objects } = context.repository;
  for (const oid of [change, commit]) if ((await objects.read(oid))?.kind !== "commit") return false;
  return context.repository.isAncestor(change, commit);
}

/** The open promotions that may have one of the apps. */
async function openPromotions(
  ports: PromotionPorts,
  context: RepositoryContext,
  apps: readonly string[],
): Promise<readonly OpenPromotion[]> {
  const open: OpenPromotion[] = [];
  const branches = [...context.branches.keys()].filter((branch) => {
    const facts = parseBranch(branch);
    return facts?.kind === "promotion" && (facts.app === undefined || apps.includes(facts.app));
  });
  for (const branch of branches.slice(0, 50)) {
    const pull = await context.github.pullRequestOf(branch, context.base);
    const metadata = pull?.state === "open" ? promotionOf(pull, ports.signer) : undefined;
    if (pull !== undefined && metadata !== undefined) open.push({ pull, metadata });
  }
  return open;
}
