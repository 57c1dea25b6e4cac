import { Fault, UserError } from "../model/errors.ts";
import { cleanWithin } from "./redact.ts";

type Clean = string | number | boolean | null | readonly Clean[] | { readonly [key: string]: Clean };

const secretKey = /^(authorization|cookie|set-cookie|password|secret|token|private_?key|webhook_?secret)$/i;
const maxDepth = 6;
const maxItems = 100;
/** Characters of one text. */
export const maxText = 8_192;

/**
 * A value as it may stand in a log line: errors with their kind, fields and causes; every text cleaned; values under keys that name a secret masked; bounded in depth and
 * size; never throws.
 */
function logValue(value: unknown, clean: (text: string) => string, depth = 0): Clean {
  if (typeof value === "string") return cleanWithin(value, maxText, clean);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return cleanWithin(String(value), maxText, clean);
  if (depth >= maxDepth) return "[deep]";
  if (value instanceof Error) return logError(value, clean, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => logValue(item, clean, depth + 1));
  return logFields(value, clean, depth);
}

/** The own enumerable fields of an object, as `logValue` gives each. */
export function logFields(
  value: object,
  clean: (text: string) => string,
  depth = 0,
): { readonly [key: string]: Clean } {
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, secretKey.test(key) ? "[redacted]" : logValue(item, clean, depth + 1)]),
  );
}

function logError(error: Error, clean: (text: string) => string, depth: number): Clean {
  const known = error instanceof UserError || error instanceof Fault;
  return {
    name: error.name,
    message: cleanWithin(error.message, maxText, clean),
    ...(known && { kind: error.kind, fields: logFields(error.fields, clean, depth + 1) }),
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    ...("status" in error && typeof error.status === "number" && { status: error.status }),
    // A user's mistake needs no stack; nor does a cause whose effect has one.
    ...(!(error instanceof UserError) &&
      depth <= 1 &&
      error.stack && { stack: cleanWithin(error.stack, maxText, clean) }),
    ...(error.cause !== undefined && { cause: logValue(error.cause, clean, depth + 1) }),
  };
}
