import type { Command } from "./command.ts";
import { textLines } from "./lines.ts";
import { closest, spell } from "./spelling.ts";

/** A line that is a command, that nearly is, or that one cannot be sure of. */
export type Found = { readonly line: number } & (
  | { readonly kind: "command"; readonly command: Command; readonly rest: string }
  | { readonly kind: "unknown"; readonly name: string; readonly meant: string }
  | { readonly kind: "doubtful"; readonly name: string; readonly doubt: string }
);

/** The commands of a comment, in order. Words that are far from every command's name are nobody's business. */
export function findCommands(body: string, table: readonly Command[]): readonly Found[] {
  return textLines(body).flatMap(({ line, text }): Found[] => {
    const spelt = spell(text);
    if (spelt === undefined) return [];
    const { name, rest, doubt } = spelt;
    const command = table.find((one) => one.name === name);
    if (command !== undefined && doubt !== undefined) return [{ kind: "doubtful", line, name, doubt }];
    if (command !== undefined) return [{ kind: "command", line, command, rest }];
    const meant = doubt === undefined ? closest(name, namesOf(table)) : undefined;
    return meant === undefined ? [] : [{ kind: "unknown", line, name, meant }];
  });
}

function namesOf(table: readonly Command[]): readonly string[] {
  return table.map((one) => one.name);
}
