import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, startImagePlay } from "../support/images.ts";

describe("a new image", { timeout: 60_000 }, () => {
  let play: ImagePlay;
  beforeAll(async () => {
    play = await startImagePlay();
  });
  afterAll(() => play.close());

  it("becomes a pull request that changes one value", async () => {
    const { github } = play;
    const repository = await play.gitops(
      `  - image: "{image}"\n    policy: { semver: "^1.0" }\n    environments: [staging]\n`,
    );
    await play.push("web:1.2.0");
    const { digest } = await play.push("web:1.4.0");
    const pull = await play.bump(repository);
    expect(pull.title).toBe("Bump web in staging: 1.2.0 → 1.4.0");
    expect(pull.body).toContain(`Digest \`${digest}\``);
    expect(github.pulls(repository)).toHaveLength(1);
  });
});
