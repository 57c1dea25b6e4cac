import { redactMessage } from "../../../diff/index.ts";
import type { DeployFailure, ObjectProblem } from "../../../model/deploy.ts";
import { UserError, type UserErrorKind } from "../../../model/errors.ts";
import type { ObjectReference } from "../../../model/kube.ts";
import { clip, visible } from "../../../model/text/lines.ts";
import { replaceAnnotation } from "../../manifests/annotations.ts";
import { labelOf } from "../../manifests/manifest.ts";

const reasons: Readonly<Record<UserErrorKind, string>> = {
  permission: "Forbidden",
  "not-found": "NotFound",
  input: "Invalid",
  refused: "Conflict",
  limit: "TooLarge",
  usage: "Invalid",
  config: "Invalid",
  "in-use": "Conflict",
};

/** So much of a message is read, and reported. */
const [maxRead, maxMessage] = [10_000, 500];

/** What the API server has against an object. */
export function problemOf(object: ObjectReference, error: UserError): ObjectProblem {
  const message = toldMessage(serverWords(error.message));
  if (isImmutable(error))
    return {
      object,
      reason: "Immutable",
      message,
      fix: `Give it another name, or have it deleted and made again: annotation ${replaceAnnotation}: allowed.`,
    };
  return { object, reason: reasons[error.kind], message, ...(error.fix !== undefined && { fix: error.fix }) };
}

/** What a cluster says, as it may be kept and reported: without secrets, and no longer than a person reads. */
export function toldMessage(text: string): string {
  return clip(visible(redactMessage(text.slice(0, maxRead))), maxMessage);
}

/** A problem whose words are such. */
export function toldProblem(problem: ObjectProblem): ObjectProblem {
  return { ...problem, message: toldMessage(problem.message) };
}

/** The client says first what was asked for, which is known here. */
function serverWords(message: string): string {
  return message.replace(/^Cluster .{1,200}? refused to .{1,600}? \(\d{3}\): /, "");
}

/** Whether an object of this kind cannot be changed so: any other refusal would be met by a new one as well. */
export function isImmutable({ kind, message }: UserError): boolean {
  const words = /field is immutable|updates to statefulset spec for fields other than|may not change once set/i;
  return kind === "input" && words.test(message);
}

/** Whether the server no longer knows the version of the kind in which the object was applied before. */
export function isOutdated({ kind, message }: UserError): boolean {
  return kind === "input" && /field not declared in schema|no kind .* is registered for version/i.test(message);
}

/** The failure that objects' problems make. */
export function failureOf(
  kind: DeployFailure["kind"],
  problems: readonly ObjectProblem[],
  applied: boolean,
): DeployFailure {
  const told = problems.slice(0, maxProblems).map(toldProblem);
  const [first] = told;
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : "";
  const summary =
    first === undefined ? "it failed" : `${labelOf(first.object)}${more}: ${firstSentence(first.message)}`;
  return { kind, summary, problems: told, events: [], applied };
}

/** The failure that an error of no object makes. */
export function failureOfError(error: UserError, applied: boolean): DeployFailure {
  const kind = error.kind === "permission" || error.kind === "in-use" ? "refused" : "invalid";
  return { kind, summary: toldMessage(error.message), problems: [], events: [], applied };
}

/** At most so many are kept and reported. */
export const maxProblems = 50;
const maxSummary = 160;

function firstSentence(text: string): string {
  return clip(text.split(/(?<=[^\d])[.;\n] /)[0] ?? text, maxSummary).replace(/\.$/, "");
}

/** `refused` where rights are missing, else `invalid`. */
export function kindOf(problems: readonly ObjectProblem[]): "refused" | "invalid" {
  return problems.length > 0 && problems.every(({ reason }) => reason === "Forbidden") ? "refused" : "invalid";
}

/** The result of a call, or what the API server has against it. Faults are thrown: they pass. */
export async function attempt<T>(
  object: ObjectReference,
  call: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: ObjectProblem; readonly error: UserError }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (error instanceof UserError) return { problem: problemOf(object, error), error };
    throw error;
  }
}
