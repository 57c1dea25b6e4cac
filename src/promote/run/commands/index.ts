import type { Command, CommandCase } from "../../../model/command.ts";
import type { PromotionPorts } from "../ports.ts";
import { promotionAck } from "./ack.ts";
import { holdCommand } from "./hold.ts";
import { overrideCommand } from "./override.ts";
import { promoteCommand } from "./promote.ts";
import { releaseCommand } from "./release.ts";
import { retryCommand } from "./retry.ts";
import { rollbackCommand } from "./rollback.ts";
import { statusCommand } from "./status.ts";

/** The commands about promotions, in the order in which people read them. */
export const PROMOTION_COMMANDS: readonly Command<PromotionPorts>[] = [
  promoteCommand,
  rollbackCommand,
  holdCommand,
  releaseCommand,
  overrideCommand,
  statusCommand,
  retryCommand,
];

/** What other rooms' commands mean on promotions. */
export const PROMOTION_COMMAND_CASES: readonly CommandCase<PromotionPorts>[] = [promotionAck];
