import type { Permission } from "./github.ts";
import type { RepositoryName } from "./tree.ts";

/** What is written after a command's name. */
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
  /** Whether the next word, without quotes, still belongs to the value as read so far. */
  goesOn?(soFar: string, next: string): boolean;
}

/** How a command is used, for people. */
export interface Example {
  /** The whole line. */
  readonly line: string;
  /** What comes of it: the end of a sentence, without a full stop. */
  readonly does: string;
}

/** A slash command as data: for the parser, the check of rights, `/help` and the documentation. */
export interface CommandInfo {
  /** Small letters and dashes. */
  readonly name: string;
  /** What may follow the name, as in `<env> [app…]`; empty when nothing may. */
  readonly usage: string;
  /** How many words may follow. */
  readonly words: readonly [min: number, max: number];
  readonly flags: readonly Flag[];
  /** One sentence without a full stop. */
  readonly summary: string;
  /** What it is good for and what one gets, as markdown, for the documentation. */
  readonly details: string;
  /** The plainest first: errors in the usage show it. */
  readonly examples: readonly [Example, ...Example[]];
  /** It can be given on issues of Sluice's own too. */
  readonly onIssues?: true;
  /** The weakest level that may use it, whatever the configuration says. */
  readonly needs: Permission;
  /** Who may, in a few words of markdown, where something else than `needs` decides. */
  readonly who?: string;
  /** Why not a weaker level, or what decides. */
  readonly why: string;
}

/** Who gave a command, where and when. */
export interface CommandCall {
  readonly installationId: number;
  readonly repository: RepositoryName;
  /** Where it was commented. */
  readonly pullRequest: number;
  /** That is an issue of Sluice's own, such as the one about drift. */
  readonly issue?: true;
  readonly actor: string;
  /** The actor's level in the repository at this moment. */
  readonly permission: Permission;
  /** The same in every run of this command, and of no other. */
  readonly id: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** A command of a room, which acts through `Ports`. */
export interface Command<Ports> extends CommandInfo {
  /**
   * Carries it out and says in markdown what was done. What the person did wrong or may not do is a UserError with the
   * fix; a `usage` error without one gets the command's usage. Idempotent: it runs again with the same `call.id` after
   * a crash.
   */
  run(given: Arguments, call: CommandCall, ports: Ports): Promise<string>;
}

/**
 * What another room's command means to a room. It is asked first; `undefined` leaves the call to the command itself.
 */
export interface CommandCase<Ports> {
  /** The command's name. */
  readonly command: string;
  run(given: Arguments, call: CommandCall, ports: Ports): Promise<string | undefined>;
}

/** A person's own words as they may stand in a code span of a reply: short, unable to end it or to mention anybody. */
export function clip(text: string, length = 40): string {
  return text.replaceAll(/[`\r\n]/g, "").slice(0, length);
}
