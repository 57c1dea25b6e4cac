import { describe, expect, it } from "vitest";
import { previewCheck, previewComment } from "../../src/diff/index.ts";
import { computePreview } from "../../src/preview/compute.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { memoryRepository } from "../support/memory-repository.ts";
import { configMap } from "./cases/support.ts";

const config = "version: 1\nenvironments: [{ name: prod, path: 'apps/{app}' }]\n";
const names = ["a", "b", "c", "d"];
const files = (value: string) => Object.fromEntries(names.map((name) => [`apps/${name}/cm.yaml`, map(name, value)]));
const map = (name: string, value: string) => configMap(name, `${name} ${value}`);

/** Of a change of every app, with so much room. */
async function previewWithin(maxBytes: number, after: Record<string, string> = files("2")) {
  const repository = memoryRepository();
  const base = repository.commit({ ".sluice.yaml": config, ...files("1") });
  const head = repository.commit({ ".sluice.yaml": config, ...after }, { parents: [base] });
  const signal = AbortSignal.timeout(600_000);
  const request = { repository, base, head, fingerprintKey: new Uint8Array(32), signal, maxBytes };
  const outcome = await computePreview(request, { renderer: sharedRenderer() });
  if (outcome.kind !== "preview") throw new Error(JSON.stringify(outcome.problems));
  return outcome.preview;
}

describe("a pull request with more behind it than a preview may hold", () => {
  it.each([
    ["renders", 1],
    ["differences", 3_000],
  ])("says which targets were not compared for their %s, and is not green", async (_, bytes) => {
    const preview = await previewWithin(bytes);
    const failed = preview.targets.filter(({ status }) => status === "failed");
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.map(({ error }) => error?.message)).toEqual(
      failed.map(() => expect.stringMatching(/take more than [\d,]+ bytes?, so not all were compared; split it\.$/)),
    );
    expect(preview.completeness).toMatchObject({ affected: 4, failed: failed.length });
    expect(preview.completeness.unread).toBeUndefined();
    expect(previewCheck(preview).conclusion).toBe("failure");
    expect(previewComment(preview).body).toContain("so not all were compared");
  });

  it("is not green either where targets are removed", async () => {
    const { targets, findings } = await previewWithin(1, {});
    expect(targets.map(({ status }) => status)).toEqual(names.map(() => "removed"));
    expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining(["render-failed", "target-removed"]));
  });

  it("has all of them compared where there is room", async () => {
    const { targets, completeness } = await previewWithin(100_000);
    expect(targets.map(({ status }) => status)).toEqual(names.map(() => "changed"));
    expect(completeness).toMatchObject({ affected: 4, rendered: 4, failed: 0 });
  });
});
