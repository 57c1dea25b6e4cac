import { Fault, messageOf, type Place, UserError } from "../model/errors.ts";
import { EXIT } from "./command.ts";
import { type CliIo, wantsColours } from "./io.ts";
import { harmless, type Style, style, terminalFix, terminalMessage } from "./style.ts";

/** `file:line:column`, as far as it is known. */
export function placeText(place: Place): string {
  const numbers = [place.line, place.line === undefined ? undefined : place.column].filter(
    (part) => part !== undefined,
  );
  return [place.file, ...numbers].join(":");
}

/**
 * Prints on standard error what went wrong, where, and how to fix it; gives the exit code. The only place that does.
 */
export function reportError(thrown: unknown, io: CliIo, debug: boolean): number {
  const paint = style(wantsColours(io.stderr, io.env));
  const print = (line: string) => io.stderr.write(`${line}\n`);
  if (io.signal.aborted) {
    print("Interrupted.");
    return EXIT.interrupted;
  }
  if (thrown instanceof UserError) {
    for (const line of userErrorLines(thrown, paint)) print(line);
    if (debug) print(paint.dim(stackOf(thrown)));
    return thrown.kind === "in-use" ? EXIT.inUse : EXIT.usage;
  }
  print(`${paint.red("error:")} ${harmless(messageOf(thrown))}`);
  for (const reason of causes(thrown)) print(`  ${paint.dim("because")} ${harmless(reason)}`);
  print(debug ? paint.dim(stackOf(thrown)) : `${paint.dim("fix:")}   ${harmless(faultFix(thrown))}`);
  return EXIT.failed;
}

/** What helps where nobody here made a mistake. */
function faultFix(thrown: unknown): string {
  if (!(thrown instanceof Fault) || thrown.kind === "bug") return "report it with the output of --debug";
  const { registry } = thrown.fields;
  if (thrown.kind === "throttled" && typeof registry === "string") {
    return `try again later, or log in for a higher limit: docker login ${registry}`;
  }
  return "try again later; --debug shows the log";
}

function userErrorLines(error: UserError, paint: Style): readonly string[] {
  return [
    `${paint.red("error:")} ${terminalMessage(error.message)}`,
    ...(error.place ? [`${paint.dim("at:")}    ${harmless(placeText(error.place))}`] : []),
    ...(error.fix ? [`${paint.dim("fix:")}   ${terminalFix(error.fix)}`] : []),
  ];
}

function causes(thrown: unknown): readonly string[] {
  const texts: string[] = [];
  let cause = thrown instanceof Error ? thrown.cause : undefined;
  while (cause !== undefined && texts.length < 5) {
    texts.push(messageOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return texts;
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? "" : `\ncaused by ${stackOf(thrown.cause)}`;
  return harmless(`${thrown.stack ?? thrown.message}${cause}`);
}
