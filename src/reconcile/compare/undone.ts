import { createHash } from "node:crypto";
import type { UndoneField } from "../../model/deploy.ts";
import type { ObjectReference } from "../../model/kube.ts";
import { identityOf, keyOf } from "../manifests/manifest.ts";
import type { FieldChange } from "./compare.ts";

/** A field of an object that differs; without a path the object itself, which is gone. */
export interface DriftedField {
  readonly object: ObjectReference;
  readonly path?: string;
  /** Who has set it, as the cluster names them. */
  readonly by?: string;
}

/** Whether what differs is set back. */
export type Healing =
  /** It is; `undone`: what has been by then. */
  | { readonly kind: "heal"; readonly undone: readonly UndoneField[] }
  /** These were set back before, and changed again each time. */
  | { readonly kind: "contested"; readonly fields: readonly DriftedField[] };

/** How often a field is set back before that is left to people. */
export const maxUndone = 3;
const hourMs = 3_600_000;
/** What is remembered of one target: far more than anybody changes by hand. */
const maxFields = 500;

/**
 * Sets back what differs, but never fights: what the same manager has changed again after three times within an hour
 * stays, and so does the rest of the target. Where comparisons are rare, three of them count in place of the hour.
 * What was set back long ago is forgotten, but not what has stopped it.
 */
export function decideHealing(
  drifted: readonly { readonly object: ObjectReference; readonly fields?: readonly FieldChange[] }[],
  before: readonly UndoneField[],
  { now, intervalMs }: { readonly now: number; readonly intervalMs: number },
): Healing {
  const windowMs = Math.max(hourMs, maxUndone * intervalMs);
  const times = new Map(before.map(({ id, at }) => [id, at]));
  const fields = drifted.flatMap(fieldsOf);
  const contested = fields.filter((field) => isContested(times.get(idOf(field)) ?? [], windowMs));
  if (contested.length > 0) return { kind: "contested", fields: contested };
  for (const id of new Set(fields.map(idOf))) times.set(id, [...(times.get(id) ?? []), now]);
  const undone = [...times]
    .map(([id, at]) => ({ id, at: at.filter((one) => now - one <= windowMs).slice(-maxUndone) }))
    .filter(({ at }) => at.length > 0)
    .sort((a, b) => (b.at.at(-1) ?? 0) - (a.at.at(-1) ?? 0) || (a.id < b.id ? -1 : 1));
  return { kind: "heal", undone: undone.slice(0, maxFields) };
}

function isContested(at: readonly number[], windowMs: number): boolean {
  const [first, last] = [at.at(-maxUndone), at.at(-1)];
  return first !== undefined && last !== undefined && last - first <= windowMs;
}

function fieldsOf({ object, fields }: Parameters<typeof decideHealing>[0][number]): readonly DriftedField[] {
  if (fields === undefined) return [{ object }];
  return fields.map(({ path, by }) => ({ object, path, ...(by && { by: by.manager }) }));
}

function idOf({ object, path = "", by = "" }: DriftedField): string {
  const text = [keyOf(identityOf(object)), path, by].join("\0");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
