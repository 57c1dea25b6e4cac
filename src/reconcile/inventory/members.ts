import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { UserError } from "../../model/errors.ts";

/** An object that was applied, or may have been. */
export interface Member {
  readonly group: string;
  readonly kind: string;
  /** Empty of what lives in no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Absent until it was applied. */
  readonly uid?: string | undefined;
}

const rows = z.array(
  z.tuple([z.string(), z.string(), z.string(), z.string()]).rest(z.string().regex(/^[\w.-]{1,128}$/)),
);

/** Far more than fits compressed: whoever wrote more wants to fill memory. */
const maxBytes = 16 * 1024 * 1024;

/** The members in the one order in which they are stored. */
export function sorted(members: readonly Member[]): readonly Member[] {
  const keyed = members.map((member) => ({ member, key: rowOf(member).join("\0") }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ member }) => member);
}

/** The members as base64 text: sorted and compressed, so that 10,000 fit into an object of 1 MiB. */
export function encodeMembers(members: readonly Member[]): string {
  return gzipSync(JSON.stringify(sorted(members).map(rowOf))).toString("base64");
}

function rowOf({ group, kind, namespace, name, uid }: Member): readonly string[] {
  return [group, kind, namespace, name, ...(uid === undefined ? [] : [uid])];
}

/** Reads that text. Throws a `refused` UserError when it is damaged. */
export function decodeMembers(text: string): readonly Member[] {
  try {
    const json = gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: maxBytes }).toString("utf8");
    return rows.parse(JSON.parse(json)).map(memberOf);
  } catch {
    throw new UserError("refused", "the list of what was applied is damaged", {
      fix: "Restore the ConfigMap from a backup; or delete it, and Sluice takes what Git has for its own again.",
    });
  }
}

function memberOf([group, kind, namespace, name, uid]: z.infer<typeof rows>[number]): Member {
  return { group, kind, namespace, name, ...(uid !== undefined && { uid }) };
}
