import { locate, notAutomatedFinding, suspendedFinding } from "../diff/index.ts";
import type { Finding, TargetPreview } from "../model/preview.ts";
import type { RenderSource } from "../model/render.ts";
import { type FluxKustomization, fluxKustomizations } from "./flux-kustomizations.ts";
import { smallText } from "./small-text.ts";

/** Places that are looked for; a change of more of them is about something else. */
const maxPlaces = 50;

/**
 * What a merge does not deploy, because it is suspended there, or synced by hand: no line of YAML of the change says
 * so. `followed`: what controllers deploy is known from their objects, so no file is looked into for it.
 */
export async function suspendedFindings(
  targets: readonly TargetPreview[],
  { tree }: Pick<RenderSource, "tree">,
  followed: boolean,
): Promise<readonly Finding[]> {
  const changed = targets.filter(({ status, changes }) => status !== "removed" && changes.length > 0);
  const alone = changed.length === 1;
  if (followed) {
    const found = await Promise.all(changed.map((target) => declaredFindings(target, tree, alone)));
    return found.flat();
  }
  return changed.length === 0 || changed.length > maxPlaces ? [] : rawFindings(changed, tree, alone);
}

type Tree = RenderSource["tree"];

/** What the declaration of a target says. */
async function declaredFindings(target: TargetPreview, tree: Tree, alone: boolean): Promise<readonly Finding[]> {
  const { app, environment, declaration, handling = {} } = target;
  if (declaration === undefined) return [];
  const { kind, namespace, name, file } = declaration;
  const about = { app, environment, kind, object: namespace === "" ? name : `${namespace}/${name}`, alone };
  if (handling.suspended === true) {
    const line = file === undefined ? undefined : await lineOf(declaration, file, "/spec/suspend", tree);
    return [suspendedFinding({ ...about, file, line: line ?? declaration.line })];
  }
  return kind === "Application" && handling.automated === false
    ? [notAutomatedFinding({ ...about, file, line: declaration.line })]
    : [];
}

/** Where another Kustomization deploys the same folder, something is deployed. */
async function rawFindings(targets: readonly TargetPreview[], tree: Tree, alone: boolean): Promise<readonly Finding[]> {
  const found = Map.groupBy(
    await fluxKustomizations(
      targets.map(({ path }) => path),
      tree,
    ),
    ({ path }) => path,
  );
  const findings = targets.map(async ({ app, environment, path }) => {
    const [first, ...others] = found.get(path) ?? [];
    if (first === undefined || ![first, ...others].every(({ suspended }) => suspended)) return [];
    const { name, namespace, file } = first;
    const line = await lineOf({ kind: "Kustomization", name, namespace }, file, "/spec/suspend", tree);
    const object = namespace === "" ? name : `${namespace}/${name}`;
    return [suspendedFinding({ app, environment, kind: "Kustomization", object, file, line, alone })];
  });
  return (await Promise.all(findings)).flat();
}

type Named = Pick<FluxKustomization, "name" | "namespace"> & { readonly kind: string };

async function lineOf(
  { kind, name, namespace }: Named,
  file: string,
  pointer: string,
  tree: Tree,
): Promise<number | undefined> {
  return locate((await smallText(tree, file)) ?? "", { kind, name, namespace }, pointer);
}
