import { z } from "zod";
import { controllerFacts, deployHandling, isReleased, type Removal } from "../diff/index.ts";
import type { Declaration } from "../model/declaration.ts";
import type { JsonObject } from "../model/json.ts";
import type { Render } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Affected, ComparedTarget } from "./affected.ts";

/** How deep declarations are followed up; a chain of more is a cycle. */
const maxDepth = 32;

/**
 * What becomes of the resources of a target that is gone with its declaration: that depends on what the declaration's
 * object said about its end, and on whether its own parent deletes it.
 */
export function removalOf(one: Affected, compared: readonly ComparedTarget[], depth = 0): Removal | undefined {
  const { declaration } = one.target;
  const { by } = deployHandling(declaration);
  if (declaration === undefined || by === undefined || one.head !== undefined || depth > maxDepth) return undefined;
  const parent = compared.find((other) => baseOf(other).id === declaration.parent);
  const object = parent?.affected === true ? objectIn(parent.base, declaration) : undefined;
  const keptBy = parent === undefined ? undefined : keeperOf(parent, compared, depth);
  if (keptBy !== undefined) return { by, keptBy };
  if (object !== undefined && isReleased(object)) return { by, keptBy: "an annotation of it says so" };
  const cascades = cascadesOf(one.target, object);
  if (cascades === false) return { by, deletes: false };
  const goes = parent !== undefined && isDeletedBy(parent, compared, depth);
  return { by, ...(cascades === true && goes ? { deletes: true } : {}) };
}

/** The target as the base has it. */
function baseOf(one: ComparedTarget): Target {
  return (one.affected ? one.before : undefined) ?? one.target;
}

/** Why the parent leaves the object in the cluster, where it does. */
function keeperOf(parent: ComparedTarget, compared: readonly ComparedTarget[], depth: number): string | undefined {
  const { prunes, by } = handlingOf(parent);
  if (!isGone(parent)) return prunes === false ? `pruning is off for ${by}` : undefined;
  const removal = removalOf(parent, compared, depth + 1);
  if (removal?.keptBy !== undefined) return removal.keptBy;
  return removal?.deletes === false ? `${removal.by} leaves it behind` : undefined;
}

function isDeletedBy(parent: ComparedTarget, compared: readonly ComparedTarget[], depth: number): boolean {
  if (!isGone(parent)) return handlingOf(parent).prunes === true;
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

const named = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().default("") }),
});

function objectIn(render: Render | undefined, { kind, namespace, name }: Declaration): JsonObject | undefined {
  const resources = render?.ok === true ? render.resources() : [];
  return resources.find(({ object }) => {
    const { data } = named.safeParse(object);
    const isThere = data?.metadata.namespace === namespace || data?.metadata.namespace === "";
    return data?.kind === kind && data.metadata.name === name && isThere;
  })?.object;
}
