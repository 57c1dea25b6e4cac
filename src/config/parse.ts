import { byPlace, type ConfigProblem, type Locate, type Remark, wrong } from "../model/problem.ts";
import { explainIssues } from "./problems/explain.ts";
import { crossFieldRemarks } from "./rules/rules.ts";
import { type Config, configSchema } from "./schema/schema.ts";
import { readYaml } from "./yaml.ts";

/** A configuration with what is doubtful in it, or everything that is wrong with it (warnings included), by place. */
export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
      /** Gives later remarks about this file their line and column. */
      readonly locate: Locate;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the text of a `.sluice.yaml`. All errors at once: those of the schema and those between keys. Never throws for what the text holds. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const read = readYaml(text, file);
  if (!read.ok) return { ok: false, problems: read.problems };
  if (read.value === null || read.value === undefined) {
    return { ok: false, problems: [read.locate(emptyFile)] };
  }
  // Compiling a parser for the whole schema takes longer than parsing many files without it.
  const parsed = configSchema.safeParse(read.value, { jitless: true });
  const issues = parsed.success ? [] : explainIssues(parsed.error.issues, read.value);
  const problems = [...issues, ...crossFieldRemarks(read.value)].map(read.locate).sort(byPlace);
  if (parsed.success && problems.every((problem) => problem.severity === "warning")) {
    return { ok: true, config: parsed.data, warnings: problems, locate: read.locate };
  }
  return { ok: false, problems: firstOf(problems) };
}

const mostProblems = 100;

/** Keeps a hostile or generated file from filling every report; that something was left out is said. */
function firstOf(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const next = problems[mostProblems];
  if (next === undefined) return problems;
  const message = "There are more problems from here on";
  return [...problems.slice(0, mostProblems), { ...next, message, fix: "Mend the first ones and look again." }];
}

const emptyFile: Remark = wrong(
  [],
  "The file is empty",
  "Start with `version: 1` and a list of `environments`, or delete the file to let Sluice find the targets.",
);
