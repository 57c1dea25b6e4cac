import { createHash } from "node:crypto";
import type { HookSettings } from "../../model/hooks.ts";
import type { RegistryJob } from "../../model/jobs.ts";
import { matchesAny } from "../../model/patterns.ts";
import type { Reading } from "./adapter.ts";

/**
 * An event without an id counts as a repetition of the same body within this time. A longer time would lose a moving
 * tag that is pushed again.
 */
const BUCKET_MS = 10_000;

/** Pushes of one event to act on: registries report a handful at once, but a body could hold ten thousand. */
const MAX_PUSHES = 100;

/**
 * The job for an event. Leaves out images that the hook may not report and pushes above the limit, and says so in
 * `ignored`.
 */
export function jobOf(
  reading: Extract<Reading, { readonly kind: "pushed" | "ignored" }>,
  { name, kind, images }: HookSettings,
  received: { readonly at: number; readonly bytes: Buffer },
): RegistryJob {
  const { at, bytes } = received;
  const base = { type: "registry", id: idOf(reading.id, bytes, at), hook: name, source: kind, at } as const;
  if (reading.kind === "ignored") return { ...base, pushes: [], ignored: reading.reason };
  const allowed = images.map((pattern) => pattern.toLowerCase());
  const pushes = reading.pushes.filter((push) => matchesAny(push.image, allowed));
  if (pushes.length > MAX_PUSHES) {
    const left = pushes.length - MAX_PUSHES;
    return {
      ...base,
      pushes: pushes.slice(0, MAX_PUSHES),
      ignored: `only the first ${MAX_PUSHES} pushes of the event are looked at: ${left} are left out`,
    };
  }
  if (pushes.length > 0) return { ...base, pushes };
  const others = [...new Set(reading.pushes.map((push) => push.image))].slice(0, 3).join(", ");
  return { ...base, pushes, ignored: `the hook's \`images\` do not name ${others}` };
}

/** The sender's own id, or the body's hash and the time window. */
function idOf(own: string | undefined, bytes: Buffer, at: number): string {
  if (own !== undefined && /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/.test(own)) return own;
  const hash = createHash("sha256");
  if (own !== undefined) return `id-${hash.update(own).digest("hex")}`;
  return `body-${hash
    .update(`${Math.floor(at / BUCKET_MS)}\n`)
    .update(bytes)
    .digest("hex")}`;
}
