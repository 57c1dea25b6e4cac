import type { DiffEntry } from "../diff-entries.ts";
import type { Repository } from "../state.ts";
import { htmlUrl, type World } from "../world.ts";
import type { Json } from "./account.ts";
import { repositoryApi } from "./repository.ts";

/** `diff-entry`. */
export function diffEntryObject(world: World, repository: Repository, head: string, entry: DiffEntry): Json {
  const html = htmlUrl(world, repository);
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: entry.sha,
    filename: entry.path,
    status: entry.status,
    additions: entry.additions,
    deletions: entry.deletions,
    changes: entry.additions + entry.deletions,
    blob_url: `${html}/blob/${head}/${path}`,
    raw_url: `${html}/raw/${head}/${path}`,
    contents_url: `${repositoryApi(world, repository)}/contents/${path}?ref=${head}`,
    ...(entry.patch === undefined ? {} : { patch: entry.patch }),
    ...(entry.previousPath === undefined ? {} : { previous_filename: entry.previousPath }),
  };
}
