import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseConfig } from "../config/index.ts";
import { UserError } from "../model/errors.ts";
import type { ConfigProblem } from "../model/problem.ts";
import { count } from "../model/text/lists.ts";
import { configFile, resolveTargets } from "../targets/index.ts";
import { type CommandContext, defineCommand, EXIT } from "./command.ts";
import { locate } from "./git.ts";
import { withLocal } from "./local.ts";
import { usage } from "./parse.ts";
import { problemLines } from "./problems.ts";
import { configText } from "./targets.ts";

const FLAGS = {
  repo: { type: "string", value: "DIR", default: ".", description: "a folder in the git repository" },
  ref: {
    type: "string",
    value: "REF",
    description: "read the file of this commit, and check it against the commit's folders",
  },
  json: { type: "boolean", description: "print JSON" },
} as const;

/** `sluice lint`. */
export const lintCommand = defineCommand({
  name: "lint",
  summary: `check ${configFile}: every problem with line, column and fix`,
  description: [
    `Checks FILE or, without one, the ${configFile} at the top of the work tree. With --ref the file is read from that commit and also checked against its folders: paths that match nothing, targets that collide.`,
  ],
  positionals: [{ name: "FILE", description: "the file to check" }],
  flags: FLAGS,
  examples: [
    ["lint", "the file in the work tree"],
    ["lint --ref HEAD", "the committed file, with the folders that it names"],
    ["lint --json proposal.yaml", "another file, for a program"],
  ],
  run: async (context) => {
    const [file] = context.positionals;
    if (file !== undefined && context.args.ref !== undefined) {
      throw usage("FILE and --ref exclude each other", "Name a file, or a commit to read it from.");
    }
    const found =
      context.args.ref === undefined ? await lintFile(context, file) : await lintCommit(context, context.args.ref);
    return tell(context, found);
  },
});

type Context = CommandContext<typeof FLAGS>;

interface Linted {
  readonly file: string;
  /** `undefined` when there is no file. */
  readonly text: string | undefined;
  readonly problems: readonly ConfigProblem[];
}

async function lintFile(context: Context, name: string | undefined): Promise<Linted> {
  const path = name === undefined ? await fileOfWorkTree(context) : resolve(context.cwd, name);
  const file = name ?? configFile;
  try {
    const text = await readFile(path, "utf8");
    const parsed = parseConfig(text, file);
    return { file, text, problems: parsed.ok ? parsed.warnings : parsed.problems };
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    if (name === undefined && cause.code === "ENOENT") return { file, text: undefined, problems: [] };
    throw new UserError("usage", `cannot read ${file}`, { cause, fix: "Name a file that exists and may be read." });
  }
}

async function fileOfWorkTree({ cwd, args, signal }: Context): Promise<string> {
  const { top } = await locate(resolve(cwd, args.repo), signal);
  if (top === undefined) throw usage("a bare repository has no work tree", "Say which commit to check: --ref REF.");
  return join(top, configFile);
}

function lintCommit(context: Context, ref: string): Promise<Linted> {
  return withLocal(context, resolve(context.cwd, context.args.repo), async ({ repository }) => {
    const tree = await repository.tree(await repository.resolve(ref));
    const text = await configText(tree);
    const problems = text === undefined ? [] : (await resolveTargets(text, tree, configFile)).problems;
    return { file: configFile, text, problems };
  });
}

function tell(context: Context, { file, text, problems }: Linted): number {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const code = errors > 0 ? EXIT.usage : EXIT.fine;
  if (context.args.json) {
    context.stdout.write(`${JSON.stringify({ file, exists: text !== undefined, problems }, null, 2)}\n`);
    return code;
  }
  const { paint } = context;
  for (const line of problemLines(problems, text, paint)) context.stdout.write(`${line}\n`);
  const warnings = problems.length - errors;
  const summary =
    text === undefined
      ? `There is no ${file}: targets are discovered (see sluice targets).`
      : problems.length === 0
        ? `${paint.green("✓")} ${file} is fine.`
        : `${file}: ${count(errors, "error")}, ${count(warnings, "warning")}`;
  context.stdout.write(`${summary}\n`);
  return code;
}
