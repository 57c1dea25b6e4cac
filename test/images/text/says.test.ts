import { describe, expect, it } from "vitest";
import { imageCheckReport, waitingReport } from "../../../src/images/text/check.ts";
import { declinedText, imagePullRequest, updateText } from "../../../src/images/text/pull-request.ts";
import { bumpsLine, imageTitle } from "../../../src/images/text/title.ts";
import { lintText } from "../../support/text-lint.ts";

type Targets = Parameters<typeof bumpsLine>[0]["targets"];

/** Targets that get versions, as `app/environment image from to`. */
function targets(...lines: readonly string[]): Targets {
  return lines.map((line) => {
    const [id = "", image = "", from = "", to = ""] = line.split(" ");
    const [app = "", environment = ""] = id.split("/");
    return { app, environment, images: [{ image, from, to }] };
  });
}

function image(name: string, tag: string, digest = `sha256:${"a".repeat(64)}`) {
  return { image: name, tag, digest, platforms: [] };
}

describe("the title of an image pull request", () => {
  const web = [image("ghcr.io/acme/web", "1.5.0")];
  const title = (unit: string, images: typeof web, ...lines: readonly string[]): string =>
    imageTitle({ unit, images, targets: targets(...lines) });

  it("says what, from where, and to what", () => {
    expect(title("ghcr.io/acme/web", web, "web/staging web 1.4.0 1.5.0")).toBe("Update web in staging: 1.4.0 → 1.5.0");
  });

  it("leaves out what differs", () => {
    const two = ["web/staging web 1.4.0 1.5.0", "web/prod web 1.3.0 1.5.0"];
    expect(title("ghcr.io/acme/web", web, ...two)).toBe("Update web in prod, staging to 1.5.0");
    const images = [...web, image("ghcr.io/acme/api", "2.0.0")];
    const group = ["web/staging web 1.4.0 1.5.0", "api/staging api 1.9.0 2.0.0"];
    expect(title("group front", images, ...group)).toBe("Update front in staging: web, api");
    expect(title("anything", images, ...group)).toBe("Update 2 images in staging");
  });

  it("cuts digests and what is too long", () => {
    const digest = `sha256:${"b".repeat(64)}`;
    expect(title("web", web, `web/staging web @sha256:${"c".repeat(64)} @${digest}`)).toBe(
      `Update web in staging: @sha256:${"c".repeat(12)} → @sha256:${"b".repeat(12)}`,
    );
    const many = Array.from({ length: 100 }, (_, index) => `web/environment-${index} web 1.4.0 1.5.0`);
    const long = title("web", web, ...many);
    expect(long.length).toBeLessThanOrEqual(120);
    expect(long).toMatch(/…$/);
  });

  it("is one short line for comments, however many there are", () => {
    const many = targets(...Array.from({ length: 9 }, (_, index) => `web/staging ghcr.io/acme/i${index} 1 2`));
    expect(bumpsLine({ targets: many })).toBe("i0 1 → 2, i1 1 → 2, i2 1 → 2 and 6 more");
  });
});

describe("the comment on what changed", () => {
  const before = { images: [image("web", "1.4.0")], targets: targets("web/staging web 1.2.0 1.4.0") };
  const now = { images: [image("web", "1.5.0")], targets: targets("web/staging web 1.2.0 1.5.0") };

  it("image-advanced: what comes in place of what, and whose approval fell", () => {
    expect(updateText({ before, now, dismissed: ["grace"] })).toBe(
      "**Now 1.2.0 → 1.5.0**, no longer 1.2.0 → 1.4.0.\n\n`grace`: your approval was for 1.4.0 and no longer counts.",
    );
    expect(updateText({ before, now, dismissed: ["ada", "grace"] })).toContain(
      "`ada`, `grace`: your approvals were for 1.4.0 and no longer count.",
    );
    expect(updateText({ before: undefined, now, dismissed: [] })).toBe("**Now 1.2.0 → 1.5.0.**");
  });

  it("image-declined: what closing meant, and how to change one's mind", () => {
    expect(declinedText(now)).toBe(
      "1.5.0 is skipped for web in staging; the next newer tag opens a new pull request. Changed your mind? `/retry` here.",
    );
  });

  it("names the images behind a tag that was moved, and is another comment than that on the head", () => {
    const moved = { ...before, images: [image("web", "1.4.0", `sha256:${"d".repeat(64)}`)] };
    expect(updateText({ before, now: moved, dismissed: [] })).toBe(
      `**web 1.4.0 is another image now:** \`${"d".repeat(12)}\`, no longer \`${"a".repeat(12)}\`.`,
    );
    const whole = { unit: "web", base: "main", head: "e".repeat(40), replaced: [], stays: [], places: 0 };
    const updates = [
      { before: undefined, now: { ...whole, ...before } },
      { before: { ...whole, ...before }, now: { ...whole, ...moved } },
    ];
    const markers = updates.map((update) => imagePullRequest.updateComment({ ...update, dismissed: [] })?.marker ?? "");
    expect(new Set(markers).size).toBe(2);
    expect(markers.every((marker) => /^[a-z0-9-]{1,100}$/.test(marker))).toBe(true);
  });
});

describe("the image check", () => {
  const pull = { number: 7, head: { sha: "f".repeat(40) } };

  const digest = `sha256:${"a9".repeat(32)}`;
  const fine = {
    image: "ghcr.io/acme/webapp",
    tag: "1.5.0",
    digest,
    ok: true,
    text: "the registry has it as described",
  };
  const now = Date.UTC(2026, 10, 29, 23, 20);
  const nothing = { stays: [], remarks: [], now };

  it("says that the registry has what is described", () => {
    expect(imageCheckReport(pull, { ok: true, lines: [fine] }, nothing)).toMatchObject({
      name: "Sluice image",
      headSha: pull.head.sha,
      conclusion: "success",
      title: "Registry has webapp 1.5.0 as described",
    });
    expect(imageCheckReport(pull, { ok: true, lines: [fine, fine, fine] }, nothing).title).toBe(
      "Registry has all 3 images as described",
    );
  });

  it("check-image: a tag that was moved, both images, and what to do", () => {
    const built = { described: now - 37 * 60_000, found: now - 10 * 60_000 };
    const line = { ...fine, found: `sha256:${"77".repeat(32)}`, built, ok: false, text: "is another image now" };
    const report = imageCheckReport(pull, { ok: false, lines: [line] }, { ...nothing, remarks: ["A remark."] });
    expect([report.conclusion, report.title]).toEqual(["failure", "webapp 1.5.0 is another image now"]);
    expect(report.summary).toBe(
      [
        "**The tag `1.5.0` was moved since this pull request opened.** Sluice does not merge it; it is being updated to the new image.",
        "- **Described here:** `a9a9a9a9a9a9`, built 29 Nov, 22:43 UTC\n- **In the registry:** `777777777777`, built 29 Nov, 23:10 UTC",
        "**Next:** ask who pushed `1.5.0` twice. `/retry` asks the registry again.",
        "A remark.",
      ].join("\n\n"),
    );
  });

  it("check-titles: what the registry has no more, and whom it waits for", () => {
    const line = { ...fine, ok: false, gone: true as const, text: "is no longer in the registry" };
    const { conclusion, title, summary } = imageCheckReport(pull, { ok: false, lines: [line] }, nothing);
    expect(`${conclusion} · ${title}`).toBe("failure · webapp 1.5.0 is gone from the registry");
    expect(summary).toBe("**`webapp:1.5.0` is no longer in the registry.**");
    const waiting = waitingReport(pull, { host: "ghcr.io", since: now - 40 * 60_000, now });
    expect([waiting.status, waiting.title]).toEqual([
      "in_progress",
      "Waiting for the registry ghcr.io since 22:40 UTC",
    ]);
    expect(lintText(waiting.title, "title")).toEqual([]);
  });

  it("takes the words of strangers as words", () => {
    const line = { image: "api", tag: "2.0", digest, ok: false, text: "@team | <b>gone</b>" };
    const report = imageCheckReport(pull, { ok: false, lines: [line] }, nothing);
    expect(report.title).toBe("api 2.0 cannot be confirmed");
    expect(report.summary).not.toMatch(/@team|<b>/);
  });

  it("image-left-out-places: warns of uses that stay as they are", () => {
    const stay = { place: "container `debug`", at: "debug", why: "that tag has no order", fix: "", half: false };
    const report = imageCheckReport(pull, { ok: true, lines: [fine] }, { ...nothing, stays: [stay, stay] });
    expect([report.conclusion, report.title]).toEqual(["neutral", "Warning: 2 uses of webapp stay as they are"]);
    expect(report.summary).toContain("- **container `debug`** stays at `debug`: that tag has no order");
  });

  it("image-held: is in progress while a person holds the place", () => {
    const held = {
      title: "On hold by mona until 30 Nov, 08:00 UTC",
      text: "**⏸️ On hold: staging gets web 1.5.0 later.**",
    };
    const report = imageCheckReport(pull, { ok: true, lines: [fine] }, { ...nothing, held });
    expect([report.status, report.conclusion, report.title]).toEqual(["in_progress", undefined, held.title]);
    expect(report.summary).toMatch(/^\*\*⏸️ On hold: staging gets web 1\.5\.0 later\.\*\*\n\n- `webapp:1\.5\.0`: /);
  });
});
