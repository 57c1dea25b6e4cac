import { parseConfig } from "../config/parse.ts";
import { stageOf } from "../discovery/index.ts";
import { isFolderSpec, type RenderSpec, type Target } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Tree } from "../model/tree.ts";
import { comparePlans } from "./compare-plans.ts";
import { planTargets } from "./configured-targets.ts";

/**
 * A `.sluice.yaml` with the plan's targets. Folders of one layout share a path with `{app}`; targets in `explicit`
 * (ids) get a path of their own. Targets whose folder has `*`, `{` or `}` in its name cannot be written and become a
 * comment. `proposeConfig` also checks the result.
 */
export function proposedConfig(plan: TargetPlan, explicit: ReadonlySet<string> = new Set()): string {
  const head = ["# Proposed by Sluice from what it found. docs/configuration.md explains all keys.", "version: 1"];
  if (plan.environments.length === 0) {
    return `${[...head, "environments: # nothing was found; for example:", ...example].join("\n")}\n`;
  }
  const blocks = plan.environments.flatMap((environment) => environmentLines(plan, environment, explicit));
  return `${[...head, "environments: # in promotion order", ...blocks].join("\n")}\n`;
}

const example = ["  - name: prod", "    path: apps/{app}/overlays/prod"];

/**
 * Like `proposedConfig`, but checked against the tree: environments whose paths would match other folders too list
 * their targets one by one.
 */
export async function proposeConfig(plan: TargetPlan, tree: Tree): Promise<string> {
  const text = proposedConfig(plan);
  const differing = await differingEnvironments(plan, text, tree);
  if (differing.size === 0) return text;
  return proposedConfig(
    plan,
    new Set(plan.targets.filter(({ environment }) => differing.has(environment)).map(({ id }) => id)),
  );
}

async function differingEnvironments(plan: TargetPlan, text: string, tree: Tree): Promise<ReadonlySet<string>> {
  const parsed = parseConfig(text, ".sluice.yaml");
  if (!parsed.ok) return new Set(plan.environments);
  const wanted = { ...plan, targets: plan.targets.filter((target) => isWritable(target, new Set())) };
  const { added, removed, changed } = comparePlans(wanted, await planTargets(parsed.config, tree, parsed.locate));
  return new Set([...added, ...removed, ...changed.map(({ base }) => base)].map(({ environment }) => environment));
}

interface Source {
  readonly path: string;
  readonly app: string | undefined;
  readonly options: readonly string[];
  readonly targets: Target[];
}

function environmentLines(plan: TargetPlan, environment: string, explicit: ReadonlySet<string>): readonly string[] {
  const targets = plan.targets.filter((target) => target.environment === environment);
  const writable = targets.filter((target) => isWritable(target, explicit));
  const left = targets
    .filter((target) => !isWritable(target, explicit))
    .map((target) => `    # cannot be written: ${JSON.stringify(target.render.path)}`);
  const sources = groupSources(writable, explicit);
  const from = sourceOf(plan, environment);
  return [
    `  - name: ${scalar(environment)}`,
    ...(from === undefined ? [] : [`    from: ${scalar(from)}`]),
    ...left,
    ...(sources.length === 1 ? sources.flatMap((source) => sourceLines(source, "    ", "    ")) : listLines(sources)),
  ];
}

function listLines(sources: readonly Source[]): readonly string[] {
  if (sources.length === 0) return ["    path: apps/{app}/overlays/{environment}"];
  return ["    targets:", ...sources.flatMap((source) => sourceLines(source, "      - ", "        "))];
}

function sourceLines(source: Source, first: string, rest: string): readonly string[] {
  const count = source.targets.length;
  const remark =
    source.app === undefined ? ` # ${count} app${count === 1 ? "" : "s"}: ${shortList(source.targets)}` : "";
  const lines = [`path: ${scalar(source.path)}${remark}`];
  if (source.app !== undefined) lines.push(`app: ${scalar(source.app)}`);
  return [...lines, ...source.options].map((line, index) => `${index === 0 ? first : rest}${line}`);
}

function shortList(targets: readonly Target[]): string {
  const apps = targets.map(({ app }) => app);
  return apps.length > 4 ? `${apps.slice(0, 4).join(", ")}, …` : apps.join(", ");
}

function groupSources(targets: readonly Target[], explicit: ReadonlySet<string>): readonly Source[] {
  const groups = new Map<string, Source>();
  for (const target of targets) {
    const source = sourceFor(target, explicit.has(target.id));
    const key = JSON.stringify([source.path, source.app, source.options]);
    groups.set(key, { ...source, targets: [...(groups.get(key)?.targets ?? []), target] });
  }
  return [...groups.values()];
}

function sourceFor(target: Target, explicit: boolean): Source {
  const pattern = explicit ? undefined : appPattern(target.render.path, target.app);
  const app = pattern === undefined ? target.app : undefined;
  return {
    path: pattern ?? target.render.path,
    app,
    options: optionLines(target, pattern !== undefined),
    targets: [target],
  };
}

/** The path with `{app}` instead of the app's name, if exactly one folder has that name. */
function appPattern(path: string, app: string): string | undefined {
  const names = path.split("/");
  if (names.filter((name) => name === app).length !== 1) return undefined;
  return names.map((name) => (name === app ? "{app}" : name)).join("/");
}

function optionLines({ render, app }: Target, shared: boolean): readonly string[] {
  const entries = Object.entries(optionsOf(render, app)).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return [];
  const text = (value: unknown): unknown =>
    shared && Array.isArray(value) ? value.map((file) => appPattern(String(file), app) ?? file) : value;
  return [`${render.kind}: { ${entries.map(([key, value]) => `${key}: ${flow(text(value))}`).join(", ")} }`];
}

/** The options without the defaults of the file. */
function optionsOf(render: RenderSpec, app: string): object {
  if (!isFolderSpec(render)) return {};
  switch (render.kind) {
    case "kustomize":
      return render.options;
    case "plain":
      return { ...render.options, recurse: render.options.recurse === false ? false : undefined };
    case "helm":
      return {
        ...render.options,
        releaseName: render.options.releaseName === app ? undefined : render.options.releaseName,
      };
    default:
      return render satisfies never;
  }
}

/** The environment of the closest earlier stage that shares an app with this one. */
function sourceOf(plan: TargetPlan, environment: string): string | undefined {
  const stage = stageOf(environment);
  if (stage === undefined) return undefined;
  const appsOf = (name: string) =>
    new Set(plan.targets.filter((target) => target.environment === name).map(({ app }) => app));
  const apps = appsOf(environment);
  const before = plan.environments.filter(
    (name) => (stageOf(name) ?? stage) < stage && appsOf(name).intersection(apps).size > 0,
  );
  return before.at(-1);
}

function isWritable(target: Target, explicit: ReadonlySet<string>): boolean {
  const { path } = sourceFor(target, explicit.has(target.id));
  return !/[*{}\\]/.test(path.replaceAll("{app}", ""));
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  return typeof value === "string" ? scalar(value) : JSON.stringify(value);
}

/** Text as a YAML scalar that parses to the same text, in flow and in block style. */
function scalar(text: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
