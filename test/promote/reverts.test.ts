import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import type { Decision, HistoryEntry } from "../../src/model/state.ts";
import type { PromotionPorts } from "../../src/promote/run/index.ts";
import { recordReverts } from "../../src/promote/run/reverts.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { type Contexts, startContexts } from "../support/contexts.ts";
import { deployment } from "../support/gitops.ts";
import { memoryRecords } from "../support/memory-records.ts";
import { chainFiles, release } from "../support/promotions.ts";

let contexts: Contexts;
let ports: PromotionPorts;
beforeAll(async () => {
  contexts = await startContexts();
  ports = {
    ...contexts.ports,
    registry: createRegistry({ settings: [], clock: Date.now, log: contexts.ports.log, random: Math.random }),
    rights: [],
    records: memoryRecords(),
    prometheus: { values: async () => [] },
    fingerprintKey: new Uint8Array(32),
  };
});
afterAll(() => contexts.close());

const image = "ghcr.io/acme/web";
const sidecar = "ghcr.io/acme/proxy";
let names = 0;

/** A repository whose app `web` came to `1.2.0` in prod by a promotion that is in the history; it had `1.3.0` there. */
async function promoted(): Promise<RepositoryRef> {
  names += 1;
  const versions = { web: { staging: "1.2.0", prod: "1.3.0" } };
  const files = chainFiles({ staging: "", prod: "" }, versions);
  const repository = await contexts.github.createRepository({ owner: "acme", name: `reverts-${names}`, files });
  const merged = await commit(repository, release("prod", "1.2.0"), "Promote web to prod");
  await decide(repository, {
    kind: "promoted",
    id: "merged-1",
    versions: { web: [{ image, from: "1.3.0", to: "1.2.0" }] },
    commit: merged,
    mergeCommit: merged,
    pullRequest: 1,
  });
  return repository;
}

const commit = (repository: RepositoryRef, files: Record<string, string>, message: string, branch = "main") =>
  contexts.github.commit({ ...repository, branch, files, message, by: "grace" });

type Brought = Extract<Decision, { kind: "promoted" | "bumped" | "rolled-back" | "reverted" }>;

async function decide(
  repository: RepositoryRef,
  brought: Omit<Brought, "at" | "by" | "environment" | "apps">,
): Promise<void> {
  const { owner, name } = repository;
  await ports.state.record(
    { installationId: contexts.github.installationId, repository: { owner, name } },
    { at: new Date().toISOString(), by: "sluice", environment: "prod", apps: ["web"], ...brought },
    AbortSignal.timeout(600_000),
  );
}

const bumped = (repository: RepositoryRef, what: string, from: string, to: string): Promise<void> =>
  decide(repository, {
    kind: "bumped",
    id: "bumped-2",
    versions: { web: [{ image: what, from, to }] },
    commit: "c0ffee",
    pullRequest: 2,
  });

/** What is found to be reverted. */
async function reverts(repository: RepositoryRef): Promise<readonly HistoryEntry[]> {
  await recordReverts(ports, await contexts.context(repository));
  const { state } = await contexts.context(repository);
  return (await state.history("prod", "web")).filter(({ kind }) => kind === "reverted");
}

describe("a promotion", () => {
  it("was reverted when the target has again what it had before", async () => {
    const repository = await promoted();
    expect(await reverts(repository)).toEqual([]);
    await commit(repository, release("prod", "1.3.0"), "Revert it");
    expect(await reverts(repository)).toMatchObject([{ by: "grace", reason: "Revert it" }]);
    expect(await reverts(repository)).toHaveLength(1);
  });

  it("was not reverted by an image bump that brings back the version that was there before it", async () => {
    const repository = await promoted();
    await commit(repository, release("prod", "1.3.0"), "Bump web");
    await bumped(repository, image, "1.2.0", "1.3.0");
    expect(await reverts(repository)).toEqual([]);
  });

  it.each(["squash", "merge"] as const)(
    "was not reverted by such a bump that the history does not have yet (%s)",
    async (method) => {
      const repository = await promoted();
      await commit(repository, release("prod", "1.3.0"), "Bump web", "sluice/image/web");
      const { github } = await contexts.context(repository);
      const draft = { head: "sluice/image/web", base: "main", title: "Bump web", body: "" };
      const opened = await github.openPullRequest(draft);
      if (opened === undefined) throw new Error("nothing to open");
      const { number } = opened.pull;
      await contexts.github.mergePull({ ...repository, number, method, by: "grace" });
      expect(await reverts(repository)).toEqual([]);
    },
  );

  it("was reverted by a pull request that a person opened of a branch that is called like one of Sluice's", async () => {
    const repository = await promoted();
    await commit(repository, release("prod", "1.3.0"), "Revert it", "sluice/revert");
    const pull = await contexts.github.openPull({ ...repository, head: "sluice/revert", title: "Revert it" });
    await contexts.github.mergePull({ ...pull, method: "merge", by: "grace" });
    expect(await reverts(repository)).toHaveLength(1);
  });

  it("was reverted by a pull request of a person", async () => {
    const repository = await promoted();
    await commit(repository, release("prod", "1.3.0"), "Revert it", "revert-1-sluice/promote/prod/web");
    const pull = await contexts.github.openPull({
      ...repository,
      head: "revert-1-sluice/promote/prod/web",
      title: "R",
    });
    await contexts.github.mergePull({ ...pull, method: "merge", by: "grace" });
    expect(await reverts(repository)).toHaveLength(1);
  });

  it("was reverted although another image of the target was bumped since", async () => {
    const repository = await promoted();
    const base = deployment({ replicas: 2, cpu: "100m" });
    const both = base.replace(
      /^( *)containers:\n/m,
      `$1containers:\n$1  - name: proxy\n$1    image: ${sidecar}:2.0.0\n`,
    );
    await commit(repository, { "apps/web/base/deployment.yaml": both }, "Bump the proxy");
    await bumped(repository, sidecar, "1.0.0", "2.0.0");
    await commit(repository, release("prod", "1.3.0"), "Revert it");
    expect(await reverts(repository)).toHaveLength(1);
  });
});
