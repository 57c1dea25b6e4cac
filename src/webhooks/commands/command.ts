import type { Permission } from "../../model/github.ts";
import type { CommandJob } from "../../model/jobs.ts";
import type { PromotionCall, Promotions } from "../../model/promotion.ts";
import type { Queue } from "../../model/queue.ts";

/** What a command is given after its name. */
export interface Arguments {
  readonly words: readonly string[];
  /** `--name=value` and `--name value`; `true` for a flag without a value. */
  readonly flags: Readonly<Record<string, string | true>>;
}

/** A flag of a command. */
export interface Flag {
  readonly name: string;
  /** What the value is called in the usage; absent when the flag has none. */
  readonly value?: string;
  readonly summary: string;
  /** Whether the value, as read so far, goes on with the next word although nobody put quotes around the two. */
  goesOn?(soFar: string, next: string): boolean;
}

/** How a command is used, for people. */
export interface Example {
  /** The whole line. */
  readonly line: string;
  /** What comes of it: the end of a sentence, without a full stop. */
  readonly does: string;
}

/** What a command may use. */
interface CommandContext {
  readonly job: CommandJob;
  readonly queue: Queue;
  readonly table: readonly Command[];
  readonly promotions: Promotions;
  /** This command, for `promotions`. */
  readonly call: PromotionCall;
}

/** A slash command: data for the parser, the help and the documentation, and what it does. */
export interface Command {
  /** Small letters and dashes. */
  readonly name: string;
  /** What may follow the name, as in `<env> [app…]`; empty when nothing may. */
  readonly usage: string;
  /** The fewest and the most words that may follow. */
  readonly words: readonly [fewest: number, most: number];
  readonly flags: readonly Flag[];
  /** One sentence without a full stop. */
  readonly summary: string;
  /** What it is good for and what one gets, as markdown, for the documentation. */
  readonly details: string;
  /** The plainest first: errors in the usage show it. */
  readonly examples: readonly [Example, ...Example[]];
  /** The weakest level that may use it, whatever the configuration says. */
  readonly needs: Permission;
  /** Who may, in a few words of markdown, where something else than `needs` decides. */
  readonly who?: string;
  /** Why not a weaker one, or what decides. */
  readonly why: string;
  /** Does it and says in markdown what was done. A UserError becomes part of the reply. May be called again for the same comment. */
  run(given: Arguments, context: CommandContext): Promise<string>;
}
