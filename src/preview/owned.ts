import { z } from "zod";
import { ownedBySetFinding, type TargetFinding } from "../diff/index.ts";
import type { RenderSpec } from "../model/target.ts";
import type { ComparedTarget } from "./affected.ts";
import { isLeftToPeople } from "./left-to-people.ts";
import { removalOf } from "./removal.ts";

/** An Application that its ApplicationSet does not make any more, and that is declared by something else now. */
export interface HandedOver {
  readonly one: ComparedTarget;
  readonly set: ComparedTarget;
}

/**
 * The Applications that leave their ApplicationSet and stay in Git. The set owns them in the cluster: Argo CD deletes
 * them with it, or because it no longer makes them, and only then are they made again.
 */
export function leavingTheirSet(compared: readonly ComparedTarget[]): readonly HandedOver[] {
  const before = new Map(compared.map((one) => [(one.before ?? one.target).id, one]));
  const after = new Map(compared.filter((one) => !isGone(one)).map((one) => [one.target.id, one]));
  return compared.flatMap((one): readonly HandedOver[] => {
    const set = before.get(one.before?.declaration?.parent ?? "");
    if (isGone(one) || one.target.declaration?.kind !== "Application" || !isSet(set)) return [];
    if (one.target.declaration.parent === set.target.id && !isGone(set)) return [];
    // Where nothing reads it any more, the finding about the set has it.
    return isGone(set) && isLeftToPeople(one, after) ? [] : [{ one, set }];
  });
}

function isGone(one: ComparedTarget): boolean {
  return one.affected && one.head === undefined;
}

function isSet(one: ComparedTarget | undefined): one is ComparedTarget {
  return (one?.before ?? one?.target)?.declaration?.kind === "ApplicationSet";
}

/** What Argo CD deletes on the way, where the policy of the set and what keeps it do not prevent it. */
export function handoverFindings(
  handed: readonly HandedOver[],
  compared: readonly ComparedTarget[],
): readonly TargetFinding[] {
  return handed.flatMap(({ one, set }) => {
    const removal = set.affected && isGone(set) ? removalOf(set, compared) : undefined;
    const owner = set.before ?? set.target;
    if (removal?.keptBy !== undefined || owner.handling?.prune === false) return [];
    const { app, environment, declaration } = one.target;
    const keeps = preserves(owner.render);
    const sure = !isGone(set) || removal?.deletes !== undefined;
    const { name = "" } = owner.declaration ?? {};
    const file = declaration?.file === undefined ? {} : { file: declaration.file };
    return [ownedBySetFinding({ app, environment, set: name, gone: isGone(set), keeps, sure, ...file })];
  });
}

const policy = z.object({
  set: z.object({ spec: z.object({ syncPolicy: z.object({ preserveResourcesOnDeletion: z.literal(true) }) }) }),
});

/** Whether the Applications of the set have no finalizer, so that what they deployed outlives them. */
function preserves({ options }: RenderSpec): boolean {
  return policy.safeParse(options).success;
}
