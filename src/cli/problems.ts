import type { ConfigProblem } from "../model/problem.ts";
import { placeText } from "./report-error.ts";
import { harmless, type Style, terminalFix, terminalMessage } from "./style.ts";

/**
 * Configuration problems for a person: what, where, the line with a caret under the column, and the fix. `text` is
 * the file's text, if known.
 */
export function problemLines(
  problems: readonly ConfigProblem[],
  text: string | undefined,
  paint: Style,
): readonly string[] {
  const source = text?.split(/\r?\n/);
  return problems.flatMap((problem) => {
    const word = problem.severity === "error" ? "" : `${paint.yellow("warning:")} `;
    return [
      `${paint.bold(harmless(placeText(problem)))}: ${word}${terminalMessage(problem.message)}`,
      ...excerpt(problem, source?.[problem.line - 1], paint),
      `${paint.dim("fix:")} ${terminalFix(problem.fix)}`,
      "",
    ];
  });
}

function excerpt(problem: ConfigProblem, line: string | undefined, paint: Style): readonly string[] {
  if (line === undefined || line.trim() === "") return [];
  const gutter = `  ${problem.line} | `;
  const before = line.slice(0, problem.column - 1).replaceAll("\t", " ");
  const caret = " ".repeat(gutter.length + [...before].length);
  return [`${paint.dim(gutter)}${harmless(line.replaceAll("\t", " "))}`, `${caret}${paint.yellow("^")}`];
}
