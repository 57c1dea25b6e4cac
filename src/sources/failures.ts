import { Fault, UserError } from "../model/errors.ts";
import type { SourceAnswer, SourceFailure } from "../model/sources.ts";

const kinds: Readonly<Record<UserError["kind"], SourceFailure["kind"]>> = {
  usage: "refused",
  "in-use": "refused",
  config: "refused",
  input: "refused",
  refused: "refused",
  limit: "limit",
  permission: "denied",
  "not-found": "not-found",
};

/** The answer that an error is; throws it again when it is ours. */
export function failureOf(error: unknown): SourceAnswer {
  if (error instanceof UserError) {
    const { kind, message, fix } = error;
    return { ok: false, failure: { kind: kinds[kind], message, ...(fix !== undefined && { fix }) } };
  }
  const late = error instanceof DOMException && error.name === "TimeoutError";
  if (late) return unreachable("The source did not come in time");
  if (!(error instanceof Fault) || error.kind === "bug") throw error;
  return unreachable(error.message);
}

/** The answer that a source cannot be had now. */
export function unreachable(message: string): SourceAnswer {
  return { ok: false, failure: { kind: "unreachable", message } };
}
