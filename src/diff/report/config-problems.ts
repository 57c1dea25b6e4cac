import { clip, visible } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import { headingMarks, plainMarks } from "./changes.ts";
import type { CheckContent } from "./check.ts";
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

/** What a pull request shows when the base's configuration has errors: all, where each is and what to write instead. */
export function configProblemsReport(
  problems: readonly ReportedProblem[],
  options: ConfigReportOptions,
): { readonly comment: string; readonly check: CheckContent } {
  const file = problems[0]?.file ?? ".sluice.yaml";
  const list = problemList(problems, options);
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

function problemList(problems: readonly ReportedProblem[], { head, repositoryUrl }: ConfigReportOptions): string {
  const lines: string[] = [];
  let room = commentLimit / 3 - 1000;
  for (const { file, line, message, fix } of problems) {
    const place =
      repositoryUrl === undefined
        ? `Line ${line}`
        : `[Line ${line}](${repositoryUrl}/blob/${head}/${encodeURI(file)}#L${line})`;
    const text = `- ${place}: ${inert(stopped(message))} ${inert(fix)}`;
    room -= text.length + 1;
    if (room < 0) break;
    lines.push(text);
  }
  const rest = problems.length - lines.length;
  if (rest > 0) lines.push(`- and ${count(rest, "more error")}`);
  return `${lines.join("\n")}\n\n`;
}

function stopped(message: string): string {
  return /[.?]$/.test(message) ? message : `${message}.`;
}
