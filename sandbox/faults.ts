import type { Fault } from "./types.ts";
import type { World } from "./world.ts";

/** The effect that was injected for this request, if any; each use counts down. */
export function takeFault(world: World, method: string, template: string | undefined): Fault["effect"] | undefined {
  const at = world.faults.findIndex(
    ({ fault }) => (fault.method ?? method) === method && (fault.template ?? template) === template,
  );
  const found = world.faults[at];
  if (!found) return undefined;
  found.left -= 1;
  if (found.left <= 0) world.faults.splice(at, 1);
  return found.fault.effect;
}
