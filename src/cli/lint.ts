import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseConfig } from "../config/index.ts";
import { UserError } from "../model/errors.ts";
import type { ConfigProblem } from "../model/problem.ts";
import { count } from "../model/text/lists.ts";
import { configFile, resolveTargets } from "../targets/index.ts";
import { EXIT } from "./command.ts";
import type { LintContext } from "./definitions/lint.ts";
import { gitOf, locate } from "./git.ts";
import { withLocal } from "./local.ts";
import { usage } from "./parse.ts";
import { planReads } from "./plan-reads.ts";
import { problemLines } from "./problems.ts";

import { configText } from "./targets.ts";

/** Carries out `sluice lint`. */
export async function runLint(context: LintContext): Promise<number> {
  const [file] = context.positionals;
  const { ref } = context.args;
  if (file !== undefined && ref !== undefined) {
    throw usage("FILE and --ref exclude each other", "Name a file, or a commit to read it from.");
  }
  return report(context, ref === undefined ? await lintFile(context, file) : await lintCommit(context, ref));
}

interface Linted {
  readonly file: string;
  /** `undefined` when there is no file. */
  readonly text: string | undefined;
  readonly problems: readonly ConfigProblem[];
}

async function lintFile(context: LintContext, name: string | undefined): Promise<Linted> {
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

async function fileOfWorkTree(context: LintContext): Promise<string> {
  const { top } = await locate(resolve(context.cwd, context.args.repo), gitOf(context));
  if (top === undefined) throw usage("a bare repository has no work tree", "Name the commit to check: --ref REF.");
  return join(top, configFile);
}

function lintCommit(context: LintContext, ref: string): Promise<Linted> {
  return withLocal(context, resolve(context.cwd, context.args.repo), async (local) => {
    const { repository } = local;
    const tree = await repository.tree(await repository.resolve(ref));
    const text = await configText(tree);
    if (text === undefined) return { file: configFile, text, problems: [] };
    const reads = await planReads(local, context.signal, ref);
    const { problems } = await resolveTargets(text, { tree, objects: repository.objects }, reads);
    return { file: configFile, text, problems };
  });
}

function report(context: LintContext, { file, text, problems }: Linted): number {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const code = errors > 0 ? EXIT.usage : EXIT.ok;
  if (context.args.format === "json") {
    context.stdout.write(`${JSON.stringify({ file, exists: text !== undefined, problems }, null, 2)}\n`);
    return code;
  }
  const { paint } = context;
  for (const line of problemLines(problems, text, paint)) context.stdout.write(`${line}\n`);
  const summary =
    text === undefined
      ? `There is no ${file}: targets are discovered (see sluice targets).`
      : problems.length === 0
        ? `${paint.green("✓")} ${file} is fine.`
        : `${file}: ${counts({ error: errors, warning: problems.length - errors })}`;
  context.stdout.write(`${summary}\n`);
  return code;
}

/** `7 errors, 1 warning`, without what there is none of. */
function counts(amounts: Readonly<Record<string, number>>): string {
  return Object.entries(amounts)
    .flatMap(([what, amount]) => (amount === 0 ? [] : [count(amount, what)]))
    .join(", ");
}
