import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createObjectStore } from "../../../src/git/object-store.ts";
import { trusted } from "../../../src/model/fetch-policy.ts";
import type { SourceSettings } from "../../../src/model/source-settings.ts";
import type {
  FetchPolicy,
  PinnedSource,
  SourceAnswer,
  SourceFailure,
  SourceRequest,
  Sources,
} from "../../../src/model/sources.ts";
import { createRegistry } from "../../../src/registry/index.ts";
import { createSources, type SourcesOptions } from "../../../src/sources/index.ts";
import { silent } from "../../registry/support/log.ts";
import { launcher } from "../../support/launcher.ts";
import { runSync } from "../../support/run-sync.ts";
import { tempDir } from "../../support/temp-git.ts";
import type { HttpsServer } from "./https-server.ts";

/** Sources on a store of their own. */
export interface SourcesWorld {
  readonly sources: Sources;
  readonly root: string;
  pin(request: SourceRequest, policy?: FetchPolicy): Promise<SourceAnswer>;
  /** The pin of what must be there. */
  pinned(request: SourceRequest): Promise<PinnedSource>;
  /** Why a request has no source; what must have none. */
  refused(request: SourceRequest, policy?: FetchPolicy): Promise<SourceFailure>;
  /** The files of a tree with their contents. */
  files(tree: string): Record<string, string>;
}

const nothing: SourceSettings = { allow: [], private: [], credentials: [], mirrors: [] };

/** Sources that may connect to the servers, which are all on loopback. What `changes` says wins. */
export function sourcesWorld(
  servers: readonly HttpsServer[],
  settings: Partial<SourceSettings> = {},
  changes: Partial<SourcesOptions> & { readonly graceMs?: number } = {},
): SourcesWorld {
  const root = changes.root ?? temporary();
  const ca = join(root, "servers.pem");
  writeFileSync(ca, servers.map(({ certificate }) => certificate).join("\n"));
  const all = { ...nothing, private: servers.map(({ host }) => host), ca, ...settings };
  const { graceMs } = changes;
  const store = createObjectStore({ root, start: launcher.start, ...(graceMs !== undefined && { graceMs }) });
  const registry = createRegistry({
    settings: [],
    clock: Date.now,
    random: () => 0.5,
    log: silent,
    deadlineMs: 600_000,
  });
  const sources = createSources({
    ...{ root, store, registry, settings: all, clock: Date.now, requestMs: 600_000, recordMs: 0 },
    ...changes,
  });
  onTestFinished(() => sources.close());
  const pin = (request: SourceRequest, policy: FetchPolicy = trusted): Promise<SourceAnswer> =>
    sources.pin(request, policy, AbortSignal.timeout(600_000));
  return {
    sources,
    root,
    pin,
    pinned: async (request) => {
      const answer = await pin(request);
      if (!answer.ok) throw new Error(`${answer.failure.kind}: ${answer.failure.message}`);
      return answer.source;
    },
    refused: async (request, policy) => {
      const answer = await pin(request, policy);
      if (answer.ok) throw new Error(`it was fetched: ${answer.source.revision}`);
      return answer.failure;
    },
    files: (tree) => filesOf(join(root, "objects.git"), tree),
  };
}

/** A folder that is gone when the test is over. */
export function temporary(): string {
  const folder = tempDir("sluice-sources-");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function filesOf(repository: string, tree: string): Record<string, string> {
  const git = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = runSync("git", ["-C", repository, ...args]);
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const entries = git("ls-tree", "-r", "-z", tree).split("\0");
  const paths = entries.filter((entry) => / blob /.test(entry)).map((entry) => entry.split("\t")[1] ?? "");
  return Object.fromEntries(paths.map((path) => [path, git("cat-file", "blob", `${tree}:${path}`)]));
}
