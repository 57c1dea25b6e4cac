/** The repository that is looked at, and the branch whose objects decide. */
export interface OwnRepository {
  /** Every address of it. */
  readonly urls: readonly string[];
  /** What the branch is called: its name, and `HEAD` where it is the default branch. */
  readonly branches: readonly string[];
  /** Artifacts (`oci://…`) that are pushed from it. */
  readonly artifacts?: readonly OwnArtifact[];
}

/** An artifact that holds a folder of the repository. */
export interface OwnArtifact {
  readonly url: string;
  readonly path: string;
}

/** The artifact of the repository at this address. */
export function ownArtifact(url: string, { artifacts = [] }: OwnRepository): OwnArtifact | undefined {
  const plain = (text: string) => text.trim().replace(/\/+$/, "").toLowerCase();
  return artifacts.find((one) => plain(one.url) === plain(url));
}

/** Scheme, user, host, port and path; `altssh.` and `ssh.` are hosts for ssh beside those of the pages. */
const address =
  /^(?:(?:https?|ssh):\/\/)?(?:[^@/\s]{1,200}@)?(?:(?:alt)?ssh\.)?([a-z0-9][a-z0-9.-]{0,250})(?::\d{1,5}(?=[:/]))?[:/]\/?([^?#\s]{1,1000})$/i;

/**
 * Whether an address means the repository, as Argo CD's webhook takes it: over http, https or ssh, as
 * `git@host:owner/name`, with or without user, port and `.git`, in any case.
 */
export function isOwnRepository(url: string, { urls }: OwnRepository): boolean {
  const wanted = placeOf(url);
  return wanted !== undefined && urls.some((own) => placeOf(own) === wanted);
}

/** Whether an address at another host has the repository's name, as a mirror in a cluster has. */
export function mayBeMirror(url: string, { urls }: OwnRepository): boolean {
  const partsOf = (one: string) => /^([^/]+)\/(?:.*\/)?([^/]+)$/.exec(placeOf(one) ?? "");
  const [, host, name] = partsOf(url) ?? [];
  return urls.map(partsOf).some((own) => name !== undefined && own?.[2] === name && own[1] !== host);
}

/** Whether a revision of the own repository means the branch that is looked at. Empty is `HEAD`. */
export function isOwnRevision(revision: string, { branches }: OwnRepository): boolean {
  const name = revision === "" ? "HEAD" : revision.replace(/^refs\/heads\//, "");
  return branches.includes(name);
}

/** `host/owner/name`, equal for every address of one repository. */
function placeOf(url: string): string | undefined {
  const [, host, path] = address.exec(url.trim()) ?? [];
  if (host === undefined || path === undefined) return undefined;
  const names = path.replace(/\/+$/, "").replace(/\.git$/i, "");
  return names === "" ? undefined : `${host}/${names}`.toLowerCase();
}
