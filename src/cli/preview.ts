import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { previewComment, previewJson } from "../diff/index.ts";
import { UserError } from "../model/errors.ts";
import type { Preview } from "../model/preview.ts";
import { computePreview } from "../preview/compute.ts";
import type { PreviewOutcome } from "../preview/outcome.ts";
import { configFile } from "../targets/index.ts";
import { EXIT } from "./command.ts";
import type { PreviewContext } from "./definitions/preview.ts";
import { failsOn } from "./fail-on.ts";
import { previewHtml } from "./format/html.ts";
import { previewText } from "./format/text.ts";
import { type Local, withLocal } from "./local.ts";
import { problemLines } from "./problems.ts";
import { defaultBase } from "./revision.ts";

/** Carries out `sluice preview`. */
export function runPreview(context: PreviewContext): Promise<number> {
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local));
}

async function run(context: PreviewContext, local: Local): Promise<number> {
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
  return failsOn(outcome.preview, context.args["fail-on"]) ? EXIT.failOn : EXIT.ok;
}

const PHASES = { targets: "Finding targets", render: "Rendering" } as const;

function format(preview: Preview, { args, colours }: PreviewContext): string {
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

async function configOverride({ args, cwd }: PreviewContext): Promise<Override | undefined> {
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
  context: PreviewContext,
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
