import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveTargets } from "../../../src/targets/index.ts";
import { planReads } from "../../support/plan-reads.ts";
import { tempDir } from "../../support/temp-git.ts";
import { filesBelow, lineOf, openRepository, type TestRepository } from "./support/repository.ts";

describe("the example repository", () => {
  const cache = tempDir();
  let repository: TestRepository;
  beforeAll(async () => {
    repository = await openRepository(filesBelow(join(import.meta.dirname, "../../../examples/gitops")), cache);
  });
  afterAll(async () => {
    await repository.close();
    rmSync(cache, { recursive: true, force: true });
  });

  it("has a setting for every image that its targets render", async () => {
    const text = Buffer.from(await repository.bytes(".sluice.yaml")).toString();
    const { plan } = await resolveTargets(text, repository.source, planReads());
    expect(plan?.targets.length).toBeGreaterThan(5);
    for (const { id, render } of plan?.targets ?? []) {
      const [found, images] = [await repository.find(render), await repository.images(render)];
      const names = new Set(found.settings.map(({ subject }) => subject.name));
      expect(found.problems, id).toEqual([]);
      for (const image of images) expect(names, `${id}: ${image}`).toContain(image.replace(/:[^:/]*$/, ""));
    }
  });

  it("sets the versions of its web app in the overlays", async () => {
    const found = await repository.find({ kind: "kustomize", path: "apps/webapp/overlays/prod", options: {} });
    expect(found.settings.map(lineOf)).toEqual([
      "kustomize-image ghcr.io/acme/webapp 1.3.0 | apps/webapp/overlays/prod/kustomization.yaml:9",
      "manifest ghcr.io/acme/webapp ghcr.io/acme/webapp:1.3.0 | apps/webapp/base/deployment.yaml:16 <- apps/webapp/overlays/prod/kustomization.yaml:9",
    ]);
  });
});
