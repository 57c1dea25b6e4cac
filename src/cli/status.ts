import { resolve } from "node:path";
import { UserError } from "../model/errors.ts";
import { computeStatus } from "../promote/status.ts";
import { configured } from "../targets/index.ts";
import { type CommandContext, defineCommand, EXIT } from "./command.ts";
import { statusJson, statusText } from "./format/status.ts";
import { type Local, withLocal } from "./local.ts";
import { suggest } from "./suggest.ts";

const FLAGS = {
  repo: { type: "string", value: "DIR", default: ".", description: "a folder in the git repository" },
  base: { type: "string", value: "REF", default: "HEAD", description: "the commit to look at" },
  format: { type: "string", choices: ["text", "json"], default: "text", description: "how to say it" },
} as const;

/** `sluice status`. */
export const statusCommand = defineCommand({
  name: "status",
  summary: "show which version is in which environment, and what lags behind",
  description: [
    "Renders every target of the apps and lists the versions of their images by environment. A target is held against the environment that it promotes from: behind or ahead where versions tell, else different.",
    "What Git says is shown, not what a cluster runs.",
  ],
  positionals: [{ name: "APP", description: "the apps to show (default: all)", many: true }],
  flags: FLAGS,
  examples: [
    ["status", "every app in every environment"],
    ["status webapp --base origin/main --format json", "one app on a branch, for a program"],
  ],
  run: (context) => withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local)),
});

async function run(context: CommandContext<typeof FLAGS>, { repository, renderer }: Local): Promise<number> {
  const commit = await repository.resolve(context.args.base);
  const { config, plan } = await configured(await repository.tree(commit));
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
  return EXIT.fine;
}

function noApp(app: string, known: readonly string[]): UserError {
  const near = suggest(app, known);
  return new UserError("not-found", `there is no app "${app}"`, {
    fix: near === undefined ? "sluice targets lists them." : `Did you mean ${near}? sluice targets lists all.`,
  });
}
