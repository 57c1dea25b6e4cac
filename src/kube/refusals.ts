import { z } from "zod";
import { Fault, UserError } from "../model/errors.ts";
import type { Clock } from "../model/observe.ts";
import { retryAfterMs } from "../model/retry-after.ts";
import { clip, visible } from "../model/text/lines.ts";
import type { Answer } from "./exchange.ts";

/** What was asked, for messages. */
export interface Call {
  /** The cluster's name in messages. */
  readonly cluster: string;
  /** "apply Deployment web in staging". */
  readonly what: string;
  /** Whether the server's words may quote secrets: then only the names of fields are taken from them. */
  readonly secret: boolean;
}

const maxLength = 1000;
/** The wait where the server names none. */
const throttledMs = 10_000;

const cause = z.object({
  reason: z.string().default(""),
  message: z.string().default(""),
  field: z.string().default(""),
});
const status = z.object({
  message: z.string().default(""),
  reason: z.string().default(""),
  details: z
    .object({ kind: z.string().default(""), name: z.string().default(""), causes: z.array(cause).default([]) })
    .default({ kind: "", name: "", causes: [] }),
});

/** An API server's own words for why it refused. */
export type Status = z.infer<typeof status>;

/** What a refusal says; empty where the body is none of Kubernetes'. */
export function statusOf({ text }: Answer): Status {
  return status.catch(status.parse({})).parse(parseJson(text));
}

/**
 * Whether the path itself is unknown: the kind is not served (any more). Else the object or its namespace is missing.
 */
export function isOfUnknownPath(answer: Answer): boolean {
  return answer.status === 404 && statusOf(answer).details.name === "";
}

/** Whether a patch was for an object that is another by now, or has changed: a version is compared, a uid checked. */
export function isOfAnother(answer: Answer): boolean {
  if (answer.status === 409) return true;
  return answer.status === 422 && statusOf(answer).details.causes.some(({ field }) => field === "metadata.uid");
}

/**
 * Whether somebody else wrote the object at the same moment, and no owner of a field is in the way. The server tries
 * five times by itself before it says so (`patch.go` of `k8s.io/apiserver`).
 */
export function isLostRace(answer: Answer): boolean {
  return answer.status === 409 && !isFieldConflict(statusOf(answer));
}

function isFieldConflict({ details }: Status): boolean {
  return details.causes.some(({ reason }) => reason === "FieldManagerConflict");
}

/** Statuses that may pass by themselves. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** Whether the same request may be answered otherwise a little later. */
export function mayAnswerOtherwise(answer: Answer): boolean {
  return passing.has(answer.status) && !isWrongManifest(answer.status, statusOf(answer));
}

/**
 * A server-side apply of what does not fit its schema is answered 500 and without a reason, as a failure of the
 * server's own would be. Source of the words: `managedfields/internal/structuredmerge.go` of `k8s.io/apimachinery`.
 */
function isWrongManifest(code: number, { reason, message }: Status): boolean {
  const words = /^failed to (?:create typed patch object|convert new (?:typed )?object) /;
  return code === 500 && reason === "" && words.test(message);
}

/** What an answer that is no success means. */
export function refusal(call: Call, answer: Answer, now: ReturnType<Clock>): UserError | Fault {
  const said = statusOf(answer);
  const message = `Cluster ${call.cluster} refused to ${call.what} (${answer.status}): ${words(call, said, answer)}`;
  const fields = { cluster: call.cluster, status: answer.status, reason: said.reason };
  const waitMs = retryAfterMs(answer.retryAfter, now);
  if (answer.status === 429) return new Fault("throttled", message, { fields, retryAfterMs: waitMs ?? throttledMs });
  if (isWrongManifest(answer.status, said))
    return new UserError("input", message, { fields, fix: "Correct the manifest." });
  if (answer.status >= 500 || answer.status === 408 || mayPass(said)) {
    return new Fault("unavailable", message, { fields, ...(waitMs !== undefined && { retryAfterMs: waitMs }) });
  }
  return new UserError(...kindAndFix(answer.status, said, message, fields));
}

type Fields = Readonly<Record<string, string | number>>;

function kindAndFix(
  code: number,
  said: Status,
  message: string,
  fields: Fields,
): ConstructorParameters<typeof UserError> {
  switch (code) {
    case 401:
      return [
        "permission",
        message,
        { fields, fix: "Renew the credentials of this cluster in the server's settings." },
      ];
    case 403:
      if (!isForbiddenToAccount(said))
        return [
          "refused",
          message,
          { fields, fix: "Change the manifest, or the rule of the cluster that forbids it." },
        ];
      return ["permission", message, { fields, fix: "Bind a role that allows it to the account that Sluice uses." }];
    case 404:
      return ["not-found", message, { fields, fix: "Create what is missing first, such as the namespace." }];
    case 409:
      return ["refused", message, { fields, fix: fixOfConflict(said) }];
    case 413:
      return ["limit", message, { fields, fix: "Make the object smaller: a server takes about 1.5 MB." }];
    default:
      return ["input", message, { fields, fix: "Correct the manifest." }];
  }
}

function fixOfConflict(said: Status): string {
  return isFieldConflict(said)
    ? "Leave these fields to their owner, or let Sluice take them over."
    : "See what else changes this object.";
}

/** Else it is a rule of the cluster that says no: a quota, a webhook, Pod security. */
function isForbiddenToAccount({ message }: Status): boolean {
  return !/ is forbidden: (?!user ")|denied the request/i.test(message);
}

/** Refusals that end by themselves: a namespace that is being deleted is gone, and can be made again, soon. */
function mayPass({ details }: Status): boolean {
  return details.causes.some(({ reason }) => reason === "NamespaceTerminating");
}

/** Why a server refused what is nobody's secret, in its own words. */
export function reasonOf(answer: Answer): string {
  return `${words({ cluster: "", what: "", secret: false }, statusOf(answer), answer)} (${answer.status})`;
}

/** What a server said, on one line, as far as others may read it. */
function words({ secret }: Call, said: Status, { status: code, text }: Answer): string {
  if (!secret) return clip(visible(said.message || text.trim() || "no reason given"), maxLength);
  const reason = said.reason || (isWrongManifest(code, said) ? "it does not fit its schema" : "no reason given");
  return [reason, ...said.details.causes.map(({ field }) => field)].filter(Boolean).join(", ");
}

/** The JSON of a body; `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
