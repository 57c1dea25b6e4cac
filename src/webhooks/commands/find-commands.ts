import type { CommandInfo } from "../../model/command.ts";
import { textLines } from "./lines.ts";
import { closest, spell } from "./spelling.ts";

/** A line that is a command, that nearly is, or that one cannot be sure of. */
export type Found<C extends CommandInfo = CommandInfo> = { readonly line: number } & (
  | { readonly kind: "command"; readonly command: C; readonly rest: string }
  | { readonly kind: "unknown"; readonly name: string; readonly meant: string }
  | { readonly kind: "doubtful"; readonly name: string; readonly doubt: string }
);

/** The commands of a comment, in order. Words that are far from every command's name are ignored. */
export function findCommands<C extends CommandInfo>(body: string, table: readonly C[]): readonly Found<C>[] {
  return textLines(body, (line) => spell(line) !== undefined).flatMap(({ line, text }): Found<C>[] => {
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

function namesOf(table: readonly CommandInfo[]): readonly string[] {
  return table.map((one) => one.name);
}
