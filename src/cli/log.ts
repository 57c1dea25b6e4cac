import type { LogFields, Logger } from "../model/observe.ts";
import type { Output } from "./io.ts";
import { harmless } from "./style.ts";

/** A log for people on standard error: everything with `--debug`, warnings and errors without. */
export function commandLog(output: Output, debug: boolean, bound: LogFields = {}): Logger {
  const write = (level: string, fields: LogFields, message: string) => {
    const all = Object.entries({ ...bound, ...fields }).map(([name, value]) => ` ${name}=${text(value)}`);
    output.write(harmless(`${level}: ${message}${all.join("")}`).concat("\n"));
  };
  const when = (shown: boolean, level: string) => (fields: LogFields, message: string) => {
    if (shown) write(level, fields, message);
  };
  return {
    debug: when(debug, "debug"),
    info: when(debug, "info"),
    warn: when(true, "warning"),
    error: when(true, "error"),
    child: (fields) => commandLog(output, debug, { ...bound, ...fields }),
  };
}

function text(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  return typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
}
