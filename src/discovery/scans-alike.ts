import { canonicalJson } from "../model/json.ts";
import { lastName, parentPath, resolvePath } from "../model/paths.ts";
import type { Tree } from "../model/tree.ts";
import { isManifestName, kustomizationNames } from "./detect.ts";
import { type Scan, type ScanKind, type ScanMemo, scanFile } from "./scan.ts";

/**
 * Whether discovery learns the same of a file in two trees that have the same files and folders. `false` where it
 * cannot be told.
 */
export async function scansAlike(path: string, before: Tree, after: Tree, memo: ScanMemo): Promise<boolean> {
  const [old, fresh] = await Promise.all([before.at(path), after.at(path)]);
  if (old === undefined || fresh === undefined || old.kind !== fresh.kind) return false;
  if (old.kind !== "file" || fresh.kind !== "file") return true;
  const name = lastName(path);
  for (const kind of kindsOf(name)) {
    const [one, other] = await Promise.all([
      scanFile(before, path, { ...old, name }, kind, memo),
      scanFile(after, path, { ...fresh, name }, kind, memo),
    ]);
    if (!(await alike(one, other, path, after))) return false;
  }
  return true;
}

function kindsOf(name: string): readonly ScanKind[] {
  if (kustomizationNames.includes(name)) return ["kustomization"];
  if (name === "Chart.yaml") return ["chart"];
  return isManifestName(name) ? ["manifest", "flux"] : [];
}

/**
 * Words of a kustomization that name nothing in the tree (an image's tag, say) mean nothing, except to one that only
 * collects.
 */
async function alike(one: Scan, other: Scan, path: string, tree: Tree): Promise<boolean> {
  const [before, after] = [new Set(one.references), new Set(other.references)];
  if (canonicalJson({ ...one, references: [] }) !== canonicalJson({ ...other, references: [] })) return false;
  const different = [...before.symmetricDifference(after)];
  if (different.length === 0) return true;
  if (one.collects || different.some((word) => word.includes(".."))) return false;
  const named = await Promise.all(
    different.map((word) => {
      const at = resolvePath(parentPath(path), word);
      return at === undefined ? undefined : tree.at(at);
    }),
  );
  return named.every((entry) => entry === undefined);
}
