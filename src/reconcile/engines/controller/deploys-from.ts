/**
 * Whether the URL of a Git source means a repository, whose page `repositoryUrl` is: over https, http, ssh or git, or
 * as `git@host:owner/name`; with and without `.git`, in any case. A URL that cannot be read means none.
 */
export function deploysFrom(url: string, repositoryUrl: string): boolean {
  const [source, own] = [placeOf(url), placeOf(repositoryUrl)];
  if (source === undefined || own === undefined || source.path !== own.path) return false;
  if (source.web) return source.host === own.host;
  // A server's port for ssh is another one than that of its pages; github.com has ssh on a host of its own, too.
  return [own.name, `ssh.${own.name}`].includes(source.name);
}

interface Place {
  /** Whether it is reached as the repository's page is. */
  readonly web: boolean;
  /** With a port that is not the usual one. */
  readonly host: string;
  /** Without a port. */
  readonly name: string;
  /** `owner/name`, in small letters. */
  readonly path: string;
}

/** `user@host:path`, as scp has it; a host of one letter would be a drive of Windows. */
const scpLike = /^(?:[\w.-]{1,100}@)?([\w.-]{2,255}):(?!\/\/)\/?(.+)$/;
const webProtocols = ["https:", "http:"];
const gitProtocols = ["ssh:", "git+ssh:", "git:"];

function placeOf(text: string): Place | undefined {
  const trimmed = text.trim();
  if (!trimmed.includes("://")) {
    const [, host, path] = scpLike.exec(trimmed) ?? [];
    return host === undefined || path === undefined ? undefined : place(false, host, host, path);
  }
  const url = URL.parse(trimmed);
  if (url === null || url.search !== "" || url.hash !== "") return undefined;
  const web = webProtocols.includes(url.protocol);
  if (!web && !gitProtocols.includes(url.protocol)) return undefined;
  return place(web, url.host, url.hostname, url.pathname);
}

function place(web: boolean, host: string, name: string, path: string): Place | undefined {
  const names = path
    .replace(/^\//, "")
    .replace(/\/$/, "")
    .replace(/\.git$/i, "")
    .toLowerCase();
  if (!/^[^/]+\/[^/]+$/.test(names)) return undefined;
  return { web, host: host.toLowerCase(), name: name.toLowerCase(), path: names };
}
