import type { Surroundings } from "./io.ts";
import type { Progress } from "./progress.ts";
import type { Style } from "./style.ts";

/** What each exit code says; part of the help and of `docs/cli.md`. */
export const EXIT = { fine: 0, ours: 1, usage: 2, failOn: 3, refused: 3, found: 3, interrupted: 130 } as const;

/** One `--flag`. A `string` takes a value, named `value` in the help; with `choices` only one of these. A `list` takes values with commas between them, and may be given again. */
export interface Flag {
  readonly type: "boolean" | "string" | "list";
  readonly description: string;
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
}

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** One argument without dashes. */
interface Positional {
  readonly name: string;
  readonly description: string;
  /** Only said in the help: the command itself explains what is missing. */
  readonly required?: boolean;
  /** Any number of them; the last one only. */
  readonly many?: boolean;
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
export interface CommandContext<F extends Flags = Flags> extends Surroundings {
  readonly args: Values<F>;
  readonly positionals: readonly string[];
  /** Whether standard output shows colours; `paint` obeys it, `paintError` is standard error's. */
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

/** A command with its handler, which returns the exit code and throws what went wrong. */
export interface Command extends CommandShape {
  run(context: CommandContext): Promise<number>;
}

/** Commands that share their first word. Has no flags and arguments of its own. */
export interface CommandGroup extends CommandShape {
  readonly commands: readonly Command[];
}

/** Ties a handler to its flags, so that it sees each one's exact type. The parser guarantees that the values have these types. */
export function defineCommand<const F extends Flags>(
  command: CommandShape & { readonly flags: F; run(context: CommandContext<F>): Promise<number> },
): Command {
  return { ...command, run: (context) => command.run(context as CommandContext<F>) };
}
