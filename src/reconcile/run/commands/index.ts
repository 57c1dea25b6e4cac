import type { Command } from "../../../model/command.ts";
import type { ReconcilePorts } from "../ports.ts";
import { reconcileCommand } from "./reconcile.ts";

/** The commands about deploys, in the order in which people read them. */
export const RECONCILE_COMMANDS: readonly Command<ReconcilePorts>[] = [reconcileCommand];
