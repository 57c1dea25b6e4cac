import { rmSync } from "node:fs";
import { join } from "node:path";
import type { LocalGitHub, RepositoryRef } from "../../sandbox/index.ts";
import type { ChangePorts } from "../../src/change/ports.ts";
import { openContext, type RepositoryContext } from "../../src/change/repository-context.ts";
import { createSigner } from "../../src/change/signature.ts";
import { createMirrors } from "../../src/git/mirrors.ts";
import { createGitHub } from "../../src/github/index.ts";
import { createStateStore } from "../../src/state/index.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { memoryEvents, memoryLog, memoryMetrics, memoryQueue } from "../webhooks/fakes.ts";
import { launcher } from "./launcher.ts";
import { startCheckedGitHub } from "./local-github.ts";
import { tempDir } from "./temp-git.ts";

/** A local GitHub, and contexts of its repositories as jobs open them. */
export interface Contexts {
  readonly github: LocalGitHub;
  readonly ports: ChangePorts;
  /** A repository as it is now. */
  context(repository: RepositoryRef): Promise<RepositoryContext>;
  close(): Promise<void>;
}

/** Starts one without any queue or server. */
export async function startContexts(): Promise<Contexts> {
  const root = tempDir("sluice-contexts-");
  const github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const { app } = github;
  const log = memoryLog();
  const edge = createGitHub({
    deadlineMs: 600_000,
    app: { id: app.id, privateKey: app.privateKey },
    apiUrl: github.apiUrl,
    log,
    metrics: memoryMetrics(),
    clock: Date.now,
  });
  const mirrors = createMirrors({
    root: join(root, "mirrors"),
    remoteUrl: ({ owner, name }) => `${github.url}/${owner}/${name}.git`,
    token: edge.token,
    protocols: ["http"],
    start: launcher.start,
  });
  const ports = {
    github: edge.for,
    mirrors,
    renderer: sharedRenderer(),
    queue: memoryQueue(),
    state: createStateStore({ mirrors, github: edge.for, random: Math.random }),
    signer: createSigner("key"),
    events: memoryEvents(),
    log,
    clock: Date.now,
    webUrl: github.url,
  };
  return {
    github,
    ports,
    context: ({ owner, name }) =>
      openContext(
        ports,
        { installationId: github.installationId, repository: { owner, name } },
        "main",
        AbortSignal.timeout(600_000),
      ),
    close: async () => {
      await mirrors.close();
      await github.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
