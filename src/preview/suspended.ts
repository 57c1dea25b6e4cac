import { locate, suspendedFinding } from "../diff/index.ts";
import type { Finding, TargetPreview } from "../model/preview.ts";
import type { RenderSource } from "../model/render.ts";
import { type FluxKustomization, fluxKustomizations } from "./flux-kustomizations.ts";
import { smallText } from "./small-text.ts";

/** Places that are looked for; a change of more of them is about something else. */
const maxPlaces = 50;

/**
 * What a merge does not deploy, because Flux is suspended there: no line of YAML of the change says so. Where another
 * Kustomization deploys the same folder, something is deployed.
 */
export async function suspendedFindings(
  targets: readonly TargetPreview[],
  { tree }: Pick<RenderSource, "tree">,
): Promise<readonly Finding[]> {
  const changed = targets.filter(({ status, changes }) => status !== "removed" && changes.length > 0);
  if (changed.length === 0 || changed.length > maxPlaces) return [];
  const found = Map.groupBy(
    await fluxKustomizations(
      changed.map(({ path }) => path),
      tree,
    ),
    ({ path }) => path,
  );
  const findings = changed.map(async ({ app, environment, path }) => {
    const [first, ...others] = found.get(path) ?? [];
    if (first === undefined || ![first, ...others].every(({ suspended }) => suspended)) return [];
    const { name, namespace, file } = first;
    const line = locate((await smallText(tree, file)) ?? "", named(first), "/spec/suspend");
    const object = namespace === "" ? name : `${namespace}/${name}`;
    return [suspendedFinding({ app, environment, object, file, line, alone: changed.length === 1 })];
  });
  return (await Promise.all(findings)).flat();
}

function named({ name, namespace }: FluxKustomization) {
  return { kind: "Kustomization", name, namespace };
}
