import { isAtOrBelow, joinPath, lastName, parentPath, resolvePath } from "../model/paths.ts";
import { isManifestName } from "./detect.ts";
import { scanFile } from "./scan.ts";
import type { Discovery } from "./unit.ts";

/** A folder with a kustomization: the other folders that it uses, and all that it names. */
interface NamingFolder {
  readonly path: string;
  readonly uses: readonly string[];
  readonly scan: { readonly references: readonly string[] };
}

/** Files that are scanned at once. */
const atOnce = 64;

/**
 * The kustomizations that are rendered without kustomize's load restriction: those of a repository of Flux, which
 * builds without it (its kustomize-controller, `pkg/kustomize`), that name a file outside their folder, themselves or
 * through others.
 */
export async function unrestrictedFolders(
  discovery: Discovery,
  kustomizations: readonly NamingFolder[],
): Promise<ReadonlySet<string>> {
  const found = new Set(kustomizations.filter((one) => namesOutside(one, discovery)).map(({ path }) => path));
  if (found.size === 0 || !(await isFluxTree(discovery))) return new Set();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { path, uses } of kustomizations) if (uses.some((other) => found.has(other))) found.add(path);
  }
  return found;
}

function namesOutside({ path, scan }: NamingFolder, { folders }: Discovery): boolean {
  const isFile = (at: string): boolean =>
    lastName(at).startsWith(".") ||
    folders.get(parentPath(at))?.some(({ kind, name }) => kind === "file" && name === lastName(at)) === true;
  return scan.references
    .filter((word) => word.includes(".."))
    .map((word) => resolvePath(path, word.slice(word.indexOf("=") + 1)))
    .some((at) => at !== undefined && !isAtOrBelow(at, path) && isFile(at));
}

/** Whether a tree has a `Kustomization` of Flux. Looks first where these usually stand. */
async function isFluxTree({ tree, folders, memo }: Discovery): Promise<boolean> {
  const files = [...folders].flatMap(([path, entries]) =>
    entries
      .filter(({ kind, name }) => kind === "file" && isManifestName(name))
      .map((entry) => ({ entry, file: joinPath(path, entry.name) })),
  );
  files.sort((a, b) => Number(usual.test(b.file)) - Number(usual.test(a.file)));
  for (let at = 0; at < files.length; at += atOnce) {
    const scans = files.slice(at, at + atOnce).map(({ entry, file }) => scanFile(tree, file, entry, "flux", memo));
    if ((await Promise.all(scans)).some(({ isFlux }) => isFlux)) return true;
  }
  return false;
}

const usual = /flux|gotk|(?:^|\/)ks\.ya?ml$|(?:^|\/)clusters\//;
