import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary } from "../../sandbox/index.ts";
import { type ImagePlay, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const automatic = `  - image: "{host}/web"
    policy: { semver: "^1.0" }
    environments: [staging]
    pullRequest: { autoMerge: true, labels: [images] }
`;

/** What another system says of the present head, which is no longer new by then. */
function ci(pull: PullSummary, state: "pending" | "success" | "failure"): Promise<void> {
  play.pass(31_000);
  return play.github.status({ ...pull, sha: play.github.pull(pull).headSha, context: "ci", state });
}

describe("autoMerge", () => {
  it("waits for checks, merges when they passed, and the rest follows: history, branch, chain", async () => {
    const { github } = play;
    const site = await play.site(automatic);
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await ci(pull, "pending");
    await play.checkSays(pull, "as described");
    await play.quiet();
    expect(github.pull(pull)).toMatchObject({ state: "open", labels: ["images"] });
    await ci(pull, "failure");
    await play.quiet();
    expect(github.pull(pull).state).toBe("open");

    const { registry } = await play.cost(() => ci(pull, "success"));
    expect(github.pull(pull)).toMatchObject({ merged: true });
    expect(registry.some((one) => one.startsWith("HEAD") && one.includes("manifests/1.4.0"))).toBe(true);
    expect(site.file("apps/web/overlays/staging/kustomization.yaml")).toContain("newTag: 1.4.0");
    await eventually("the history", () =>
      site.file("environments/staging/web.yaml", "sluice-state").includes("kind: bumped"),
    );
    await eventually("the chain", () => github.comments(pull).some(({ body }) => body.includes("sluice:chain")));
    await play.quiet();
    expect(site.branches()).toEqual([]);
    expect(site.file("environments/staging/web.yaml", "sluice-state")).toMatch(/from: .?1\.2\.0.?\n +to: .?1\.4\.0/);
  });
});
