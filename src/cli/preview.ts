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
import { configurationWarning, uncommitted, uncommittedWarning } from "./dirty.ts";
import { failsOn } from "./fail-on.ts";
import { previewHtml } from "./format/html.ts";
import { previewText } from "./format/text.ts";
import type { Git, Located } from "./git.ts";
import { type Local, withLocal } from "./local.ts";
import { planReads } from "./plan-reads.ts";
import { problemLines } from "./problems.ts";
import { defaultBase } from "./revision.ts";
import { snapshotWorkTree } from "./snapshot.ts";

/** Carries out `sluice preview`. */
export function runPreview(context: PreviewContext): Promise<number> {
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local));
}

async function run(context: PreviewContext, local: Local): Promise<number> {
  local.startEngine();
  const override = await configOverride(context);
  const base = context.args.base ?? (await defaultBase(local.repository));
  const [head, reads] = await Promise.all([headOf(context, local), planReads(local, context.signal, base)]);
  // Git looks at the work tree meanwhile.
  const files = later(head.asItIs ? Promise.resolve([]) : uncommitted(local.place, local.git));
  const outcome = await computePreview(
    {
      repository: local.repository,
      base,
      head: head.revision,
      ...(override === undefined ? {} : { configText: override.text }),
      fingerprintKey: randomBytes(32),
      signal: context.signal,
      identity: reads.repository,
      onProgress: ({ phase, done, total }) => context.progress.update(PHASES[phase], done, total),
    },
    { renderer: local.renderer, ...(local.sources && { sources: local.sources }) },
  );
  context.progress.clear();
  if (outcome.kind === "config") return brokenConfig(context, local, outcome, override);
  await warn(context, local, outcome.commits.base, await files);
  context.stdout.write(format(outcome.preview, context, base, head.name));
  const severity = context.args["fail-on"];
  if (!failsOn(outcome.preview, severity)) return EXIT.ok;
  context.stderr.write(`(exit ${EXIT.failOn}: --fail-on ${severity})\n`);
  return EXIT.failOn;
}

const PHASES = { targets: "Finding targets", render: "Rendering" } as const;

interface Head {
  readonly revision: string;
  readonly name: string;
  /** The work tree is what is compared, or not what is checked out: there is nothing to warn of. */
  readonly asItIs: boolean;
}

/** What would be merged: a revision, or the files as they are. */
async function headOf({ args }: PreviewContext, { repository, place, git }: Local): Promise<Head> {
  if (!args.worktree && args.head !== "worktree") {
    const [head, checkedOut] = await Promise.all([repository.resolve(args.head), repository.resolve("HEAD")]);
    return { revision: args.head, name: await nameOf(args.head, place, git), asItIs: head !== checkedOut };
  }
  if (place.top === undefined)
    throw new UserError("usage", "a bare repository has no work tree", { fix: "Leave --worktree out." });
  const parent = await repository.resolve("HEAD");
  return {
    revision: await snapshotWorkTree({ ...place, top: place.top }, git, parent),
    name: "work tree",
    asItIs: true,
  };
}

/** A branch by its name where HEAD is meant. */
async function nameOf(head: string, { gitDir }: Located, git: Git): Promise<string> {
  if (head !== "HEAD") return head;
  const branch = (await git(["rev-parse", "--abbrev-ref", "HEAD"], { cwd: gitDir })).trim();
  return branch === "" ? "HEAD" : branch;
}

/** What is awaited later: its failure is told then, or never where another one comes first. */
function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Says on standard error what is there and was not looked at, so that the result is not read as more than it is. */
async function warn(
  context: PreviewContext,
  { repository, place }: Local,
  base: string,
  files: readonly string[],
): Promise<void> {
  const lines = [
    ...uncommittedWarning(files, context.paintError),
    ...(await configurationWarning(place, await repository.tree(base), context.paintError)),
  ];
  if (lines.length > 0) context.stderr.write(`${lines.join("\n")}\n`);
}

function format(preview: Preview, { args, colours }: PreviewContext, baseName: string, headName: string): string {
  switch (args.format) {
    case "text":
      return previewText(preview, { colours, all: args.all, full: args.full, baseName, headName });
    case "markdown":
      return `${previewComment(preview, { baseName, headName }).body.trimEnd()}\n`;
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
