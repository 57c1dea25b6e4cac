import { Fault, UserError } from "../model/errors.ts";
import { exactJson } from "../model/exact-json.ts";
import type { RenderFailure, RenderSource } from "../model/render.ts";
import { resolveTargets } from "../targets/index.ts";
import { EXIT } from "./command.ts";
import type { RenderContext } from "./definitions/render.ts";
import { type Local, withLocal } from "./local.ts";
import { planReads } from "./plan-reads.ts";
import { type Chosen, choose, parseSubject, type Subject } from "./render-subject.ts";
import { placeText } from "./report-error.ts";
import { snapshotWorkTree } from "./snapshot.ts";
import { harmless, terminalFix, terminalMessage } from "./style.ts";
import { configText } from "./targets.ts";

/** Carries out `sluice render`. */
export async function runRender(context: RenderContext): Promise<number> {
  const subject = await parseSubject(context.positionals[0] ?? ".", context.cwd);
  return withLocal(context, subject.folder, (local) => run(context, local, subject));
}

async function run(context: RenderContext, local: Local, subject: Subject): Promise<number> {
  const tree = await local.repository.tree(await commitOf(local, subject));
  const source = { tree, objects: local.repository.objects };
  const reads = await planReads(local, context.signal, subject.ref);
  const { plan, problems } = await resolveTargets(await configText(tree), source, reads);
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
  const print = context.args.format === "json" ? printJson : printYaml;
  const failed = await print(context, local, source, chosen);
  const [only] = failed;
  if (only !== undefined && chosen.length === 1) throw only.error;
  if (failed.length > 0) context.stderr.write(`${failed.length} of ${chosen.length} cannot be rendered.\n`);
  return failed.length > 0 ? EXIT.usage : EXIT.ok;
}

async function commitOf({ repository, place, git }: Local, { ref }: Subject): Promise<string> {
  if (ref !== undefined) return repository.resolve(ref);
  if (place.top === undefined) return repository.resolve("HEAD");
  return snapshotWorkTree({ ...place, top: place.top }, git);
}

async function printYaml(
  context: RenderContext,
  { renderer }: Local,
  source: RenderSource,
  chosen: readonly Chosen[],
): Promise<readonly FailedRender[]> {
  let printed = 0;
  return eachOf(context, chosen, async ({ name, spec }) => {
    const text = await renderer.yaml(spec, source, context.signal);
    context.progress.clear();
    if (chosen.length > 1) context.stdout.write(`${printed > 0 ? "---\n" : ""}# target ${name} (${spec.path})\n`);
    context.stdout.write(text);
    printed += 1;
  });
}

/** What cannot be rendered, and why. */
interface FailedRender {
  readonly name: string;
  readonly error: UserError;
}

/** Goes on after what cannot be rendered, so that the others are shown. It is told at once where it is not alone. */
async function eachOf(
  context: RenderContext,
  chosen: readonly Chosen[],
  print: (one: Chosen) => Promise<void>,
): Promise<readonly FailedRender[]> {
  const failed: FailedRender[] = [];
  for (const [index, one] of chosen.entries()) {
    context.progress.update("Rendering", index, chosen.length);
    try {
      await print(one);
    } catch (error) {
      if (!(error instanceof UserError) || context.signal.aborted) throw error;
      failed.push({ name: one.name, error });
      context.progress.clear();
      if (chosen.length > 1) for (const line of failureLines(one.name, error)) context.stderr.write(`${line}\n`);
    }
  }
  context.progress.clear();
  return failed;
}

function failureLines(name: string, { message, place, fix }: UserError): readonly string[] {
  const where = place === undefined ? "" : `${placeText(place)}: `;
  return [
    `${harmless(where)}${harmless(name)} cannot be rendered`,
    `  ${terminalMessage(message)}`,
    ...(fix === undefined ? [] : [`  fix: ${terminalFix(fix)}`]),
  ];
}

async function printJson(
  context: RenderContext,
  { renderer }: Local,
  source: RenderSource,
  chosen: readonly Chosen[],
): Promise<readonly FailedRender[]> {
  const objects: string[] = [];
  const failed = await eachOf(context, chosen, async ({ name, spec }) => {
    const render = await renderer.render(spec, source, context.signal);
    if (!render.ok) throw renderError(name, render.failure);
    objects.push(...render.resources().map((resource) => exactJson(resource, "  ")));
  });
  if (failed.length === chosen.length && chosen.length === 1) return failed;
  context.stdout.write(objects.length === 0 ? "[]\n" : `[\n  ${objects.join(",\n  ")}\n]\n`);
  return failed;
}

function renderError(name: string, { kind, message, file, line }: RenderFailure): Error {
  const text = `${name} cannot be rendered: ${message}`;
  if (kind === "internal") return new Fault("bug", text);
  const place = file === undefined ? {} : { place: { file, ...(line === undefined ? {} : { line }) } };
  return new UserError(kind, text, place);
}
