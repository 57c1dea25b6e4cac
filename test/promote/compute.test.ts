import { describe, expect, it } from "vitest";
import { type ComputedPromotion, computePromotion, type PromotionInput } from "../../src/promote/compute.ts";
import { resolvePromotion } from "../../src/promote/resolve.ts";
import { memoryRenderer } from "../support/memory-renderer.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { planReads } from "../support/plan-reads.ts";

const config = `version: 1
environments:
  - { name: staging, path: "{app}/staging" }
  - { name: prod, path: "{app}/prod", from: staging, promote: { strategy: directory } }
`;

function pod(image: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`;
}

const files = {
  ".sluice.yaml": config,
  "web/staging/web.yaml": pod("acme/web:2"),
  "web/prod/web.yaml": pod("acme/web:1"),
  "api/staging/api.yaml": pod("acme/api:1"),
  "api/staging/notes.txt": "new",
  "api/prod/api.yaml": pod("acme/api:1"),
  "job/staging/job.yaml": pod("acme/job:1"),
  "job/prod/job.yaml": pod("acme/job:1"),
};

/** The promotion to prod, with the versions of the first files and the targets of the second. */
async function promote(
  source: Readonly<Record<string, string>> = files,
  base: Readonly<Record<string, string>> = files,
  more: Partial<PromotionInput> = {},
): Promise<{ computed: ComputedPromotion; sourceCommit: string }> {
  const repository = memoryRepository();
  const [sourceCommit, commit] = [repository.commit(source), repository.commit(base)];
  const { plan, pairs, from } = await resolvePromotion({
    repository,
    base: commit,
    to: "prod",
    apps: [],
    reads: planReads(),
  });
  const computed = await computePromotion({
    repository,
    base: commit,
    sourceCommit,
    pairs,
    from,
    to: "prod",
    allTargets: plan.targets,
    renderer: memoryRenderer(),
    signal: AbortSignal.timeout(600_000),
    ...more,
  });
  return { computed, sourceCommit };
}

describe("a promotion", () => {
  it("is a plan for each app, with the renders of those that change and those of which the render stays", async () => {
    const { computed, sourceCommit } = await promote();
    expect(computed.plan).toMatchObject({ from: "staging", to: "prod", commit: sourceCommit });
    expect(computed.plan.targets.map(({ app, outcome }) => `${app} ${outcome}`)).toEqual([
      "api planned",
      "job already",
      "web planned",
    ]);
    expect([...computed.renders.keys()]).toEqual(["api", "web"]);
    expect(computed.unchanged).toEqual(["api"]);
    expect(computed.changes.map(({ path }) => path)).toEqual(["api/prod/notes.txt", "web/prod/web.yaml"]);
  });

  it("reads versions at one commit and writes at another", async () => {
    const later = { ...files, "web/staging/web.yaml": pod("acme/web:9"), "other.txt": "1" };
    const { computed } = await promote(files, later);
    expect(computed.plan.targets.find(({ app }) => app === "web")?.images).toContainEqual({
      image: "acme/web",
      from: "1",
      to: "2",
    });
  });

  it("refuses an app whose source does not render, and tells how far it has come", async () => {
    const seen: string[] = [];
    const { computed } = await promote({ ...files, "web/staging/web.yaml": "broken" }, files, {
      onProgress: ({ phase, done, total }) => seen.push(`${phase} ${done} of ${total}`),
    });
    expect(computed.plan.targets.find(({ app }) => app === "web")).toMatchObject({
      outcome: "refused",
      reason: "web/staging does not render: web/staging/web.yaml is no resource",
    });
    expect([...computed.renders.keys()]).toEqual(["api"]);
    expect(seen).toContain("plan 3 of 3");
  });
});
