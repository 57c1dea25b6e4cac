export { RECONCILE_COMMAND_CASES, RECONCILE_COMMANDS } from "./commands/index.ts";
export { runDrift } from "./drift.ts";
export { reconcileAfterHold } from "./hold-events.ts";
export type { ReconcilePorts } from "./ports.ts";
export { runReconcile } from "./reconcile.ts";
export { sweepDeploys } from "./sweep.ts";
