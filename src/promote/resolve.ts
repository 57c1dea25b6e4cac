import { type Config, type EnvironmentSettings, settingsFor } from "../config/index.ts";
import { fillTemplate } from "../config/values/templates.ts";
import { UserError } from "../model/errors.ts";
import { nearest } from "../model/nearest.ts";
import { type Target, targetId } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import { sentenceList } from "../model/text/lists.ts";
import type { Repository } from "../model/tree.ts";
import { configFile, configured, type PlanReads } from "../targets/index.ts";

/** One app with the target that its version comes from and the one that it goes to. */
export interface PromotionPair {
  readonly app: string;
  readonly source: Target;
  readonly target: Target;
  /** Of the app in the environment that it goes to. */
  readonly settings: EnvironmentSettings["promote"];
}

/** What is read to find the targets. */
export interface ResolveRequest {
  readonly repository: Repository;
  /** The commit with the configuration and the targets' files. */
  readonly base: string;
  readonly to: string;
  /** None named: every app that `to` and its source environment have. */
  readonly apps: readonly string[];
  readonly reads: PlanReads;
}

/** What a promotion is about. `pairs` are in the order of the plan's targets. */
export interface ResolvedPromotion {
  readonly from: string;
  readonly config: Config;
  readonly plan: TargetPlan;
  readonly pairs: readonly PromotionPair[];
  /** Apps that were named and have no pair of targets. */
  readonly left: readonly LeftApp[];
}

/** An app that is not promoted: why, and what would let it be, as sentences. */
export interface LeftApp {
  readonly app: string;
  readonly why: string;
  readonly fix: string | undefined;
}

/**
 * The targets that a promotion is about, from the configuration at the base. UserErrors: `config` when there is none,
 * when it is broken and when the environment promotes from nowhere; `not-found` when there is no such environment, app
 * or target, with what may have been meant.
 */
export async function resolvePromotion(request: ResolveRequest): Promise<ResolvedPromotion> {
  const { repository, base, reads } = request;
  const { config, plan } = await configured({ tree: await repository.tree(base), objects: repository.objects }, reads);
  const resolved = resolvePairs({ config, targets: plan }, request.to, request.apps);
  const [first] = resolved.left;
  if (first !== undefined) throw missing(first);
  return { config, plan, ...resolved };
}

/**
 * As `resolvePromotion`, for a configuration and targets that are read already. An app that lacks a target is left out
 * with the reason; where no other is left, that is the error. Throws the other UserErrors, but those about a
 * configuration that cannot be read.
 */
export function resolvePairs(
  { config, targets: plan }: { readonly config: Config; readonly targets: TargetPlan },
  to: string,
  apps: readonly string[],
): Pick<ResolvedPromotion, "from" | "pairs" | "left"> {
  const from = sourceOf(config, to);
  const [targets, sources] = [targetsOf(plan, to), targetsOf(plan, from)];
  const wanted = new Set(apps.length > 0 ? apps : targets.keys().filter((app) => sources.has(app)));
  if (wanted.size === 0) throw nothingShared(from, to);
  const left = [...wanted].flatMap((app) => {
    if (!targets.has(app)) return [missingApp(config, plan, app, to, targets)];
    return sources.has(app) ? [] : [missingApp(config, plan, app, from, sources)];
  });
  const pairs = [...targets.values()].flatMap((target): PromotionPair[] => {
    const source = sources.get(target.app);
    if (source === undefined || !wanted.has(target.app)) return [];
    return [{ app: target.app, source, target, settings: settingsFor(config, target.app, to).promote }];
  });
  const [first] = left;
  if (pairs.length === 0 && first !== undefined) throw missing(first);
  return { from, pairs, left };
}

function missing({ app, why, fix }: LeftApp): UserError {
  const message = why.startsWith("it is ") ? why.replace("it", `the app "${app}"`) : why;
  return new UserError("not-found", message, fix === undefined ? {} : { fix });
}

/** An app's source and target; `undefined` where it lacks one of them. */
export function pairOf(
  { config, targets: { targets } }: { readonly config: Config; readonly targets: TargetPlan },
  app: string,
  environment: string,
  from: string,
): PromotionPair | undefined {
  const [source, target] = [targetId(app, from), targetId(app, environment)].map((id) =>
    targets.find((one) => one.id === id),
  );
  if (source === undefined || target === undefined) return undefined;
  return { app, source, target, settings: settingsFor(config, app, environment).promote };
}

function sourceOf(config: Config, to: string): string {
  const names = config.environments.map(({ name }) => name);
  const index = names.indexOf(to);
  const environment = config.environments[index];
  if (environment === undefined) {
    throw new UserError("not-found", `there is no environment "${to}"`, { fix: meant(to, names, "environments") });
  }
  if (environment.from !== undefined) return environment.from;
  const before = names[index - 1];
  throw new UserError("config", `"${to}" promotes from no environment`, {
    place: { file: configFile },
    fix:
      before === undefined
        ? `Promote to another one, or give it \`from\`.`
        : `Add \`from: ${before}\` to it, if its versions come from there.`,
  });
}

function nothingShared(from: string, to: string): UserError {
  return new UserError("not-found", `no app is in both "${from}" and "${to}"`, {
    fix: "sluice targets lists the apps of each environment.",
  });
}

function missingApp(
  config: Config,
  plan: TargetPlan,
  app: string,
  environment: string,
  there: ReadonlyMap<string, Target>,
): LeftApp {
  const elsewhere = [...new Set(plan.targets.flatMap((target) => (target.app === app ? [target.environment] : [])))];
  if (elsewhere.length === 0) {
    return { app, why: `there is no app "${app}"`, fix: meant(app, [...there.keys()], `apps of "${environment}"`) };
  }
  const path = placeOf(config, app, environment);
  const fix = `Add ${path === undefined ? `it to ${environment}` : `\`${path}\``} once by hand`;
  return { app, why: `it is in ${sentenceList(elsewhere)} only`, fix };
}

/** Where an environment's targets of an app would be, as its patterns say. */
function placeOf({ environments }: Config, app: string, environment: string): string | undefined {
  const found = environments.find(({ name }) => name === environment);
  const pattern = found?.path ?? found?.targets?.[0]?.path;
  return pattern === undefined ? undefined : fillTemplate(pattern, { app, environment });
}

function targetsOf(plan: TargetPlan, environment: string): ReadonlyMap<string, Target> {
  return new Map(
    plan.targets.flatMap((target) => (target.environment === environment ? [[target.app, target] as const] : [])),
  );
}

/** How many names a message lists. */
const maxNames = 20;

function meant(word: string, known: readonly string[], what: string): string {
  const near = nearest(word, known);
  const list = known
    .slice(0, maxNames)
    .map((name) => `\`${name}\``)
    .join(", ");
  const more = known.length > maxNames ? ` and ${known.length - maxNames} more` : "";
  const all = known.length === 0 ? `There are no ${what}.` : `The ${what} are ${list}${more}.`;
  return near === undefined ? all : `Did you mean \`${near}\`? ${all}`;
}
