import type { ValuesLayer } from "../../model/controller-spec.ts";
import type { World } from "../follower.ts";
import { textsOf } from "./data.ts";
import type { ValuesReference } from "./schema.ts";

/**
 * The layers of `valuesFrom`, in its order. What the cluster's renders do not have, or have encrypted, is unknown; a
 * key that a known object lacks is left to helm-controller's own rule: nothing where it is optional.
 */
export function valuesLayers(
  references: readonly ValuesReference[],
  namespace: string,
  world: World,
): readonly ValuesLayer[] {
  return references.flatMap((reference) => layerOf(reference, namespace, world));
}

function layerOf(reference: ValuesReference, namespace: string, world: World): readonly ValuesLayer[] {
  const { kind, name, targetPath, literal, optional } = reference;
  const key = reference.valuesKey === "" ? "values.yaml" : reference.valuesKey;
  const texts = textsOf(world, kind, namespace, name);
  const place = targetPath === "" ? {} : { targetPath };
  const yaml = texts?.get(key);
  if (yaml !== undefined)
    return [{ yaml, ...place, ...(literal ? { literal } : {}), ...(kind === "Secret" ? { secret: true } : {}) }];
  if (texts !== undefined && !texts.has(key) && optional) return [];
  return [{ unknown: `${kind}/${name}`, ...place }];
}
