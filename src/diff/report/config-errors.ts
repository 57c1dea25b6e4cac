import type { Finding, Preview } from "../../model/preview.ts";
import { count } from "../../model/text/lists.ts";
import { inert } from "../../model/text/markdown.ts";
import { type Fit, utf16 } from "./fit.ts";
import type { LinkBase } from "./links.ts";
import { isConfigurationError } from "./verdict.ts";

/** The errors that the change itself brings into the configuration, and what they would stop. */
export function configurationErrorsText(preview: Preview, links: LinkBase, { budget, measure }: Fit): string {
  const errors = preview.findings.filter(isConfigurationError);
  if (errors.length === 0) return "";
  const effect = "If this is merged, previews, promotions and image updates stop until it is fixed.\n\n";
  return `${errorList(errors, links, budget - measure(effect) - 40, measure)}${effect}`;
}

/** As many errors as have room, each with its line, and how many more there are. */
export function errorList(
  errors: readonly Pick<Finding, "file" | "line" | "message">[],
  { head, repositoryUrl }: LinkBase,
  budget: number,
  measure = utf16,
): string {
  const lines: string[] = [];
  let room = budget;
  for (const { file = "", line = 1, message } of errors) {
    const place =
      repositoryUrl === undefined
        ? `Line ${line}`
        : `[Line ${line}](${repositoryUrl}/blob/${head}/${encodeURI(file)}#L${line})`;
    const text = `- ${place}: ${inert(message)}`;
    room -= measure(text) + 1;
    if (room < 0) break;
    lines.push(text);
  }
  const rest = errors.length - lines.length;
  if (rest > 0) lines.push(`- and ${count(rest, "more error")}`);
  return `${lines.join("\n")}\n\n`;
}
