import { type MemoryRepository, memoryRepository } from "./memory-repository.ts";

/** Files by path; `null` deletes a file or a folder. */
export type FileChanges = Readonly<Record<string, string | null>>;

/** A repository in memory to which changes are committed. */
export interface MemoryCommits {
  readonly repository: MemoryRepository;
  /** Commits changes onto a commit, or onto nothing, and gives the commit. No branch moves. */
  commit(parent: string | undefined, changes: FileChanges, message?: string): string;
}

/** Makes an empty one. */
export function memoryCommits(): MemoryCommits {
  const repository = memoryRepository();
  const written = new Map<string, Readonly<Record<string, string>>>();
  return {
    repository,
    commit(parent, changes, message = "Change") {
      const files = changed(parent === undefined ? {} : (written.get(parent) ?? {}), changes);
      const sha = repository.commit(files, { parents: parent === undefined ? [] : [parent], message });
      written.set(sha, files);
      return sha;
    },
  };
}

function changed(before: Readonly<Record<string, string>>, changes: FileChanges): Readonly<Record<string, string>> {
  const files = { ...before };
  for (const [path, text] of Object.entries(changes)) {
    if (text !== null) files[path] = text;
    else for (const name of Object.keys(files)) if (`${name}/`.startsWith(`${path}/`)) delete files[name];
  }
  return files;
}
