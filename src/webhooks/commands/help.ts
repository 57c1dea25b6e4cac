import type { Command, CommandInfo } from "../../model/command.ts";
import { helpText } from "./usage.ts";

/** `/help`, about the commands that the function gives. */
export function helpCommand(commands: () => readonly CommandInfo[]): Command<unknown> {
  return {
    name: "help",
    usage: "",
    words: [0, 0],
    flags: [],
    summary: "Lists the commands",
    details: "Replies with every command, what it does and who may use it.",
    examples: [{ line: "/help", does: "replies with the list of commands" }],
    onIssues: true,
    needs: "read",
    why: "it only shows what the documentation says",
    run: async () => helpText(commands()),
  };
}
