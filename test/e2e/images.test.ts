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

  it("advances its pull request in place: title, body, branch and check are new, what was skipped is listed, approvals fall", async () => {
    const { github } = play;
    const site = await play.site(entry);
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.checkSays(pull, "as described");
    await github.review({ ...pull, by: "ada", event: "APPROVE" });
    await play.quiet();
    await site.push("web:1.4.1");
    await play.quiet();
    const { digest } = await site.push("web:1.5.0");
    const now = await site.bump("open", "1.2.0 → 1.5.0");
    expect(now.number).toBe(pull.number);
    expect(now.headSha).not.toBe(pull.headSha);
    await play.quiet();
    const body = github.pull(pull).body;
    expect(body).toContain("**staging gets web 1.5.0** in place of 1.2.0.");
    expect(body).toContain("2 tags are passed over: `1.4.1`, `1.4.0`");
    expect(body).toContain(digest);
    expect(site.file("apps/web/overlays/staging/kustomization.yaml", pull.headRef)).toContain("newTag: 1.5.0");
    expect((await play.checkSays(pull, digest.slice(7, 19))).headSha).toBe(github.pull(pull).headSha);
    expect(github.reviews(pull).map(({ state }) => state)).toEqual(["DISMISSED"]);
    const said = github.comments(pull).flatMap(({ body: text }) => /\*\*Now .*/.exec(text)?.[0] ?? []);
    expect(said).toEqual([
      "**Now 1.2.0 → 1.4.1**, no longer 1.2.0 → 1.4.0.",
      "**Now 1.2.0 → 1.5.0**, no longer 1.2.0 → 1.4.1.",
    ]);
    expect(site.bumps()).toHaveLength(1);
    // The move of the branch itself has the image evaluated once more, which changes nothing.
    const [result] = (await site.concluded("1.5.0 takes the place of 1.2.0")).results;
    expect(result?.summary).toMatch(/its pull request (?:was brought up to date|is open)$/);
    expect(result).toMatchObject({ pullRequest: pull.number });
    expect(result?.tags.map(({ reason }) => reason)).toEqual([
      "1.5.0 is the highest version in `^1.0`",
      "1.2.0 is what web/staging has; it is not listed by the registry",
      "1.4.1 is lower than 1.5.0",
      "1.4.0 is lower than 1.5.0",
    ]);
  });
});
