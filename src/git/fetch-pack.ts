import { readdir, stat } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { Fault, UserError } from "../model/errors.ts";
import type { CommitFetch } from "../model/object-store.ts";
import { type GitSetting, gitEnvironment } from "./environment.ts";
import { fetchFailure, gitFault } from "./failure.ts";
import { ifGone } from "./if-gone.ts";
import { isObjectId } from "./oid.ts";
import type { StartProcess } from "./process.ts";
import { type GitOutput, runGit } from "./run.ts";

/** How one commit is fetched. */
export interface PackFetch {
  /** An empty folder, for a repository that has the commit and nothing else. */
  readonly folder: string;
  readonly request: CommitFetch;
  readonly protocols: readonly string[];
  readonly start: StartProcess | undefined;
}

const lookMs = 200;
/** The most memory that git may take at once, as git writes sizes. */
const largestObject = "256m";
/** What old versions of git and of other programs wrote into commits and trees, and no reader minds. */
const harmless = [
  ...["zeroPaddedFilemode", "badFilemode", "badTimezone", "badDate", "badDateOverflow", "zeroPaddedDate"],
  ...["missingSpaceBeforeDate", "missingEmail", "missingSpaceBeforeEmail", "badEmail", "badName"],
  ...["missingNameBeforeEmail", "missingAuthor", "multipleAuthors", "nulInCommit", "badTagName", "missingTaggerEntry"],
];

/**
 * Fetches a commit without history into a repository of its own, where it can be looked at before anybody has it, and
 * gives its tree's id. Git connects to the addresses that were checked, follows no redirect and is killed when it
 * brings too much.
 */
export async function fetchPack(fetch: PackFetch, signal: AbortSignal): Promise<string> {
  const { folder, request } = fetch;
  if (!isObjectId(request.commit)) throw new Fault("bug", "only full ids of commits can be fetched");
  const init = await run(fetch, ["init", "--quiet", "--bare", "--template=", "."], [], signal);
  if (init.code !== 0) throw gitFault("init", init.stderr);
  const options = ["--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  const refspec = `${request.commit}:refs/fetched`;
  const args = ["fetch", ...options, "--no-auto-maintenance", "--end-of-options", request.url.href, refspec];
  const fetched = await limited(join(folder, "objects"), request, signal, (both) =>
    run(fetch, args, settingsOf(request), both),
  );
  if (fetched.code !== 0) throw fetchFailure(fetched.stderr, request.url.href);
  const parsed = await run(fetch, ["rev-parse", "--verify", "--quiet", "refs/fetched^{tree}"], [], signal);
  const tree = parsed.stdout.toString("latin1").trim();
  if (parsed.code === 0 && isObjectId(tree)) return tree;
  throw new UserError("not-found", `${request.commit} of ${request.url.host}${request.url.pathname} is no commit`);
}

function run(
  { folder, protocols, request, start }: PackFetch,
  args: readonly string[],
  settings: readonly GitSetting[],
  signal: AbortSignal,
): Promise<GitOutput> {
  const remote = args[0] === "fetch";
  const env = gitEnvironment({ protocols: remote ? protocols : [], settings });
  // A difference of some bytes may stand for an object of gigabytes, which git would build in memory.
  env.GIT_ALLOC_LIMIT = largestObject;
  const ignored = request.caFile === undefined ? proxies : [...proxies, ...authorities];
  for (const name of ignored) delete env[name];
  return runGit({ gitPath: "git", args, cwd: folder, env, deadlineMs: request.deadlineMs, signal, start });
}

/** A proxy would look up the host by itself. */
const proxies = ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"];
/** These win over git's own setting. */
const authorities = ["GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"];

function settingsOf({ url, addresses, authorization, caFile }: CommitFetch): readonly GitSetting[] {
  const port = url.port === "" ? (url.protocol === "http:" ? "80" : "443") : url.port;
  const list = addresses.map((address) => (isIPv6(address) ? `[${address}]` : address)).join(",");
  const settings: GitSetting[] = [
    ["http.curloptResolve", `${url.hostname}:${port}:${list}`],
    ["core.bigFileThreshold", "32m"],
    ["pack.threads", "1"],
    ["fetch.fsckObjects", "true"],
    ...harmless.map((what): GitSetting => [`fetch.fsck.${what}`, "ignore"]),
  ];
  if (authorization !== undefined)
    settings.push([`http.${url.origin}/.extraheader`, `Authorization: ${authorization}`]);
  if (caFile !== undefined) settings.push(["http.sslCAInfo", caFile]);
  return settings;
}

/** Ends the work when the folder grows over the limit. */
async function limited(
  folder: string,
  { maxBytes, url }: CommitFetch,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<GitOutput>,
): Promise<GitOutput> {
  const over = new AbortController();
  const look = async (): Promise<void> => {
    if ((await sizeOf(folder)) > maxBytes) over.abort(tooLarge(`What ${url.host}${url.pathname} sends`, maxBytes));
  };
  const timer = setInterval(() => void look(), lookMs);
  try {
    const output = await work(AbortSignal.any([signal, over.signal]));
    await look();
    over.signal.throwIfAborted();
    return output;
  } finally {
    clearInterval(timer);
  }
}

/** Bytes of all files below a folder; those that vanish meanwhile do not count. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifGone([]));
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name))
          .then(({ size }) => size)
          .catch(ifGone(0)),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function tooLarge(what: string, limit: number): UserError {
  return new UserError("limit", `${what} is larger than ${Math.round(limit / 1024 / 1024)} MiB`, {
    fix: "The operator sets `sources.limits`.",
  });
}
