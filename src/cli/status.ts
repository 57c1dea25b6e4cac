import { resolve } from "node:path";
import { UserError } from "../model/errors.ts";
import { computeStatus } from "../promote/status.ts";
import { configured } from "../targets/index.ts";
import { EXIT } from "./command.ts";
import type { StatusContext } from "./definitions/status.ts";
import { idleConfiguration } from "./dirty.ts";
import { statusJson, statusText } from "./format/status.ts";
import { type Local, withLocal } from "./local.ts";
import { planReads } from "./plan-reads.ts";
import { suggest } from "./suggest.ts";

/** Carries out `sluice status`. */
export function runStatus(context: StatusContext): Promise<number> {
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local));
}

async function run(context: StatusContext, local: Local): Promise<number> {
  const { repository, renderer, place } = local;
  const commit = await repository.resolve(context.args.ref);
  const tree = await repository.tree(commit);
  const idle = await idleConfiguration(place, tree);
  if (idle !== undefined) throw new UserError("config", idle.what, { fix: idle.fix });
  const { config, plan } = await configured(
    { tree, objects: repository.objects },
    await planReads(local, context.signal, context.args.ref),
  );
  const known = [...new Set(plan.targets.map(({ app }) => app))];
  for (const app of context.positionals) if (!known.includes(app)) throw noApp(app, known);
  const status = await computeStatus({
    repository,
    renderer,
    commit,
    config,
    targets: plan.targets,
    apps: context.positionals,
    signal: context.signal,
    onProgress: (done, total) => context.progress.update("Rendering", done, total),
  });
  context.progress.clear();
  context.stdout.write(
    context.args.format === "json"
      ? `${JSON.stringify(statusJson(status), null, 2)}\n`
      : statusText(status, context.colours),
  );
  return EXIT.ok;
}

function noApp(app: string, known: readonly string[]): UserError {
  const near = suggest(app, known);
  return new UserError("not-found", `there is no app "${app}"`, {
    fix: near === undefined ? "sluice targets lists them." : `Did you mean ${near}? sluice targets lists all.`,
  });
}
