import { Fault, UserError } from "../model/errors.ts";
import type { RenderFailure, RenderSource } from "../model/render.ts";
import { configFile, resolveTargets } from "../targets/index.ts";
import { EXIT } from "./command.ts";
import type { RenderContext } from "./definitions/render.ts";
import { exactJson } from "./exact-json.ts";
import { type Local, withLocal } from "./local.ts";
import { type Chosen, choose, parseSubject, type Subject } from "./render-subject.ts";
import { snapshotWorkTree } from "./snapshot.ts";
import { configText } from "./targets.ts";

/** Carries out `sluice render`. */
export async function runRender(context: RenderContext): Promise<number> {
  const subject = await parseSubject(context.positionals[0] ?? ".", context.cwd);
  return withLocal(context, subject.folder, (local) => run(context, local, subject));
}

async function run(context: RenderContext, local: Local, subject: Subject): Promise<number> {
  const tree = await local.repository.tree(await commitOf(local, subject, context.signal));
  const source = { tree, objects: local.repository.objects };
  const { plan, problems } = await resolveTargets(await configText(tree), tree, configFile);
  const wanted = context.args.target ?? local.place.path;
  const broken = problems.find((problem) => problem.severity === "error");
  if (wanted === "" && broken !== undefined) {
    throw new UserError("config", broken.message, {
      place: broken,
      fix: `${broken.fix} sluice lint shows every problem.`,
    });
  }
  const every = wanted === "" && plan.targets.length > 0;
  const chosen: readonly Chosen[] = every
    ? plan.targets.map((target) => ({ name: target.id, spec: target.render }))
    : [await choose(wanted, plan.targets, tree)];
  await (context.args.format === "json" ? printJson : printYaml)(context, local, source, chosen);
  return EXIT.ok;
}

async function commitOf({ repository, place }: Local, { ref }: Subject, signal: AbortSignal): Promise<string> {
  if (ref !== undefined) return repository.resolve(ref);
  if (place.top === undefined) return repository.resolve("HEAD");
  return snapshotWorkTree({ ...place, top: place.top }, signal);
}

async function printYaml(
  context: RenderContext,
  { renderer }: Local,
  source: RenderSource,
  chosen: readonly Chosen[],
): Promise<void> {
  for (const [index, { name, spec }] of chosen.entries()) {
    context.progress.update("Rendering", index, chosen.length);
    const text = await renderer.yaml(spec, source, context.signal);
    context.progress.clear();
    if (chosen.length > 1) context.stdout.write(`${index > 0 ? "---\n" : ""}# target ${name} (${spec.path})\n`);
    context.stdout.write(text);
  }
}

async function printJson(
  context: RenderContext,
  { renderer }: Local,
  source: RenderSource,
  chosen: readonly Chosen[],
): Promise<void> {
  const objects: string[] = [];
  for (const [index, { name, spec }] of chosen.entries()) {
    context.progress.update("Rendering", index, chosen.length);
    const render = await renderer.render(spec, source, context.signal);
    if (!render.ok) throw renderError(name, render.failure);
    objects.push(...render.resources().map((resource) => exactJson(resource, "  ")));
  }
  context.progress.clear();
  context.stdout.write(objects.length === 0 ? "[]\n" : `[\n  ${objects.join(",\n  ")}\n]\n`);
}

function renderError(name: string, { kind, message, file, line }: RenderFailure): Error {
  const text = `${name} does not render: ${message}`;
  if (kind === "internal") return new Fault("bug", text);
  const place = file === undefined ? {} : { place: { file, ...(line === undefined ? {} : { line }) } };
  return new UserError(kind, text, place);
}
