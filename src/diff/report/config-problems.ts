import { clip, stopped, visible } from "../../model/text/lines.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { headingMarks, plainMarks } from "./changes.ts";
import type { CheckContent } from "./check.ts";
import { errorList } from "./config-errors.ts";
import { commentLimit } from "./layout.ts";
import { configurationErrors } from "./verdict.ts";

/** One thing that is wrong with the configuration. Lines and columns count from 1. */
export interface ReportedProblem {
  readonly message: string;
  readonly fix: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What the report is made of besides the problems. */
export interface ConfigReportOptions {
  readonly head: string;
  readonly repositoryUrl?: string;
  readonly command?: string;
}

const maxAnnotations = 50;

/**
 * What a pull request shows when the base's configuration has errors, so that nothing can be rendered: all of them,
 * where each is and what to write instead.
 */
export function configProblemsReport(
  problems: readonly ReportedProblem[],
  options: ConfigReportOptions,
): { readonly comment: string; readonly check: CheckContent } {
  const file = problems[0]?.file ?? ".sluice.yaml";
  const errors = problems.map(({ file: path, line, message, fix }) => ({
    ...{ file: path, line },
    message: `${stopped(message)} ${fix}`,
  }));
  const list = errorList(errors, options, commentLimit / 3 - 1000);
  const effect =
    "The file on the base branch has these errors, so nothing of this pull request was rendered or compared.";
  const again =
    options.command === undefined ? "" : `\n**Next:** fix the file, then comment ${code(options.command)}.\n`;
  return {
    comment: `### ❌ ${inert(configurationErrors(problems.length, headingMarks, file))}\n\n${list}${effect}\n${again}`,
    check: {
      title: clip(configurationErrors(problems.length, plainMarks, visible(file)), 72),
      summary: `${list}${effect}\n`,
      text: "",
      conclusion: "failure",
      annotations: problems.slice(0, maxAnnotations).map((problem) => ({
        path: problem.file,
        startLine: problem.line,
        endLine: problem.line,
        level: "failure" as const,
        title: clip(visible(problem.message), 250),
        message: visible(`${stopped(problem.message)} ${problem.fix}`)
          .slice(0, 8000)
          .toWellFormed(),
      })),
    },
  };
}
