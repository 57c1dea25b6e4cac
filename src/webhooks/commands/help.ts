import type { Command } from "./command.ts";
import { commandList, whoDecides } from "./usage.ts";

/** `/help`. */
export const help: Command = {
  name: "help",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Lists the commands",
  details: "Replies with every command, what it does and who may use it.",
  examples: [{ line: "/help", does: "replies with the list of commands" }],
  needs: "read",
  why: "it only shows what the documentation says",
  run: async (_given, { table }) =>
    `these are the commands, one per line, at the start of the line:\n\n${commandList(table)}\n\n${whoDecides}`,
};
