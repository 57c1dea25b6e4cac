import { LRUCache } from "lru-cache";
import type { z } from "zod";
import type { JsonObject } from "../model/json.ts";
import { byPlace, type ConfigProblem, type Locate, type Remark, wrong } from "../model/problem.ts";
import { explainIssues } from "./problems/explain.ts";
import { crossFieldRemarks } from "./rules/cross-field.ts";
import { notBuiltRemarks } from "./rules/not-built.ts";
import { type Config, configSchema } from "./schema/config.ts";
import { configJsonSchema } from "./schema/json-schema.ts";
import { readYaml } from "./yaml/read.ts";

/** A configuration and its warnings, or all its problems (warnings included), by place. */
export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
      /** Gives later remarks about this file a line and a column. */
      readonly locate: Locate;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Parses the text of a `.sluice.yaml`. Reports all errors at once: of the schema and between keys. Never throws because
 * of the text.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const key = `${file}\n${text}`;
  const known = parsedTexts.get(key) ?? parse(text, file);
  parsedTexts.set(key, known);
  return known;
}

/** Every job of a repository reads the same file again; its result is never changed. */
const parsedTexts = new LRUCache<string, ParsedConfig>({
  maxSize: 4_000_000,
  sizeCalculation: (_, key) => key.length,
});

function parse(text: string, file: string): ParsedConfig {
  const read = readYaml(text, file);
  if (!read.ok) return { ok: false, problems: read.problems };
  if (read.value === null || read.value === undefined) {
    return { ok: false, problems: [read.locate(emptyFile)] };
  }
  // Compiling a parser for the whole schema takes longer than parsing many files without it.
  const parsed = configSchema.safeParse(read.value, { jitless: true });
  const issues = parsed.success ? [] : explain(parsed.error.issues, read.value);
  const problems = [...issues, ...crossFieldRemarks(read.value)].map(read.locate).sort(byPlace);
  if (parsed.success && problems.every((problem) => problem.severity === "warning")) {
    const warnings = [...problems, ...notBuiltRemarks(read.value).map(read.locate)].sort(byPlace);
    return { ok: true, config: parsed.data, warnings, locate: read.locate };
  }
  return { ok: false, problems: firstOf(problems) };
}

/** Keys that had another name in earlier versions, by that name. */
const renamed = { delivery: "deploy" };

let schema: JsonObject | undefined;

function explain(issues: readonly z.core.$ZodIssue[], value: unknown): readonly Remark[] {
  schema ??= configJsonSchema();
  return explainIssues(issues, { value, schema, page: "docs/configuration.md", quotesValues: true, renamed });
}

const maxProblems = 100;

/** A hostile or generated file must not fill every report. The last problem says that there are more. */
function firstOf(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const next = problems[maxProblems];
  if (next === undefined) return problems;
  const message = "There are more problems from here on";
  return [...problems.slice(0, maxProblems), { ...next, message, fix: "Fix the first ones, then check again." }];
}

const emptyFile: Remark = wrong(
  [],
  "The file is empty",
  "Start with `version: 1` and a list of `environments`, or delete the file to let Sluice find the targets.",
);
