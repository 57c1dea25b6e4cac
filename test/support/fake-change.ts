import type { ChangePorts } from "../../src/change/ports.ts";
import { openContext, type RepositoryContext } from "../../src/change/repository-context.ts";
import { createSigner } from "../../src/change/signature.ts";
import type { Decision, HistoryEntry, PublishedHead, StateAddress, StateStore } from "../../src/model/state.ts";
import { type MemoryQueue, memoryEvents, memoryLog, memoryQueue } from "../webhooks/fakes.ts";
import { type FakeGitHub, fakeGitHub } from "./fake-github.ts";

/** Everything that changes of a repository act through, in memory. Nothing renders. */
export interface FakeChange {
  readonly github: FakeGitHub;
  readonly ports: ChangePorts;
  readonly queue: MemoryQueue;
  readonly where: StateAddress;
  /** What was decided, oldest first. */
  readonly decisions: Decision[];
  /** The lines of the log. */
  readonly lines: readonly string[];
  /** The repository as it is now. */
  context(): Promise<RepositoryContext>;
  /** A commit on a branch as a person pushes it: these files over those that are there. */
  push(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
}

const config = "version: 1\nenvironments:\n  - name: staging\n    path: apps/{app}/staging\n";

/** A repository whose branch `main` has a configuration and these files. */
export function fakeChange(files: Readonly<Record<string, string>> = {}): FakeChange {
  const github = fakeGitHub();
  const { repository } = github;
  const first = repository.commit({
    ".sluice.yaml": config,
    "apps/web/staging/kustomization.yaml": "resources: []\n",
    ...files,
  });
  repository.branches.set("main", first);
  const decisions: Decision[] = [];
  const queue = memoryQueue();
  const log = memoryLog();
  const ports: ChangePorts = {
    github: async () => github,
    mirrors: { open: async () => repository, close: async () => undefined },
    renderer: {
      render: async () => Promise.reject(new Error("nothing renders here")),
      fresh: async () => Promise.reject(new Error("nothing renders here")),
      yaml: async () => Promise.reject(new Error("nothing renders here")),
      known: async () => undefined,
      close: async () => undefined,
    },
    state: memoryState(decisions),
    queue,
    events: memoryEvents(),
    log,
    clock: () => Date.parse("2026-11-21T14:00:00Z"),
    signer: createSigner("key"),
    webUrl: "https://github.test",
  };
  const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
  return {
    github,
    ports,
    queue,
    where,
    decisions,
    lines: log.lines,
    context: () => openContext(ports, where, "main", AbortSignal.timeout(600_000)),
    push: async (branch, changed) => {
      const parent = repository.branches.get(branch) ?? first;
      const { oid } = await repository.tree(parent);
      const changes = Object.entries(changed).map(
        ([path, text]) => ({ kind: "write", path, bytes: Buffer.from(text), executable: false }) as const,
      );
      const sha = await repository.commitChanges(oid, changes, { parents: [parent], message: "By a person" });
      repository.branches.set(branch, sha);
      return sha;
    },
  };
}

/** Decisions in a list; each id once for each environment. Holds are not kept. */
function memoryState(decisions: Decision[]): StateStore {
  const concerns = (decision: Decision, environment: string, app: string): boolean =>
    decision.environment === environment && (decision.apps.length === 0 || decision.apps.includes(app));
  const heads = new Map<string, PublishedHead>();
  return {
    ref: "refs/heads/sluice-state",
    read: async () => ({
      commit: decisions.length === 0 ? undefined : String(decisions.length),
      holds: async () => [],
      hold: async () => undefined,
      history: async (environment, app) =>
        decisions.filter((one) => concerns(one, environment, app)).map((one) => entryOf(one, app)),
      deferredRequests: async () => [],
      published: async (branch) => heads.get(branch),
      unsettled: async () => [...heads.values()].filter(({ settled }) => !settled),
    }),
    publish: async (_where, published) => {
      heads.set(published.branch, published);
      return true;
    },
    record: async (_where, decision) => {
      if (decisions.some(({ id, environment }) => id === decision.id && environment === decision.environment))
        return false;
      decisions.push(decision);
      return true;
    },
  };
}

function entryOf(decision: Decision, app: string): HistoryEntry {
  const { environment: _, apps: __, ...entry } = decision;
  if (!("versions" in entry)) return entry;
  return { ...entry, versions: entry.versions[app] ?? [] };
}
