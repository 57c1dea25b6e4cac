import type { Command, CommandCase } from "../../../model/command.ts";
import type { ReconcilePorts } from "../ports.ts";
import { liveDiffCase } from "./live-diff.ts";
import { reconcileCommand } from "./reconcile.ts";

/** The commands about deploys, in the order in which people read them. */
export const RECONCILE_COMMANDS: readonly Command<ReconcilePorts>[] = [reconcileCommand];

/** What commands of other rooms mean here. */
export const RECONCILE_COMMAND_CASES: readonly CommandCase<ReconcilePorts>[] = [liveDiffCase];
