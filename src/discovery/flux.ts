import { joinPath } from "../model/paths.ts";
import { isManifestName } from "./detect.ts";
import { scanFile } from "./scan.ts";
import type { Discovery } from "./unit.ts";

/** Files that are scanned at once. */
const atOnce = 64;

/**
 * Whether Flux deploys from a tree: whether it has a `Kustomization` of Flux. Flux builds kustomizations without
 * kustomize's load restriction (its kustomize-controller, `pkg/kustomize`). Looks first where these usually stand.
 */
export async function isFluxTree({ tree, folders, memo }: Discovery): Promise<boolean> {
  const files = [...folders].flatMap(([path, entries]) =>
    entries
      .filter(({ kind, name }) => kind === "file" && isManifestName(name))
      .map((entry) => ({ entry, file: joinPath(path, entry.name) })),
  );
  files.sort((a, b) => Number(usual.test(b.file)) - Number(usual.test(a.file)));
  for (let at = 0; at < files.length; at += atOnce) {
    const scans = files.slice(at, at + atOnce).map(({ entry, file }) => scanFile(tree, file, entry, "manifest", memo));
    if ((await Promise.all(scans)).some(({ isFlux }) => isFlux)) return true;
  }
  return false;
}

const usual = /flux|gotk|(?:^|\/)ks\.ya?ml$|(?:^|\/)clusters\//;
