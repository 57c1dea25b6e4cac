import { messageOf } from "../../model/errors.ts";
import type { SourceCommits, SourceComparison } from "../../model/github.ts";
import type { Logger } from "../../model/observe.ts";
import type { ImageFacts } from "../../model/registry.ts";
import type { StateAddress } from "../../model/state.ts";
import type { RepositoryName } from "../../model/tree.ts";
import type { SourceChanges } from "./section.ts";

const sourceLabel = "org.opencontainers.image.source";
const revisionLabel = "org.opencontainers.image.revision";

/**
 * Where an image was built from, as its labels say; whoever pushes an image writes them, so only plain addresses and
 * full commit ids are taken.
 */
interface ImageSource {
  /** The repository's page without a trailing slash or `.git`. */
  readonly url: string;
  readonly revision: string | undefined;
}

/** The source that labels name; `undefined` when they name none that can be linked to. */
function imageSource(labels: Readonly<Record<string, string>>): ImageSource | undefined {
  const url = (labels[sourceLabel] ?? "")
    .trim()
    .replace(/\.git$/, "")
    .replace(/\/+$/, "");
  if (!isPage(url) && !isLocal(url)) return undefined;
  const revision = (labels[revisionLabel] ?? "").trim().toLowerCase();
  return { url, revision: /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(revision) ? revision : undefined };
}

/** A page over https whose path has no `.` and `..`: with those a link would lead elsewhere than it reads. */
function isPage(url: string): boolean {
  return /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+){2,6}$/.test(url);
}

/** A GitHub on this machine. */
function isLocal(url: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+){2}$/.test(url);
}

/** What source changes are read with. */
export interface SourcePorts {
  /** Commits of repositories that the App may read; without it there are links alone. */
  readonly source?: SourceCommits;
  /** GitHub's pages, such as `https://github.com`, without a trailing slash. */
  readonly webUrl: string;
  readonly log: Logger;
}

/**
 * What lies between two images in the repository that both are built from. Commits are read from GitHub where the same
 * installation covers that repository.
 */
export async function sourceChanges(
  ports: SourcePorts,
  { where }: { readonly where: StateAddress },
  before: Pick<ImageFacts, "labels"> | undefined,
  after: Pick<ImageFacts, "labels">,
): Promise<SourceChanges | undefined> {
  const source = imageSource(after.labels);
  if (source === undefined) return undefined;
  const { url, revision } = source;
  const old = before === undefined ? undefined : imageSource(before.labels);
  const from = old?.url === url ? old.revision : undefined;
  if (from === undefined || revision === undefined || from === revision) {
    return { url, compareUrl: undefined, commits: [], total: 0 };
  }
  const repository = onGitHub(url, ports.webUrl);
  if (repository === undefined) return { url, compareUrl: undefined, commits: [], total: 0 };
  const between = await commitsBetween(ports, where.installationId, repository, from, revision);
  return {
    url,
    compareUrl: `${url}/compare/${from}...${revision}`,
    commits: (between?.commits ?? []).toReversed(),
    total: between?.total ?? 0,
  };
}

/** Optional: when GitHub does not answer, the pull request opens without it. */
async function commitsBetween(
  { source, log }: SourcePorts,
  installationId: number,
  repository: RepositoryName,
  from: string,
  to: string,
): Promise<SourceComparison | undefined> {
  try {
    return await source?.(installationId, repository, from, to);
  } catch (error) {
    log.warn({ error: messageOf(error), repository }, "the commits between two images could not be read");
    return undefined;
  }
}

function onGitHub(url: string, webUrl: string): RepositoryName | undefined {
  if (!url.startsWith(`${webUrl}/`)) return undefined;
  const [owner = "", name = "", ...more] = url.slice(webUrl.length + 1).split("/");
  return owner === "" || name === "" || more.length > 0 ? undefined : { owner, name };
}
