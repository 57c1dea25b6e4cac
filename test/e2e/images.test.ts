import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, startImagePlay } from "../support/images.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay({ whole: true });
});
afterAll(() => play.close());

const entry = `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`;

describe("a new image", () => {
  it("becomes a pull request that changes one value", async () => {
    const site = await play.site(entry);
    await site.push("web:1.2.0");
    const { digest } = await site.push("web:1.4.0");
    const pull = await site.bump();
    expect(pull.title).toBe("Update web in staging: 1.2.0 → 1.4.0");
    expect(pull.body).toContain(`:1.4.0@${digest}\``);
    expect(site.bumps()).toHaveLength(1);
    expect(site.changed(pull.headRef)).toEqual(["apps/web/overlays/staging/kustomization.yaml"]);
    const check = await play.checkSays(pull, "as described");
    expect(check).toMatchObject({ conclusion: "success", headSha: pull.headSha });
    expect(check.summary).toContain(digest.slice(7, 19));
  });
});
