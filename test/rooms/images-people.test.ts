import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, startImagePlay } from "../support/images.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const entry = `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`;
const overlay = "apps/web/overlays/staging/kustomization.yaml";

/** The overlay of staging with this version. */
function staging(version: string): Record<string, string> {
  return {
    [overlay]: `namespace: staging\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: ${version}\n`,
  };
}

describe("a person who closes an image pull request", () => {
  it("is heeded even when an event comes in the same moment", async () => {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    await Promise.all([github.closePull({ ...pull, by: "ada" }), site.push("web:1.3.9"), site.commit({ a: "1" })]);
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    expect(site.bumps()).toHaveLength(1);
  });
});
