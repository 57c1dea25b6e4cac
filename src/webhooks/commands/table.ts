import { IMAGE_COMMAND_CASES, type ImagePorts } from "../../images/run/index.ts";
import type { Command, CommandCase } from "../../model/command.ts";
import { PREVIEW_COMMANDS, type PreviewCommandPorts } from "../../preview/commands/index.ts";
import { PROMOTION_COMMAND_CASES, PROMOTION_COMMANDS, type PromotionPorts } from "../../promote/run/index.ts";
import { RECONCILE_COMMAND_CASES, RECONCILE_COMMANDS, type ReconcilePorts } from "../../reconcile/run/index.ts";
import { helpCommand } from "./help.ts";

/** What the commands of all rooms act through. */
export type CommandPorts = PromotionPorts & ImagePorts & PreviewCommandPorts & ReconcilePorts;

const CASES: readonly CommandCase<CommandPorts>[] = [
  ...PROMOTION_COMMAND_CASES,
  ...IMAGE_COMMAND_CASES,
  ...RECONCILE_COMMAND_CASES,
];

/** Every slash command, in the order in which people read them: those of the rooms, and `/help`. */
export const TABLE: readonly Command<CommandPorts>[] = [
  ...[...PROMOTION_COMMANDS, ...RECONCILE_COMMANDS, ...PREVIEW_COMMANDS].map((command) => withCases(command, CASES)),
  helpCommand(() => TABLE),
];

/** The command, which asks first whether another room has a meaning of its own for the call. */
function withCases(command: Command<CommandPorts>, all: readonly CommandCase<CommandPorts>[]): Command<CommandPorts> {
  const cases = all.filter((one) => one.command === command.name);
  return {
    ...command,
    async run(given, call, ports) {
      for (const one of cases) {
        const said = await one.run(given, call, ports);
        if (said !== undefined) return said;
      }
      return command.run(given, call, ports);
    },
  };
}
