import { parseArgs } from "node:util";
import { UserError } from "../model/errors.ts";
import type { Command, Flag, Flags } from "./command.ts";
import { suggest } from "./suggest.ts";

/** Flags that every command takes. */
export const COMMON_FLAGS = {
  help: { type: "boolean", description: "show this help" },
  debug: { type: "boolean", description: "show the log and, for errors, the stack" },
  progress: {
    type: "boolean",
    description: "show progress as plain lines on standard error, also without a terminal",
  },
} as const satisfies Flags;

/** What a flag has: see `Flag`. */
type Value = string | boolean | readonly string[] | undefined;

/** A parsed command line: every flag that the command knows has a value of its type. */
export interface Parsed {
  readonly values: Readonly<Record<string, Value>>;
  readonly positionals: readonly string[];
}

/** Parses the arguments after the command's name. Throws a `usage` UserError with what is wrong and the fix. */
export function parseCommandLine(command: Command, argv: readonly string[]): Parsed {
  const flags: Flags = { ...command.flags, ...COMMON_FLAGS };
  const known = namesOf(flags);
  const options = Object.fromEntries(
    [...known].map(([name, { flag, fixed }]) => [
      name,
      {
        type: fixed === undefined ? parsedAs(flag) : ("boolean" as const),
        ...(name === "help" ? { short: "h" } : {}),
      },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, Value> = defaults(flags);
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const named = known.get(token.name);
    if (named === undefined) throw unknownFlag(command, token.rawName, token.name, Object.keys(flags));
    const { name, flag, fixed } = named;
    const asked = fixed === undefined ? flag : fixedFlag;
    const read = readValue(token.name, asked, token.value, token.inlineValue === true);
    const value = fixed ?? read;
    values[name] = flag.type === "list" ? [...listed(values[name]), ...listed(value)] : value;
  }
  if (values.help !== true) checkPositionals(command, positionals);
  return { values, positionals };
}

/** A flag under one of its names, and the value that this name stands for. */
interface NamedFlag {
  readonly name: string;
  readonly flag: Flag;
  readonly fixed: string | undefined;
}

const fixedFlag: Flag = { type: "boolean", description: "" };

/** Every name that is understood. */
function namesOf(flags: Flags): ReadonlyMap<string, NamedFlag> {
  const all = Object.entries(flags).flatMap(([name, flag]): (readonly [string, NamedFlag])[] => [
    [name, { name, flag, fixed: undefined }],
    ...(flag.also ?? []).map(({ name: other, value }) => [other, { name, flag, fixed: value }] as const),
  ]);
  return new Map(all);
}

function parsedAs({ type }: Flag): "boolean" | "string" {
  return type === "boolean" ? type : "string";
}

function defaults(flags: Flags): Record<string, Value> {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, defaultOf(flag)]));
}

function defaultOf({ type, default: otherwise }: Flag): Value {
  if (type === "boolean") return false;
  return type === "list" ? listed(otherwise) : otherwise;
}

/** The values of a list, from a text with commas or from the values so far. */
function listed(value: Value): readonly string[] {
  if (typeof value !== "string") return typeof value === "object" ? value : [];
  return value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** A value of commas alone must not count as a flag that was left out. */
function isEmptyList({ type }: Flag, value: string): boolean {
  return type === "list" && listed(value).length === 0;
}

function readValue(name: string, flag: Flag, value: string | undefined, inline: boolean): string | boolean {
  if (flag.type === "boolean") {
    if (value !== undefined) throw usage(`--${name} takes no value, got "${value}"`, `Write --${name} alone.`);
    return true;
  }
  const placeholder = flag.choices?.join("|") ?? flag.value ?? "VALUE";
  if (value === undefined || value === "" || (!inline && value.startsWith("-")) || isEmptyList(flag, value)) {
    throw usage(
      `--${name} needs a value`,
      `Write --${name} ${placeholder}, or --${name}=… for a value that begins with a dash.`,
    );
  }
  if (flag.choices && !flag.choices.includes(value)) {
    const near = suggest(value, flag.choices);
    throw usage(
      `--${name} cannot be "${value}"`,
      `${near ? `Did you mean ${near}? ` : ""}Choose one of ${flag.choices.join(", ")}.`,
    );
  }
  return value;
}

function unknownFlag(command: Command, raw: string, name: string, known: readonly string[]): UserError {
  const near = suggest(name, known);
  const more = `See sluice ${command.name} --help.`;
  return usage(`unknown flag ${raw} for sluice ${command.name}`, near ? `Did you mean --${near}? ${more}` : more);
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const surplus = positionals[command.positionals.length];
  if (surplus === undefined || command.positionals.at(-1)?.many === true) return;
  const takes = command.positionals.map(({ name }) => name).join(" ") || "no arguments without dashes";
  throw usage(
    `unexpected argument "${surplus}"`,
    `sluice ${command.name} takes ${takes}. See sluice ${command.name} --help.`,
  );
}

/** An error of the command line itself. */
export function usage(message: string, fix: string): UserError {
  return new UserError("usage", message, { fix });
}
