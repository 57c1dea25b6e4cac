import { describe, expect, it } from "vitest";
import { planHolds, type ResolvedTargets, resolveTargets } from "../../src/targets/index.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { declaredSamples } from "../support/declared-samples.ts";
import { type Edited, edited, seeded } from "../support/edits.ts";
import { memoryTree } from "../support/memory-tree.ts";
import { planReads, sourceOf } from "../support/plan-reads.ts";

const edits = 60;

describe("the plan that is taken over from the base", () => {
  const renderer = sharedRenderer();

  it.each(Object.entries(declaredSamples))(`of %s is the one of the head, over ${edits} edits`, async (_, sample) => {
    const random = seeded(12);
    const reads = planReads({ renderer, repository: { urls: [sample.url], branches: ["main", "HEAD"] } });
    const text = sample.files[".sluice.yaml"];
    const base = sourceOf(memoryTree(sample.files));
    const before = await resolveTargets(text, base, reads);
    expect(before.plan.targets.length).toBeGreaterThan(1);
    const holds = async ({ files, changed }: Edited): Promise<boolean> => {
      const head = sourceOf(memoryTree(files));
      if (!(await planHolds(before.plan, { before: base.tree, after: head, changed }, reads))) return false;
      const fresh = await resolveTargets(text, head, planReads({ ...reads, memo: new Map() }));
      expect(said(before), JSON.stringify(changed)).toEqual(said(fresh));
      return true;
    };
    let taken = 0;
    for (let count = 0; count < edits; count += 1) if (await holds(edited(sample.files, random))) taken += 1;
    expect(taken).toBeGreaterThan(3);
    expect(taken).toBeLessThan(edits);
  });
});

/** All of a plan but what it was made from: the objects of another tree have other ids. */
function said({ plan, ...rest }: ResolvedTargets) {
  const { madeFrom: _, ...told } = plan;
  return { ...rest, plan: told };
}
