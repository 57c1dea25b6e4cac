import { z } from "zod";

/** Why a value cannot be used. `problem` follows the quoted value ("is not a duration"); `fix` is a sentence. */
export interface Refusal {
  readonly problem: string;
  readonly fix: string;
}

/** Whether a check refused its value. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "problem" in value && "fix" in value;
}

/** Text that `parse` turns into a value or refuses, with a problem and a fix. `pattern` is for the JSON schema only. */
export function parsedText<T>(parse: (text: string) => T | Refusal, pattern?: string) {
  return text(pattern).transform((value, context): T => {
    const parsed = parse(value);
    if (!isRefusal(parsed)) return parsed;
    context.addIssue({ code: "custom", message: parsed.problem, params: { fix: parsed.fix } });
    return z.NEVER;
  });
}

/** Text that stays as it is unless `check` refuses it. `pattern` is for the JSON schema only. */
export function checkedText(check: (text: string) => Refusal | undefined, pattern?: string) {
  return text(pattern).superRefine((value, context) => {
    const refusal = check(value);
    if (refusal === undefined) return;
    context.addIssue({ code: "custom", message: refusal.problem, params: { fix: refusal.fix } });
  });
}

function text(pattern: string | undefined) {
  return pattern === undefined ? z.string() : z.string().meta({ pattern });
}
