/** The last part of a revision: `@` or the start, the algorithm, the hash. */
const hash = /(?:^|@)[^@:]+:([0-9a-f]{40,64})$/;

/**
 * The commit that a revision of a Git source names, as Flux writes it: `main@sha1:…`, `sha1:…`, and `<unknown>:…` of a
 * repository with SHA-256. `undefined` for any other text. The revision of an OCI artifact looks the same and is no
 * commit.
 */
export function commitOf(revision: string): string | undefined {
  return hash.exec(revision)?.[1];
}

/** Where a Git source takes its commits from, by the precedence that Flux has. */
export interface GitReference {
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly semver?: string | undefined;
  readonly name?: string | undefined;
  readonly commit?: string | undefined;
}

/** For people: "branch main". */
export function referenceText({ branch, tag, semver, name, commit }: GitReference): string {
  if (commit !== undefined) return `commit ${commit.slice(0, 7)}`;
  if (name !== undefined) return name;
  if (semver !== undefined) return `tags ${semver}`;
  return tag === undefined ? `branch ${branch ?? "master"}` : `tag ${tag}`;
}

/** Whether every new commit of a branch gets to the source by itself. */
export function followsBranch({ branch, tag, semver, name, commit }: GitReference, wanted: string): boolean {
  if (commit !== undefined || semver !== undefined) return false;
  if (name !== undefined) return name === `refs/heads/${wanted}`;
  return tag === undefined && (branch ?? "master") === wanted;
}
