import { clip, visible } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { code, inert } from "../../model/text/markdown.ts";
import type { CheckContent } from "./check.ts";
import { commentLimit } from "./layout.ts";

/** One thing that is wrong with the configuration. Lines and columns count from 1. */
export interface ReportedProblem {
  readonly message: string;
  readonly fix: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const maxAnnotations = 50;

/**
 * What a pull request shows when the configuration is broken and nothing can be rendered: a comment and a failed check
 * that say where and how to fix it.
 */
export function configProblemsReport(
  problems: readonly ReportedProblem[],
  options: { readonly head?: string } = {},
): { readonly comment: string; readonly check: CheckContent } {
  const file = problems[0]?.file ?? ".sluice.yaml";
  const title = `${count(problems.length, "problem")} in ${visible(file)}`;
  const list = problemList(problems);
  const footer = options.head === undefined ? "" : `<sub>Head ${code(options.head.slice(0, 12))}.</sub>\n`;
  const intro =
    "> [!CAUTION]\n> The configuration is broken, so nothing was rendered and nothing is known about what this pull request changes.\n\n";
  return {
    comment: `### Sluice: ${inert(title)}\n\n${intro}${list}${footer}`,
    check: {
      title,
      summary: `${intro}${list}${footer}`,
      text: "",
      conclusion: "failure",
      annotations: problems.slice(0, maxAnnotations).map((problem) => ({
        path: problem.file,
        startLine: problem.line,
        endLine: problem.line,
        level: "failure" as const,
        title: clip(visible(problem.message), 250),
        message: visible(`${problem.message}. ${problem.fix}`).slice(0, 8000).toWellFormed(),
      })),
    },
  };
}

function problemList(problems: readonly ReportedProblem[]): string {
  const lines: string[] = [];
  let room = commentLimit / 3 - 1000;
  for (const { file, line, column, message, fix } of problems) {
    const text = `- ${code(`${file}:${line}:${column}`)} ${inert(message)}. ${inert(fix)}`.replace(/\.\. /, ". ");
    room -= text.length + 1;
    if (room < 0) break;
    lines.push(text);
  }
  const rest = problems.length - lines.length;
  if (rest > 0) lines.push(`- and ${count(rest, "more problem")}`);
  return `${lines.join("\n")}\n\n`;
}
