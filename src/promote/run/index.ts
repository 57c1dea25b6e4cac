import type { Promotions } from "../../model/promotion.ts";
import { acknowledge, override } from "./commands/gates.ts";
import { hold, release } from "./commands/hold.ts";
import { promote } from "./commands/promote.ts";
import { retry } from "./commands/retry.ts";
import { rollback } from "./commands/rollback.ts";
import { status } from "./commands/status.ts";
import type { PromotionPorts } from "./ports.ts";

export { runGates } from "./gates.ts";
export type { PromotionPorts } from "./ports.ts";
export { runStatusComment } from "./status-comment.ts";
export { runPromotions } from "./sweep.ts";

/** The commands about promotions, through these ports. */
export function createPromotions(ports: PromotionPorts): Promotions {
  return {
    promote: (call, wish) => promote(ports, call, wish),
    rollback: (call, wish) => rollback(ports, call, wish),
    hold: (call, wish) => hold(ports, call, wish),
    release: (call, wish) => release(ports, call, wish),
    override: (call, wish) => override(ports, call, wish),
    acknowledge: (call, wish) => acknowledge(ports, call, wish),
    status: (call) => status(ports, call),
    retry: (call) => retry(ports, call),
  };
}
