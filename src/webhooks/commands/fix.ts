import { type Arguments, type CommandInfo, clip } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import { usageFix } from "./arguments.ts";

/** Words that people put before the name of an environment. */
const FILLERS = new Set(["to", "in", "on", "into", "from", "at", "env", "environment"]);

/**
 * The error with the fix that follows from how the command was written: a `usage` error without a fix gets the usage,
 * and where there is no environment `to` in `/promote to prod`, the fix is the line without the `to`.
 */
export function withWrittenFix(command: CommandInfo, { words }: Arguments, error: UserError): UserError {
  if (error.kind === "usage" && error.fix === undefined) return withFix(error, usageFix(command));
  const [first = "", ...rest] = words;
  if (error.kind !== "not-found" || rest.length === 0 || !FILLERS.has(first.toLowerCase())) return error;
  return withFix(error, `write \`/${command.name} ${clip(rest.join(" "), 80)}\``);
}

function withFix(error: UserError, fix: string): UserError {
  return new UserError(error.kind, error.message, { cause: error, fix, fields: error.fields });
}
