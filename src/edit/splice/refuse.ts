import type { ParsedNode } from "yaml";
import { UserError } from "../../model/errors.ts";
import type { KeyPath, YamlText } from "./types.ts";

/** A path as people write it: `images[0].newTag`. */
export function pathText(path: KeyPath): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return text === "" ? "the document" : text.replace(/^\./, "");
}

/** A `refused` UserError about a place in a file; `at` is a node or an offset. */
export function refused(
  yaml: YamlText,
  at: ParsedNode | number | undefined,
  message: string,
  fix: string,
  cause?: UserError,
): UserError {
  const offset = typeof at === "number" ? at : at?.range[0];
  const { line, col } = yaml.lines.linePos(offset ?? 0);
  const place = { file: yaml.path, line: Math.max(line, 1), column: Math.max(col, 1) };
  return new UserError("refused", `${yaml.path}: ${message}`, { place, fix, cause });
}

/** Line breaks for some YAML readers and not for others. */
const doubtfulBreak = /\r(?!\n)|[\u0085\u2028\u2029]/;

/** Refuses to edit a text that YAML readers read differently. */
export function refuseDoubtful(yaml: YamlText): void {
  const doubtful = yaml.text.search(doubtfulBreak);
  if (doubtful < 0) return;
  const message = "a character there ends the line for some YAML readers and not for others";
  throw refused(yaml, doubtful, message, "Remove it.");
}
