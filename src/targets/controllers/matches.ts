import type { EnvironmentMatch } from "../../config/schema/clusters.ts";
import { type Config, overrideOf } from "../../config/schema/config.ts";
import { isJsonObject } from "../../model/json.ts";
import { byText } from "../../model/paths.ts";
import { doubtful, type Locate } from "../../model/problem.ts";
import type { TargetPlan } from "../../model/target-plan.ts";
import { count } from "../../model/text/lists.ts";
import type { Candidate } from "./controller-targets.ts";
import { appIn, type Named } from "./names.ts";
import type { Controllers } from "./plan.ts";

/** The plan of a configuration with what controllers deploy, by the rules of its environments. */
export async function withMatches(
  config: Config,
  folders: TargetPlan,
  controllers: Controllers | undefined,
  locate: Locate,
): Promise<TargetPlan> {
  const candidates = controllers?.candidates ?? [];
  const names = matchedNames(config, candidates);
  const made = (await controllers?.targets(names)) ?? [];
  const order = new Map(config.environments.map(({ name }, index) => [name, index]));
  const taken = new Set(folders.targets.map(({ id }) => id));
  const targets = [...folders.targets, ...made.filter(({ id }) => !taken.has(id))].sort(
    (a, b) => (order.get(a.environment) ?? 0) - (order.get(b.environment) ?? 0) || byText(a.app, b.app),
  );
  const left = candidates.filter(({ key, declares }) => declares !== undefined && !names.has(key)).length;
  const notes = left === 0 ? [] : [`${count(left, "object")} of Argo CD or Flux fits no \`match\` of an environment.`];
  return {
    ...folders,
    targets,
    problems: [...folders.problems, ...(controllers?.problems ?? []), ...unmatched(config, names).map(locate)],
    notes: [...folders.notes, ...notes],
    ...(controllers === undefined ? {} : { madeFrom: controllers.madeFrom, moving: controllers.moving }),
  };
}

/** The first environment with a rule that fits, without the apps that it leaves out. */
function matchedNames(config: Config, candidates: readonly Candidate[]): ReadonlyMap<string, Named> {
  const names = new Map<string, Named>();
  for (const one of candidates) {
    const found = config.environments.find(({ match = [] }) => match.some((rule) => fits(rule, one)));
    if (found === undefined) continue;
    const app = appIn(found.name, one.name);
    if (overrideOf(config, app, found.name)?.skip !== true) names.set(one.key, { app, environment: found.name });
  }
  return names;
}

function fits(rule: EnvironmentMatch, one: Candidate): boolean {
  const { destination } = one.target;
  const { metadata } = one.object;
  const labels = isJsonObject(metadata) && isJsonObject(metadata.labels) ? metadata.labels : {};
  return (
    isOneOf(rule.cluster, [one.cluster, destination?.cluster, one.entry]) &&
    isOneOf(rule.destination, [destination?.cluster, destination?.server]) &&
    isOneOf(rule.namespace, [destination?.namespace ?? one.namespace]) &&
    isOneOf(rule.name, [one.name]) &&
    isOneOf(rule.project, [one.project]) &&
    Object.entries(rule.labels ?? {}).every(([key, value]) => isOneOf(value, [text(labels[key])]))
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `*` stands for any text. */
function isOneOf(pattern: string | undefined, values: readonly (string | undefined)[]): boolean {
  if (pattern === undefined) return true;
  const whole = new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "s");
  return values.some((value) => value !== undefined && whole.test(value));
}

function unmatched({ environments }: Config, names: ReadonlyMap<string, Named>) {
  const found = new Set([...names.values()].map(({ environment }) => environment));
  return environments.flatMap(({ name, match }, index) => {
    if (match === undefined || found.has(name)) return [];
    const message = `\`match\` of "${name}" fits nothing that Argo CD or Flux reads here`;
    const fix =
      "sluice targets without the rule shows clusters, destinations and names. Fix it, or leave it for what is to come.";
    return [doubtful(["environments", index, "match"], message, fix)];
  });
}
