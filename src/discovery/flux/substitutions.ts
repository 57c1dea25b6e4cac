import type { FluxOptions } from "../../model/controller-spec.ts";
import type { World } from "../follower.ts";
import { textsOf } from "./data.ts";
import type { Kustomization } from "./schema.ts";

/**
 * The variables of `substituteFrom`, merged in its order, and the objects of it that only the cluster knows. Where
 * there are any, the variables that `.sluice.yaml` gives for the cluster take their place.
 */
export function substitutions(
  { spec }: Kustomization,
  namespace: string,
  world: World,
): Pick<FluxOptions, "variables" | "placeholders" | "secrets"> {
  const references = spec.postBuild?.substituteFrom ?? [];
  const read = references.map(({ kind, name }) => ({
    label: `${kind}/${name}`,
    isSecret: kind === "Secret",
    texts: textsOf(world, kind, namespace, name),
  }));
  const unknown = read.filter(({ texts }) => texts === undefined || [...texts.values()].includes(undefined));
  const known = read.flatMap(({ texts }) =>
    [...(texts ?? [])].flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
  const secrets = read.flatMap(({ isSecret, texts }) => (isSecret ? [...(texts ?? new Map()).keys()] : []));
  const variables = { ...(unknown.length === 0 ? {} : world.variables), ...Object.fromEntries(known) };
  return {
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    ...(secrets.length === 0 ? {} : { secrets }),
    ...(unknown.length === 0 ? {} : { placeholders: unknown.map(({ label }) => label) }),
  };
}
