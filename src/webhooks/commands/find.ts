import type { Command } from "./command.ts";
import { closest } from "./distance.ts";
import { slashLines } from "./lines.ts";

/** A line that is a command, or that nearly is. */
export type Found =
  | { readonly kind: "command"; readonly line: number; readonly command: Command; readonly rest: string }
  | { readonly kind: "unknown"; readonly line: number; readonly name: string; readonly meant: string };

/** One word of letters and dashes, then a blank or the end: `/etc/passwd` and `/v1.2` are none. */
const SHAPE = /^\/([a-z][a-z-]*)(?:[ \t]+(.*))?$/i;

/** The commands of a comment, in order. Words that are far from every command's name are nobody's business. */
export function findCommands(body: string, table: readonly Command[]): readonly Found[] {
  return slashLines(body).flatMap(({ line, text }): Found[] => {
    const match = SHAPE.exec(text.trimEnd());
    if (match?.[1] === undefined) return [];
    const name = match[1].toLowerCase();
    const command = table.find((one) => one.name === name);
    if (command !== undefined) return [{ kind: "command", line, command, rest: match[2] ?? "" }];
    const meant = closest(
      name,
      table.map((one) => one.name),
    );
    return meant === undefined ? [] : [{ kind: "unknown", line, name, meant }];
  });
}
