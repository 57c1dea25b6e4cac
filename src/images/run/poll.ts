import { createHash } from "node:crypto";
import type { ImageEntry, ImageUnit } from "../units.ts";

/**
 * When a unit that is polled is evaluated next, in milliseconds since the epoch; `undefined` when it is not polled. The
 * moments lie on a grid that is shifted for each repository and unit, so that the evaluations of many are spread out,
 * and asking twice sets one timer.
 */
export function nextPoll(
  { name, entries }: Pick<ImageUnit, "name"> & { readonly entries: readonly Pick<ImageEntry, "poll">[] },
  repository: string,
  now: number,
): number | undefined {
  const periods = entries.flatMap(({ poll }) => poll ?? []);
  if (periods.length === 0) return undefined;
  const period = Math.max(60_000, Math.min(...periods));
  const digest = createHash("sha256").update(`${repository}\n${name}`).digest();
  const shift = digest.readUInt32BE(0) % period;
  return (Math.floor((now - shift) / period) + 1) * period + shift;
}
