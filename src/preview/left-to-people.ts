import type { ComparedTarget } from "./affected.ts";

/**
 * Whether a controller's render had the object at the base, and at the head only a file that nothing reads, so that
 * people would have to apply it. `after`: what there is at the head, by id.
 */
export function isLeftToPeople(
  { before, target }: ComparedTarget,
  after: ReadonlyMap<string, ComparedTarget>,
): boolean {
  const { parent } = target.declaration ?? {};
  if (before?.declaration?.parent === undefined || parent === undefined) return false;
  return after.get(parent)?.target.declaration === undefined;
}
