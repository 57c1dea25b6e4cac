import { describe, expect, it } from "vitest";
import { verdictPart } from "../../../src/change/text/verdict-part.ts";
import { type ImageBodyParts, imageBody } from "../../../src/images/text/body.ts";
import { freedBody, heldText, heldTitle } from "../../../src/images/text/held.ts";
import type { ImageMetadata } from "../../../src/images/text/metadata.ts";
import { declinedText, updateText } from "../../../src/images/text/pull-request.ts";
import type { ImageSection } from "../../../src/images/text/section.ts";
import { imageTitle } from "../../../src/images/text/title.ts";
import { mergedBody } from "../../../src/images/text/verdict.ts";
import type { Hold } from "../../../src/model/gates.ts";
import { lintText } from "../../support/text-lint.ts";

const now = Date.UTC(2026, 10, 29, 23);
const digest = (start: string): string => `sha256:${start.padEnd(64, "0")}`;

const webapp: ImageSection = {
  image: "ghcr.io/acme/webapp",
  tag: "1.5.0",
  digest: digest("a9b486ca65c9"),
  from: "1.4.0",
  oldDigest: "",
  platforms: ["linux/amd64", "linux/arm64"],
  built: Date.UTC(2026, 10, 29, 22, 43),
  reason: "the highest version in `^1.0`",
  skipped: [],
  newer: [],
  follows: false,
  source: undefined,
};

type Move = readonly [image: string, from: string, to: string];

function metadataOf(unit: string, sections: readonly ImageSection[], moves: readonly Move[]): ImageMetadata {
  const images = sections.map((one) => ({ image: one.image, tag: one.tag, digest: one.digest, platforms: [] }));
  const versions = moves.map(([image, from, to]) => ({ image, from, to }));
  const targets = [{ app: "webapp", environment: "staging", images: versions }];
  return { unit, base: "main", head: "f".repeat(40), images, targets, replaced: [], stays: [], places: 0 };
}

function textOf(
  metadata: ImageMetadata,
  sections: readonly ImageSection[],
  more: Partial<ImageBodyParts> = {},
): string {
  const parts = {
    notes: [],
    left: [],
    autoMerge: false,
    promote: undefined,
    docsUrl: "https://docs.example",
    now,
    ...more,
  };
  const text = imageBody({ metadata, comment: "<!-- c -->", sections, ...parts })
    .replaceAll(/<!--[^>]*-->\n?/g, "")
    .trim();
  // The verdict's evidence stands behind it, as in the mock-up.
  expect(lintText(text).filter((problem) => !problem.startsWith("the first line has"))).toEqual([]);
  expect(imageTitle(metadata).length).toBeLessThanOrEqual(120);
  return text;
}

const one: readonly Move[] = [["ghcr.io/acme/webapp", "1.4.0", "1.5.0"]];
const small =
  "<sub>A newer tag updates this pull request · closing it skips 1.5.0 · commits you push stay · `/retry` asks the registry again · [help](https://docs.example/images)</sub>";

describe("an image pull request", () => {
  it("image-one", () => {
    const url = "https://github.com/acme/webapp";
    const commit = (sha: string, title: string, author: string) => ({
      sha,
      title,
      author,
      url: `${url}/commit/${sha}`,
    });
    const source = {
      url,
      compareUrl: `${url}/compare/3f2a91c...20eae8a`,
      commits: [commit("20eae8a", "Speed up the checkout", "ada"), commit("1f00c2d", "Show the basket", "grace")],
      total: 9,
    };
    const metadata = metadataOf(webapp.image, [webapp], one);
    expect(imageTitle(metadata)).toBe("Update webapp in staging: 1.4.0 → 1.5.0");
    expect(textOf(metadata, [{ ...webapp, source }], { promote: "prod" })).toBe(
      [
        "**staging gets webapp 1.5.0** in place of 1.4.0. Only this image changes; rendering before and after confirmed it.",
        "**Next:** review and merge. After that: `/promote prod`.",
        "- **Why 1.5.0:** the highest version in `^1.0`\n- **Built:** 29 Nov, 22:43 UTC, for linux/amd64 and linux/arm64",
        "### What is new",
        `- Speed up the checkout (\`ada\`, [\`20eae8a\`](${url}/commit/20eae8a))\n- Show the basket (\`grace\`, [\`1f00c2d\`](${url}/commit/1f00c2d))`,
        `[All 9 commits between 1.4.0 and 1.5.0](${url}/compare/3f2a91c...20eae8a) in acme/webapp`,
        `<details><summary>Digest</summary>\n\n\`ghcr.io/acme/webapp:1.5.0@${webapp.digest}\`\n\n</details>`,
        small,
      ].join("\n\n"),
    );
  });

  it("after the merge it does not ask for one any more, unless somebody rewrote those lines", () => {
    const metadata = metadataOf(webapp.image, [webapp], one);
    const merge = { mergedBy: "ada", closedAt: now };
    const landed = (more: Partial<ImageBodyParts>) => mergedBody(`${textOf(metadata, [webapp], more)}\n`, merge, now);
    const merged = landed({ promote: "prod" });
    expect(merged).toContain("\n\nMerged by `ada` on 29 Nov, 23:00 UTC. **Next:** `/promote prod`.\n\n");
    expect(merged).not.toContain("<sub>");
    expect(mergedBody(merged, merge, now)).toBe(merged);
    expect(landed({})).toContain("\n\nMerged by `ada` on 29 Nov, 23:00 UTC.\n\n");
    expect(landed({ autoMerge: true })).not.toContain("Sluice merges when");
    expect(mergedBody("Ours.\r\n", merge, now)).toBe("Ours.\n");
  });

  it("image-group", () => {
    const names = ["api", "web", "worker"];
    const sections = names.map((name, index) => ({
      ...webapp,
      image: `ghcr.io/acme/${name}`,
      built: Date.UTC(2026, 10, 29, 22, 41 + 3 * index),
    }));
    const moves = names.map((name): Move => [`ghcr.io/acme/${name}`, name === "worker" ? "1.4.2" : "1.4.0", "1.5.0"]);
    const metadata = metadataOf("group acme", sections, moves);
    expect(imageTitle(metadata)).toBe("Update acme in staging: api, web, worker to 1.5.0");
    const left = [{ target: "mailer", why: "its tag 1.5.0 lacks linux/arm64" }];
    const text = textOf(metadata, sections, { autoMerge: true, left });
    const digests = names.map((name) => `- \`ghcr.io/acme/${name}:1.5.0@${webapp.digest}\``).join("\n");
    expect(text).toBe(
      [
        "**staging gets 3 images of the group acme**, all 1.5.0. Only these images change; rendering before and after confirmed it.",
        "**Next:** Sluice merges when all checks have passed.",
        "| Image | staging has | staging gets |\n|---|---|---|\n| api | `1.4.0` | `1.5.0` |\n| web | `1.4.0` | `1.5.0` |\n| worker | `1.4.2` | `1.5.0` |",
        "Not included: **mailer**. Its tag 1.5.0 lacks linux/arm64.",
        "- **Why 1.5.0:** the highest version in `^1.0` for all 3\n- **Built:** 29 Nov, 22:41 to 22:47 UTC, for linux/amd64 and linux/arm64",
        `<details><summary>Digests</summary>\n\n${digests}\n\n</details>`,
        small,
      ].join("\n\n"),
    );
  });

  it("image-digest", () => {
    const gateway: ImageSection = {
      ...webapp,
      image: "ghcr.io/acme/gateway",
      tag: "main",
      from: "main",
      digest: digest("77d1e02b4c10"),
      oldDigest: digest("e51c09b77f02"),
      platforms: ["linux/amd64"],
      reason: "the tag that the policy follows",
      follows: true,
    };
    const moves: readonly Move[] = [[gateway.image, `main@${gateway.oldDigest}`, `main@${gateway.digest}`]];
    const metadata = metadataOf(gateway.image, [gateway], moves);
    expect(imageTitle(metadata)).toBe("Update gateway in staging: main, new image");
    expect(textOf(metadata, [gateway])).toBe(
      [
        "**staging gets a newer image of gateway `main`.** Only this image changes; rendering before and after confirmed it.",
        "**Next:** review and merge.",
        [
          "- **Digest:** `e51c09b77f02` → `77d1e02b4c10`",
          "- **Built:** 29 Nov, 22:43 UTC, for linux/amd64",
          "- **Why:** staging follows the tag `main`, also to an older image if somebody moves the tag back",
        ].join("\n"),
        `<details><summary>Digests</summary>\n\n- \`ghcr.io/acme/gateway:main@${gateway.oldDigest}\`\n- \`ghcr.io/acme/gateway:main@${gateway.digest}\`\n\n</details>`,
        "<sub>The next push of `main` updates this pull request · closing it skips this image · commits you push stay · `/retry` asks the registry again · [help](https://docs.example/images)</sub>",
      ].join("\n\n"),
    );
  });

  it("image-held: the hold, who, until when, how it ends", () => {
    const hold: Hold = {
      ...{ by: "mona", reason: "load test", since: "2026-11-29T20:00:00Z", until: "2026-11-30T08:00:00Z" },
      ...{ cause: "person", environmentWide: true },
    };
    const place = { app: "webapp", environment: "staging", hold, people: "anyone with write access" };
    const metadata = metadataOf(webapp.image, [webapp], one);
    const text = heldText(metadata, place, now);
    expect(heldTitle(place, now)).toBe("On hold by mona until 30 Nov, 08:00 UTC");
    expect(text).toBe(
      [
        '**⏸️ On hold: staging gets webapp 1.5.0 later.** `mona` holds staging until 30 Nov, 08:00 UTC: "load test".',
        "**Next:** wait, or comment `/release staging` (anyone with write access). Until then Sluice neither updates nor merges this.",
      ].join("\n\n"),
    );
    expect(lintText(text).filter((problem) => !problem.startsWith("the first line has"))).toEqual([]);
    const body = `${verdictPart(text)}\n`;
    const landed = mergedBody(freedBody(body, metadata), { mergedBy: "bob", closedAt: now }, now);
    expect(landed).toContain("**staging gets webapp 1.5.0** in place of 1.4.0.");
    expect(landed).toContain("Merged by `bob` on 29 Nov, 23:00 UTC.");
    expect(landed).not.toContain("On hold");
    const back: Hold = { by: "ada", reason: "", since: hold.since, cause: "revert", environmentWide: false };
    const proposed: Hold = { ...back, by: "sluice", reason: "1.4.0 failed: bad", cause: "rollback", proposal: 7 };
    expect(heldText(metadata, { ...place, hold: proposed }, now)).toContain(
      ' The rollback of webapp in staging is proposed in #7: "1.4.0 failed: bad".',
    );
    expect(heldText(metadata, { ...place, hold: back }, now)).toBe(
      [
        "**⏸️ On hold: staging gets webapp 1.5.0 later.** `ada` took back what webapp in staging had.",
        "**Next:** comment `/release staging/webapp` (anyone with write access). Until then Sluice does not merge this; a newer tag still updates it.",
      ].join("\n\n"),
    );
  });

  it("image-advanced, image-declined: what changed and whose approval fell; what closing meant", () => {
    const before = metadataOf(webapp.image, [webapp], one);
    const newer = { ...webapp, tag: "1.6.0" };
    const after = metadataOf(webapp.image, [newer], [[webapp.image, "1.4.0", "1.6.0"]]);
    const said = updateText({ before, now: after, dismissed: ["grace"] });
    expect(said).toBe(
      "**Now 1.4.0 → 1.6.0**, no longer 1.4.0 → 1.5.0.\n\n`grace`: your approval was for 1.5.0 and no longer counts.",
    );
    expect(lintText(said)).toEqual([]);
    expect(declinedText(before)).toBe(
      "1.5.0 is skipped for webapp in staging; the next newer tag opens a new pull request. Changed your mind? `/retry` here.",
    );
  });

  it("image-skipped-tags", () => {
    const section: ImageSection = {
      ...webapp,
      built: undefined,
      skipped: ["1.4.4", "1.4.3"],
      newer: [
        { tag: "2.0.0", reason: "outside `^1.0`" },
        { tag: "1.6.0", reason: "not old enough until 2026-11-30 18:43:00 UTC" },
        { tag: "1.5.1-rc.1", reason: "a pre-release, which the range leaves out" },
      ],
    };
    expect(textOf(metadataOf(webapp.image, [section], one), [section])).toBe(
      [
        "**staging gets webapp 1.5.0** in place of 1.4.0. Only this image changes; rendering before and after confirmed it.",
        "**Next:** review and merge.",
        "- **Why 1.5.0:** the highest version in `^1.0`",
        [
          "| Newer tag | Why not |",
          "|---|---|",
          "| `2.0.0` | outside `^1.0` |",
          "| `1.6.0` | not old enough until 30 Nov, 18:43 UTC |",
          "| `1.5.1-rc.1` | a pre-release, which the range leaves out |",
        ].join("\n"),
        "2 tags between 1.4.0 and 1.5.0 are passed over: `1.4.4`, `1.4.3`.",
        `<details><summary>Digest</summary>\n\n\`ghcr.io/acme/webapp:1.5.0@${webapp.digest}\`\n\n</details>`,
        small,
      ].join("\n\n"),
    );
  });

  it("image-left-out-places", () => {
    const fix = 'To update it, add an entry with `regex: "^.*-migrate$"`.';
    const why = "the tag has a suffix that 1.5.0 lacks";
    const stays = [
      { place: "init container `migrate`", at: "1.0.0-migrate", why, fix, half: false },
      { place: "container `debug`", at: "debug", why: "that tag has no order", fix: "", half: false },
    ];
    const metadata = { ...metadataOf(webapp.image, [webapp], one), stays, places: 1 };
    const text = textOf(metadata, [webapp]);
    expect(text).toBe(
      [
        "**staging gets webapp 1.5.0** in place of 1.4.0, in 1 of 3 places.",
        "**Next:** decide about the other two, then merge.",
        `Not changed:\n\n- **init container \`migrate\`** stays at \`1.0.0-migrate\`: ${why}. ${fix}\n- **container \`debug\`** stays at \`debug\`: that tag has no order.`,
        "- **Why 1.5.0:** the highest version in `^1.0`\n- **Built:** 29 Nov, 22:43 UTC, for linux/amd64 and linux/arm64",
        `<details><summary>Digest</summary>\n\n\`ghcr.io/acme/webapp:1.5.0@${webapp.digest}\`\n\n</details>`,
        small,
      ].join("\n\n"),
    );
    expect(textOf(metadata, [webapp], { autoMerge: true })).toContain(
      "**Next:** Sluice merges when all checks have passed.",
    );
    const half = { ...metadata, stays: stays.map((stay) => ({ ...stay, half: true })) };
    expect(textOf(half, [webapp], { autoMerge: true })).toContain("**Next:** decide about the other two, then merge.");
  });

  it("names the places where there are several, the furthest environment first", () => {
    const metadata = metadataOf(webapp.image, [webapp], one);
    const targets = ["staging", "prod"].map((environment) => ({
      ...metadata.targets[0],
      app: "web",
      environment,
      images: metadata.targets[0]?.images ?? [],
    }));
    const text = textOf({ ...metadata, targets }, [webapp]);
    expect(text).toContain("**prod and staging get webapp 1.5.0** in place of 1.4.0.");
    expect(text).toContain(
      "| Where | has | gets |\n|---|---|---|\n| **prod** · web | `1.4.0` | `1.5.0` |\n| **staging** · web |",
    );
  });
});
