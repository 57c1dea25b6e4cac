import type { Json } from "../model/json.ts";
import type { Signer } from "./signature.ts";

/**
 * A line of a pull request's body that people do not see: what the pull request is about, sealed for its branch, so that it can neither be forged nor moved to another pull request. `kind` is one lower-case word.
 */
export function printMetadataComment(kind: string, value: unknown, branch: string, signer: Signer): string {
  const text = Buffer.from(JSON.stringify(value)).toString("base64");
  return `<!-- sluice:${kind}:v1 ${text} ${signer.sign("record", `${branch}\n${text}`)} -->`;
}

/** What the hidden line of this kind says; `undefined` when there is none, or none that this App wrote for this branch. */
export function parseMetadataComment(kind: string, body: string, branch: string, signer: Signer): Json | undefined {
  const match = new RegExp(`<!-- sluice:${kind}:v1 ([A-Za-z0-9+/=]+) ([0-9a-f]{64}) -->`).exec(body);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  if (!signer.verify("record", `${branch}\n${match[1]}`, match[2])) return undefined;
  return JSON.parse(Buffer.from(match[1], "base64").toString("utf8"));
}

/** The body with its line of this kind marked as one that counts no longer. */
export function discardMetadataComment(kind: string, body: string): string {
  return body.replace(`<!-- sluice:${kind}:v1 `, `<!-- sluice:closed-${kind}:v1 `);
}
