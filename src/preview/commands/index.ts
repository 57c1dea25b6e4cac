import type { Command } from "../../model/command.ts";
import { ackCommand, type PreviewCommandPorts } from "./ack.ts";
import { diffCommand } from "./diff.ts";

export type { PreviewCommandPorts } from "./ack.ts";

/** The commands about previews, in the order in which people read them. */
export const PREVIEW_COMMANDS: readonly Command<PreviewCommandPorts>[] = [diffCommand, ackCommand];
