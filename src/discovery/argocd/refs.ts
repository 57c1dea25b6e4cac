import type { PinnedSource } from "../../model/sources.ts";
import { listAt, objectAt, type ReadApplication, type WrittenSource } from "./application.ts";
import { normalUrl } from "./projects.ts";

/** What of a source's place decides whether two of them are the same commit. */
interface Place {
  readonly own: boolean;
  readonly pinned?: PinnedSource;
}

/**
 * Why Argo CD refuses the value files that a source takes from another one: both are of one repository, at different
 * commits. `undefined`: it does not.
 */
export function refConflict({ sources, several }: ReadApplication, places: readonly Place[]): string | undefined {
  if (!several) return undefined;
  for (const [index, one] of sources.entries()) {
    for (const ref of refsIn(one)) {
      const at = sources.findIndex(({ source }) => source.ref === ref);
      const [from, other] = [places[index], sources[at]];
      const to = places[at];
      if (other === undefined || from === undefined || to === undefined || one.source.chart !== "") continue;
      if (normalUrl(one.source.repoURL) !== normalUrl(other.source.repoURL) || isSame(from, to)) continue;
      return `\`$${ref}\` is another commit of the source's own repository, which Argo CD refuses`;
    }
  }
  return undefined;
}

function isSame(a: Place, b: Place): boolean {
  if (a.own || b.own) return a.own === b.own;
  return a.pinned === undefined || b.pinned === undefined || a.pinned.revision === b.pinned.revision;
}

function refsIn({ object }: WrittenSource): readonly string[] {
  const helm = objectAt(object, "helm");
  const files = [
    ...listAt(helm, "valueFiles"),
    ...listAt(helm, "fileParameters").map((item) => {
      return typeof item === "object" && item !== null && "path" in item ? item.path : "";
    }),
  ];
  return files.flatMap((file) => {
    const [, name] = (typeof file === "string" && /^\$([A-Za-z0-9_-]+)\//.exec(file)) || [];
    return name === undefined ? [] : [name];
  });
}
