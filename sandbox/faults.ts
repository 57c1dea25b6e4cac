import type { Match } from "./routes/table.ts";
import type { Fault } from "./types.ts";
import type { World } from "./world.ts";

/** The effect that was injected for this request, if any; each use counts down. */
export function takeFault(world: World, method: string, match: Match | undefined): Fault["effect"] | undefined {
  const at = world.faults.findIndex(({ fault }) => isMeant(fault, method, match));
  const found = world.faults[at];
  if (!found) return undefined;
  found.left -= 1;
  if (found.left <= 0) world.faults.splice(at, 1);
  return found.fault.effect;
}

function isMeant(fault: Fault, method: string, match: Match | undefined): boolean {
  const { repository } = fault;
  return (
    (fault.method ?? method) === method &&
    (fault.template === undefined || fault.template === match?.route.template) &&
    (repository === undefined || (match?.params.owner === repository.owner && match.params.repo === repository.name))
  );
}
