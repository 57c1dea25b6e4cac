import { controllerFacts, deployHandling, isReleased, type Removal } from "../diff/index.ts";
import type { JsonObject } from "../model/json.ts";
import type { Target } from "../model/target.ts";
import type { Affected, ComparedTarget } from "./affected.ts";
import { objectIn } from "./declared-object.ts";
import { isLeftToPeople } from "./left-to-people.ts";

/** How deep declarations are followed up; a chain of more is a cycle. */
const maxDepth = 32;

/**
 * What becomes of the resources of a target that is gone with its declaration: that depends on what the declaration's
 * object said about its end, and on whether its own parent deletes it. An object that its own render has (what a
 * bootstrap of Flux writes) is its own parent.
 */
export function removalOf(one: Affected, compared: readonly ComparedTarget[], depth = 0): Removal | undefined {
  const { declaration } = baseOf(one);
  const { by } = deployHandling(declaration);
  if (declaration === undefined || by === undefined || one.head !== undefined || depth > maxDepth) return undefined;
  const parent =
    declaration.parent === undefined
      ? one
      : compared.find(({ target, before }) => (before ?? target).id === declaration.parent);
  const object = parent?.affected === true ? objectIn(parent.base, declaration) : undefined;
  if (parent === one && object === undefined) return { by, ...takenWith(one, compared) };
  const isOwn = parent === one;
  const keptBy = parent === undefined ? undefined : keeperOf(parent, isOwn, compared, depth);
  if (keptBy !== undefined) return { by, keptBy };
  if (object !== undefined && isReleased(object)) return { by, keptBy: "an annotation of it says so" };
  const cascades = cascadesOf(one.target, object);
  if (cascades === false) return { by, deletes: false };
  const goes = parent !== undefined && isDeletedBy(parent, isOwn, compared, depth);
  return { by, ...(cascades === true && goes ? { deletes: true } : {}), ...takenWith(one, compared) };
}

/** Objects that it declared and that are in Git still, where nothing reads them any more: they go with it. */
function takenWith(one: Affected, compared: readonly ComparedTarget[]): Pick<Removal, "takes"> {
  const { id } = baseOf(one);
  const after = new Map(compared.filter((other) => !isGone(other)).map((other) => [other.target.id, other]));
  const takes = compared.flatMap((other) => {
    const { declaration } = baseOf(other);
    if (declaration?.parent !== id || isGone(other) || !isLeftToPeople(other, after)) return [];
    const { app, environment } = other.target;
    const keeps = cascadesOf(baseOf(other), objectIn(one.base, declaration)) === false;
    return [{ app, environment, keeps }];
  });
  return takes.length === 0 ? {} : { takes };
}

/** The target as the base has it. */
function baseOf({ before, target }: ComparedTarget): Target {
  return before ?? target;
}

/** Why the parent leaves the object in the cluster, where it does. */
function keeperOf(
  parent: ComparedTarget,
  isOwn: boolean,
  compared: readonly ComparedTarget[],
  depth: number,
): string | undefined {
  const { prunes, by } = handlingOf(parent);
  if (isOwn || !isGone(parent)) return prunes === false ? `pruning is off for ${by}` : undefined;
  const removal = removalOf(parent, compared, depth + 1);
  if (removal?.keptBy !== undefined) return removal.keptBy;
  return removal?.deletes === false ? `${removal.by} leaves it behind` : undefined;
}

function isDeletedBy(
  parent: ComparedTarget,
  isOwn: boolean,
  compared: readonly ComparedTarget[],
  depth: number,
): boolean {
  if (isOwn || !isGone(parent)) return handlingOf(parent).prunes === true;
  return removalOf(parent, compared, depth + 1)?.deletes === true;
}

function isGone(one: ComparedTarget): one is Affected {
  return one.affected && one.head === undefined;
}

/** After the merge that of the head counts. */
function handlingOf({ target }: ComparedTarget) {
  return deployHandling(target.declaration, target.handling);
}

/** Whether what a controller deployed is deleted with its object; a suspended release is not uninstalled. */
function cascadesOf({ declaration, handling }: Target, object: JsonObject | undefined): boolean | undefined {
  const facts = object === undefined ? handling : controllerFacts(object);
  if (declaration?.kind === "HelmRelease") return facts === undefined ? undefined : facts.suspended !== true;
  if (declaration?.kind === "ResourceSet") return true;
  return object === undefined ? undefined : controllerFacts(object)?.cascades;
}
