import { rmSync } from "node:fs";
import { createMirrors } from "../../src/git/mirrors.ts";
import { createGitHub } from "../../src/github/index.ts";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import type { Decision, StateAddress, StateStore } from "../../src/model/state.ts";
import type { Mirrors } from "../../src/model/tree.ts";
import { createStateStore } from "../../src/state/index.ts";
import { jobOutcomes, silentLog } from "../contract/queue-fixture.ts";
import { directMirrors } from "../support/direct-mirrors.ts";
import { launcher } from "../support/launcher.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { tempDir } from "../support/temp-git.ts";

/** A local GitHub, and the edges that the store works through. */
export interface StateWorld {
  readonly local: CheckedGitHub;
  /** A config repository of its own for one test. */
  repository(): Promise<StateAddress>;
  /** A worker's store, which reads where the local GitHub has its commits; `change` may bend its GitHub. */
  store(change?: (github: GitHubRepository) => GitHubRepository): StateStore;
  /** A worker's store as in a server, which fetches. */
  fetchingStore(): StateStore;
  /** Method and template of each REST request since the last call, tokens left out. */
  asked(): string[];
  close(): Promise<void>;
}

/** Starts one. Installing a repository takes a while, so that the tests of a file share it. */
export async function stateWorld(): Promise<StateWorld> {
  const local = await startCheckedGitHub({ app: { permissions: TOKEN_PERMISSIONS, events: ["push"] } });
  const edge = createGitHub({
    deadlineMs: 600_000,
    app: { id: local.app.id, privateKey: local.app.privateKey },
    apiUrl: local.apiUrl,
    log: silentLog,
    metrics: jobOutcomes(),
    clock: Date.now,
  });
  const root = tempDir();
  const direct = directMirrors(local);
  const opened: Mirrors[] = [direct];
  const storeOn = (mirrors: Mirrors, change: (github: GitHubRepository) => GitHubRepository): StateStore => {
    const github = async (...args: Parameters<typeof edge.for>) => change(await edge.for(...args));
    return createStateStore({ mirrors, github, random: () => 0 });
  };
  let count = 0;
  let seen = 0;
  return {
    local,
    async repository() {
      count += 1;
      const repository = { owner: "acme", name: `gitops-${count}` };
      await local.createRepository({ ...repository, files: { "README.md": "hello\n" } });
      return { installationId: local.installationId, repository };
    },
    store: (change = (github) => github) => storeOn(direct, change),
    fetchingStore() {
      const mirrors = createMirrors({
        root,
        remoteUrl: (one) => local.gitUrl(one),
        token: edge.token,
        start: launcher.start,
      });
      opened.push(mirrors);
      return storeOn(mirrors, (github) => github);
    },
    asked() {
      const lines = local.requests.slice(seen).filter(({ template }) => !template?.includes("access_tokens"));
      seen = local.requests.length;
      return lines.map((one) => `${one.method} ${one.template}`);
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()));
      rmSync(root, { recursive: true, force: true });
      await local.close();
    },
  };
}

/** When everything in these tests happens. */
export const NOW = Date.parse("2026-03-01T12:00:00Z");

const common = { at: new Date(NOW).toISOString(), by: "alice", environment: "prod", apps: ["webapp"] };

/** A promotion of `webapp` to `prod`. */
export function promoted(id: string, more: Partial<Extract<Decision, { versions: object }>> = {}): Decision {
  const versions = { webapp: [{ image: "ghcr.io/acme/webapp", from: "1.4.0", to: "1.5.0" }] };
  return { ...common, kind: "promoted", id, commit: "c".repeat(40), pullRequest: 7, versions, ...more };
}

/** A hold of `webapp` in `prod`. */
export function held(id: string, more: Partial<Extract<Decision, { kind: "held" }>> = {}): Decision {
  return { ...common, kind: "held", id, reason: "it is Friday", ...more };
}

/** The end of one. */
export function released(id: string, more: Partial<Extract<Decision, { kind: "released" }>> = {}): Decision {
  return { ...common, kind: "released", id, ...more };
}

/** A deferred request for `prod`, or its end. */
export function waiting(
  id: string,
  pullRequest: number,
  more: Partial<Extract<Decision, { kind: "waiting" | "done-waiting" }>> = {},
): Decision {
  return { ...common, kind: "waiting", id, pullRequest, ...more };
}
