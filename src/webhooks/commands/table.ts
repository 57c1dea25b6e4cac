import { ack } from "./ack.ts";
import type { Command } from "./command.ts";
import { diff } from "./diff.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { override } from "./override.ts";
import { promote } from "./promote.ts";
import { release } from "./release.ts";
import { retry } from "./retry.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";

/** Every slash command, in the order in which people read them. */
export const TABLE: readonly Command[] = [promote, rollback, hold, release, override, ack, status, retry, diff, help];
