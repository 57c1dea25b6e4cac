import { joinPath } from "../model/paths.ts";
import type { GitRevision, SourceRequest } from "../model/sources.ts";
import { isOwnRepository, type OwnRepository } from "./own-repository.ts";

/** A folder of the own repository that is read at another revision than the one that is looked at. */
export interface Elsewhere {
  readonly path: string;
  /** As people say it: "branch `release-1.2`". */
  readonly revision: string;
}

/** What a source reads of the own repository at another revision. */
export function elsewhereOf(
  origin: { readonly kind: string; readonly request?: SourceRequest },
  path: string,
  own: OwnRepository,
): readonly Elsewhere[] {
  const { request } = origin;
  if (request?.kind !== "git" || !isOwnRepository(request.url, own)) return [];
  return [{ path: joinPath("", path), revision: revisionText(request.revision) }];
}

function revisionText(revision: GitRevision): string {
  switch (revision.kind) {
    case "branch":
      return `branch \`${revision.name}\``;
    case "tag":
      return `tag \`${revision.name}\``;
    case "name":
      return `\`${revision.name}\``;
    case "semver":
      return `tags \`${revision.range}\``;
    case "commit":
      return `commit \`${revision.commit.slice(0, 7)}\``;
    case "any":
      return `revision \`${revision.text}\``;
    default:
      return revision satisfies never;
  }
}
