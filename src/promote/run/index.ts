export { PROMOTION_COMMAND_CASES, PROMOTION_COMMANDS } from "./commands/index.ts";
export { runGates } from "./gates.ts";
export type { PromotionPorts } from "./ports.ts";
export { runRollback } from "./proposals.ts";
export { runStatusComment } from "./status-comment.ts";
export { runPromotions } from "./sweep.ts";
