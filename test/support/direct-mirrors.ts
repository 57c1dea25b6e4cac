import type { LocalGitHub } from "../../sandbox/index.ts";
import { isAncestor, mergeBase } from "../../sandbox/repository-git.ts";
import { fetchFailure } from "../../src/git/failure.ts";
import type { RefNames } from "../../src/git/refs.ts";
import { type LocalRepository, openRepository } from "../../src/git/repository.ts";
import type { Mirrors, RepositoryName } from "../../src/model/tree.ts";
import { launcher } from "./launcher.ts";

/** The repository's own names, as a mirror takes them; with them, refs are read from their files. */
const names: RefNames = {
  alias: (revision) => (/^refs\/|^[0-9a-f]{40}$/.test(revision) ? revision : `refs/heads/${revision}`),
  root: "refs/",
  name: (ref) => ref,
};

/**
 * Mirrors that are the repositories of a local GitHub themselves: nothing is fetched, so nothing is ever out of date.
 * What fetching does is tested with real mirrors.
 */
export function directMirrors(github: LocalGitHub): Mirrors {
  const open = new Map<string, LocalRepository>();
  return {
    async open({ repository, want }) {
      const directory = directoryOf(github, repository);
      const found = open.get(directory) ?? openDirectly(directory);
      open.set(directory, found);
      await Promise.all(want.map((one) => found.resolve(one)));
      return found;
    },
    close: async () => {
      await Promise.all([...open.values()].map((one) => one.close()));
    },
  };
}

/** What a fetch says of a repository that is not there under this name any more. */
function directoryOf(github: LocalGitHub, repository: RepositoryName): string {
  try {
    return github.gitDir(repository);
  } catch {
    throw fetchFailure(
      "fatal: unable to access the repository: The requested URL returned error: 301",
      "https://github.test/acme/shop.git",
    );
  }
}

/** The repository, with what it would ask git's processes for answered from its files. */
function openDirectly(directory: string): LocalRepository {
  const repository = openRepository(directory, { names, start: launcher.start });
  const both = (one: string, other: string) => Promise.all([repository.resolve(one), repository.resolve(other)]);
  return {
    ...repository,
    mergeBase: async (one, other) => mergeBase(directory, ...(await both(one, other))),
    isAncestor: async (one, other) => isAncestor(directory, ...(await both(one, other))),
  };
}
