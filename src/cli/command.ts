import type { CliIo } from "./io.ts";
import type { Progress } from "./progress.ts";
import type { Style } from "./style.ts";

/** What each exit code means; part of the help and of `docs/cli.md`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  failOn: 3,
  refused: 3,
  found: 3,
  inUse: 4,
  interrupted: 130,
} as const;

/**
 * One `--flag`. A `string` takes a value, named `value` in the help; with `choices` only one of these. A `list` takes
 * values with commas between them, and may be given again.
 */
export interface Flag {
  readonly type: "boolean" | "string" | "list";
  readonly description: string;
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** Other names for it; one with a `value` of its own takes none. */
  readonly also?: readonly { readonly name: string; readonly value?: string }[];
}

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** One argument without dashes. */
interface Positional {
  readonly name: string;
  readonly description: string;
  /** For the help only: the command itself explains what is missing. */
  readonly required?: boolean;
  /** Any number of them; the last one only. */
  readonly many?: boolean;
  /** For completion: the command itself checks its arguments. */
  readonly choices?: readonly string[];
}

type ValueOf<F extends Flag> = F["type"] extends "boolean"
  ? boolean
  : F["type"] extends "list"
    ? readonly string[]
    :
        | (F extends { readonly choices: readonly (infer Choice)[] } ? Choice : string)
        | (F extends { readonly default: string } ? never : undefined);

/** The values of flags: booleans are `false` when absent, strings their default or `undefined`, lists empty. */
type Values<F extends Flags> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** What a handler gets. */
export interface CommandContext<F extends Flags = Flags> extends CliIo {
  readonly args: Values<F>;
  readonly positionals: readonly string[];
  /** Whether standard output shows colours, as `paint` does; `paintError` is standard error's. */
  readonly colours: boolean;
  readonly paint: Style;
  readonly paintError: Style;
  readonly progress: Progress;
  readonly debug: boolean;
}

/** A command as data: what the help, the parser and `docs/cli.md` need. */
export interface CommandShape {
  /** Of a command in a group: the group's name, a space and its own. */
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly positionals: readonly Positional[];
  readonly flags: Flags;
  /** Command lines (without `sluice`) with what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
}

/** The flags of a command, with the exact type of each. */
interface Definition<F extends Flags> extends CommandShape {
  readonly flags: F;
}

/** Keeps the exact type of each flag, so that the handler sees its values' types. */
export function define<const F extends Flags>(definition: Definition<F>): Definition<F> {
  return definition;
}

/** What the handler of a definition gets. */
export type ContextOf<D extends CommandShape> = CommandContext<D["flags"]>;

/** A command with its handler, which returns the exit code and throws what went wrong. */
export interface Command extends CommandShape {
  run(context: CommandContext): Promise<number>;
}

/** Commands that share their first word. Has no flags and arguments of its own. */
export interface CommandGroup extends CommandShape {
  readonly commands: readonly Command[];
}

/**
 * Ties a definition to its handler, which is loaded only when the command runs. The parser guarantees that the values
 * have the flags' types.
 */
export function command<const F extends Flags>(
  definition: Definition<F>,
  load: () => Promise<(context: CommandContext<F>) => Promise<number>>,
): Command {
  return { ...definition, run: async (context) => (await load())(context as CommandContext<F>) };
}
