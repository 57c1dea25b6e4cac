import type { Command } from "./command.ts";
import { diff } from "./diff.ts";
import { help } from "./help.ts";

/** Every slash command, in the order in which people read them. */
export const TABLE: readonly Command[] = [diff, help];
