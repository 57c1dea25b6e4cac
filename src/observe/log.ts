import { pino } from "pino";
import type { LogFields, Logger } from "../model/observe.ts";
import { logFields, maxText } from "./log-value.ts";
import { cleanWithin, redactText } from "./redact.ts";

/** Levels, least to most severe; `silent` writes nothing. */
type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** How and where to log. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** For people: one short line each. Else one JSON object per line. */
  readonly pretty: boolean;
  readonly destination: { write(line: string): unknown };
  /** Secrets that the process knows: masked wherever they appear. */
  readonly redact?: readonly string[];
}

/** The logger. Nothing that looks like a secret gets through it, see `redact.ts`; it never throws. */
export function createLogger(options: LoggerOptions): Logger {
  const clean = (text: string) => redactText(text, options.redact);
  const destination = options.pretty
    ? { write: (line: string) => options.destination.write(prettyLine(line)) }
    : options.destination;
  const base = pino(
    {
      level: options.level,
      base: null,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  return wrap(base, clean, {});
}

type Writer = Pick<ReturnType<typeof pino>, "debug" | "info" | "warn" | "error" | "isLevelEnabled">;

function wrap(writer: Writer, clean: (text: string) => string, bound: LogFields): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (fields: LogFields, message: string) => {
    if (!writer.isLevelEnabled(level)) return;
    writer[level](logFields({ ...bound, ...fields }, clean), cleanWithin(message, maxText, clean));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(writer, clean, { ...bound, ...fields }),
  };
}

/** A JSON line as people read it: time, level, message, then the fields. */
function prettyLine(line: string): string {
  const { time, level, message, ...fields }: Record<string, unknown> = JSON.parse(line);
  const clock = String(time).slice(11, 19);
  const rest = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`;
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${message}${rest}\n`;
}
