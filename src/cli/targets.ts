import { resolve } from "node:path";
import type { Target } from "../model/target.ts";
import { count } from "../model/text/lists.ts";
import type { Tree } from "../model/tree.ts";
import { configFile, resolveTargets } from "../targets/index.ts";
import { EXIT } from "./command.ts";
import type { TargetsContext } from "./definitions/targets.ts";
import { configurationWarning } from "./dirty.ts";
import { type Local, withLocal } from "./local.ts";
import { planReads } from "./plan-reads.ts";
import { problemLines } from "./problems.ts";
import { oneLine, table } from "./style.ts";

/** Carries out `sluice targets`. */
export function runTargets(context: TargetsContext): Promise<number> {
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local));
}

async function run(context: TargetsContext, local: Local): Promise<number> {
  const { repository, place } = local;
  const tree = await repository.tree(await repository.resolve(context.args.ref));
  const text = await configText(tree);
  const reads = await planReads(local, context.signal, context.args.ref);
  const { plan, problems } = await resolveTargets(text, { tree, objects: repository.objects }, reads);
  const source = plan.source === "file" ? configFile : "discovered";
  const warnings = context.args.ref === "HEAD" ? await configurationWarning(place, tree, context.paintError) : [];
  for (const line of [...problemLines(problems, text, context.paintError), ...warnings])
    context.stderr.write(`${line}\n`);
  if (problems.some((problem) => problem.severity === "error")) return EXIT.usage;
  if (context.args.format === "json") {
    const list = plan.targets.map((target) => ({ ...describe(target), source, ...controlled(target) }));
    context.stdout.write(`${JSON.stringify({ targets: list, notes: plan.notes }, null, 2)}\n`);
    return EXIT.ok;
  }
  const declared = plan.targets.some(({ declaration }) => declaration !== undefined);
  const rows = plan.targets.map((target) => cells(target, declared).map(oneLine));
  const more = declared ? [{ title: "DECLARED BY" }, { title: "DESTINATION" }, { title: "NOT RENDERED" }] : [];
  const columns = [{ title: "APP" }, { title: "ENVIRONMENT" }, { title: "PATH" }, { title: "RENDERER" }, ...more];
  const from = plan.source === "discovered" ? `discovered (there is no ${configFile})` : `from ${configFile}`;
  const lines = [
    ...(rows.length > 0 ? [...table(columns, rows, context.paint), ""] : []),
    `${count(plan.targets.length, "target")}, ${from}`,
    ...plan.notes.map((note) => context.paint.dim(oneLine(note))),
  ];
  context.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.ok;
}

function describe({ app, environment, render }: Target) {
  return { app, environment, path: render.path, renderer: render.kind };
}

/** What a controller does with a target, and why it cannot be rendered, for programs. Nothing of its values. */
function controlled({ declaration, destination, handling, render }: Target) {
  const { missing } = render;
  return { declaration, destination, handling, missing };
}

function cells(target: Target, declared: boolean): readonly string[] {
  const own = Object.values(describe(target));
  if (!declared) return own;
  const { declaration, destination, render } = target;
  const by = declaration === undefined ? "" : `${declaration.kind} ${declaration.namespace}/${declaration.name}`;
  const to = [destination?.cluster ?? destination?.server, destination?.namespace].filter((part) => part !== undefined);
  const [missing] = render.missing ?? [];
  return [...own, by, to.join("/"), missing === undefined ? "" : `${missing.reference}: ${missing.reason}`];
}

/** The text of the configuration in a tree, `undefined` where there is none. */
export async function configText(tree: Tree): Promise<string | undefined> {
  const bytes = await tree.read(configFile, 1 << 20);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
