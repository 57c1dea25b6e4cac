import { holdsManifest } from "../discovery/index.ts";
import { joinPath, lastName, parentPath } from "../model/paths.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import { matchesGlob } from "../targets/index.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { isReached } from "./reach.ts";
import { smallText } from "./small-text.ts";

/** Files whose text is looked at; of a change of more files only the first are. */
const maxLooked = 2_000;

/**
 * The changed manifests, kustomizations, values and charts that no target reads, at the base or at the head. Files that
 * match a glob of `exclude` are left out.
 */
export async function unreadFiles(
  changed: readonly ChangedPath[],
  affected: readonly Affected[],
  trees: ComparedTrees,
  exclude: readonly string[],
): Promise<readonly string[]> {
  const isRead = reader(affected);
  const rest = changed
    .map(({ path }) => path)
    .filter((path) => /\.(?:ya?ml|json|tpl|tgz)$|(?:^|\/)Kustomization$/.test(path) && !isRead(path))
    .filter((path) => !exclude.some((glob) => matchesGlob(path, glob)))
    .slice(0, maxLooked);
  const deployable = await Promise.all(rest.map((path) => isDeployable(path, trees)));
  return rest.filter((_, index) => deployable[index]);
}

/** Whether a path is among what the affected targets read: no other target reads a changed file. */
function reader(affected: readonly Affected[]): (path: string) => boolean {
  const exact = new Set<string>();
  const whole = new Set<string>();
  for (const { base, head, reached = [] } of affected) {
    for (const path of reached) whole.add(path);
    for (const [path, kind] of [...(base?.trace ?? []), ...(head?.trace ?? [])]) {
      if (kind === "tree") whole.add(path);
      else if (kind !== "dir") exact.add(path);
    }
  }
  return (path) => exact.has(path) || isReached(path, whole);
}

async function isDeployable(path: string, { base, head }: ComparedTrees): Promise<boolean> {
  if (path.split("/").some((name) => name === "node_modules" || name.includes("{{"))) return false;
  const name = lastName(path);
  if (/^(?:kustomization\.ya?ml|Kustomization|Chart\.(?:yaml|lock)|values(?:[-_.].*)?\.ya?ml)$/.test(name)) return true;
  const tree = (await head.tree.at(path)) === undefined ? base.tree : head.tree;
  if (await isInChart(path, tree)) return true;
  return /\.(?:ya?ml|json)$/.test(name) && holdsManifest((await smallText(tree, path)) ?? "");
}

/** Whether a file is one of those that a chart above it is made of. */
async function isInChart(path: string, tree: Tree): Promise<boolean> {
  for (let at = parentPath(path); at !== ""; at = parentPath(at)) {
    const [first = ""] = path.slice(at.length + 1).split("/");
    if (/^(?:templates|crds|charts|values)$/.test(first) && (await tree.at(joinPath(at, "Chart.yaml"))) !== undefined)
      return true;
  }
  return false;
}
