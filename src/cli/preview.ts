import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { previewComment, previewJson } from "../diff/index.ts";
import { UserError } from "../model/errors.ts";
import type { Preview } from "../model/preview.ts";
import { computePreview } from "../preview/compute.ts";
import type { PreviewOutcome } from "../preview/outcome.ts";
import { configFile } from "../targets/index.ts";
import { type CommandContext, defineCommand, EXIT } from "./command.ts";
import { failsOn } from "./fail-on.ts";
import { previewHtml } from "./format/html.ts";
import { previewText } from "./format/text.ts";
import { type Local, withLocal } from "./local.ts";
import { problemLines } from "./problems.ts";
import { defaultBase } from "./revision.ts";

const FLAGS = {
  repo: { type: "string", value: "DIR", default: ".", description: "a folder in the git repository" },
  base: {
    type: "string",
    value: "REF",
    description: "what is merged into (default: the remote's default branch, else main or master)",
  },
  head: { type: "string", value: "REF", default: "HEAD", description: "what would be merged" },
  config: { type: "string", value: "FILE", description: `a file to use instead of the base's ${configFile}` },
  all: { type: "boolean", description: "list affected targets that render the same too" },
  format: {
    type: "string",
    choices: ["text", "markdown", "json", "html"],
    default: "text",
    description: "how to say it",
  },
  "fail-on": {
    type: "string",
    choices: ["danger", "warning"],
    description: "exit with 3 when a finding is at least this severe, or when an affected target was not rendered",
  },
} as const;

/** `sluice preview`. */
export const previewCommand = defineCommand({
  name: "preview",
  summary: "show what merging a branch changes in every environment",
  description: [
    "Renders every target that the change can touch, at the merge base and at the head, and shows the difference: findings first, then a table of targets, then the diff of each resource. Nothing is written to the repository and nothing is sent anywhere.",
    `The configuration is read from the base, as on GitHub; without a ${configFile} targets are discovered. Work that is not committed is not seen.`,
    "--format markdown prints the comment that Sluice posts on a pull request; json prints one object; html prints a page that needs nothing else.",
  ],
  positionals: [],
  flags: FLAGS,
  examples: [
    ["preview", "what this branch changes against the default branch"],
    ["preview --base v1.4.0 --head main --format html > preview.html", "between two revisions, as a page"],
    ["preview --fail-on danger --format json", "in a pipeline: exit code 3 when something is dangerous"],
  ],
  run: (context) => withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local)),
});

type Context = CommandContext<typeof FLAGS>;

async function run(context: Context, local: Local): Promise<number> {
  const override = await configOverride(context);
  const base = context.args.base ?? (await defaultBase(local.repository));
  const outcome = await computePreview(
    {
      repository: local.repository,
      base,
      head: context.args.head,
      ...(override === undefined ? {} : { configText: override.text }),
      fingerprintKey: randomBytes(32),
      signal: context.signal,
      onProgress: ({ phase, done, total }) => context.progress.update(PHASES[phase], done, total),
    },
    { renderer: local.renderer },
  );
  context.progress.clear();
  if (outcome.kind === "config") return brokenConfig(context, local, outcome, override);
  context.stdout.write(format(outcome.preview, context));
  return failsOn(outcome.preview, context.args["fail-on"]) ? EXIT.failOn : EXIT.fine;
}

const PHASES = { targets: "Finding targets", render: "Rendering" } as const;

function format(preview: Preview, { args, colours }: Context): string {
  switch (args.format) {
    case "text":
      return previewText(preview, { colours, all: args.all });
    case "markdown":
      return `${previewComment(preview).body.trimEnd()}\n`;
    case "json":
      return `${JSON.stringify(previewJson(preview, { all: args.all }), null, 2)}\n`;
    case "html":
      return previewHtml(preview, { all: args.all });
    default:
      return args.format satisfies never;
  }
}

interface Override {
  readonly file: string;
  readonly text: string;
}

async function configOverride({ args, cwd }: Context): Promise<Override | undefined> {
  if (args.config === undefined) return undefined;
  try {
    return { file: args.config, text: await readFile(resolve(cwd, args.config), "utf8") };
  } catch (cause) {
    throw new UserError("usage", `cannot read ${args.config}`, {
      cause,
      fix: "Name a file that exists: --config FILE.",
    });
  }
}

async function brokenConfig(
  context: Context,
  local: Local,
  outcome: Extract<PreviewOutcome, { kind: "config" }>,
  override: Override | undefined,
): Promise<number> {
  const tree = await local.repository.tree(outcome.commits.base);
  const bytes = override === undefined ? await tree.read(configFile) : undefined;
  const text = override?.text ?? (bytes === undefined ? undefined : new TextDecoder().decode(bytes));
  const file = override?.file ?? configFile;
  const problems = outcome.problems.map((problem) => ({ ...problem, file }));
  for (const line of problemLines(problems, text, context.paintError)) context.stderr.write(`${line}\n`);
  context.stderr.write("The configuration is broken, so nothing was rendered.\n");
  return EXIT.usage;
}
