import { describe, expect, it } from "vitest";
import { imageCheckReport } from "../../../src/images/text/check.ts";
import { imagePullRequest, updateText } from "../../../src/images/text/pull-request.ts";
import { bumpsLine, imageTitle } from "../../../src/images/text/title.ts";

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
    expect(title("ghcr.io/acme/web", web, "web/staging web 1.4.0 1.5.0")).toBe("Bump web in staging: 1.4.0 → 1.5.0");
  });

  it("leaves out what differs", () => {
    const two = ["web/staging web 1.4.0 1.5.0", "web/prod web 1.3.0 1.5.0"];
    expect(title("ghcr.io/acme/web", web, ...two)).toBe("Bump web in staging, prod to 1.5.0");
    const images = [...web, image("ghcr.io/acme/api", "2.0.0")];
    const group = ["web/staging web 1.4.0 1.5.0", "api/staging api 1.9.0 2.0.0"];
    expect(title("group front", images, ...group)).toBe("Bump group front in staging");
    expect(title("anything", images, ...group)).toBe("Bump 2 images in staging");
  });

  it("cuts digests and what is too long", () => {
    const digest = `sha256:${"b".repeat(64)}`;
    expect(title("web", web, `web/staging web @sha256:${"c".repeat(64)} @${digest}`)).toBe(
      `Bump web in staging: @sha256:${"c".repeat(12)} → @sha256:${"b".repeat(12)}`,
    );
    const many = Array.from({ length: 100 }, (_, index) => `web/environment-${index} web 1.4.0 1.5.0`);
    const long = title("web", web, ...many);
    expect(long.length).toBeLessThanOrEqual(200);
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

  it("says what comes in place of what, and whose approval fell", () => {
    expect(updateText({ before, now, dismissed: ["ada", "grace"] })).toBe(
      "Now brings `web 1.2.0 → 1.5.0` in place of `web 1.2.0 → 1.4.0`. The approvals of `ada`, `grace` no longer count.",
    );
    expect(updateText({ before: undefined, now, dismissed: [] })).toBe("Now brings `web 1.2.0 → 1.5.0`.");
  });

  it("names the images behind a tag that was moved, and is another comment than that on the head", () => {
    const moved = { ...before, images: [image("web", "1.4.0", `sha256:${"d".repeat(64)}`)] };
    expect(updateText({ before, now: moved, dismissed: [] })).toBe(
      `\`web:1.4.0\` names another image by now: \`sha256:${"d".repeat(12)}\`, and no longer \`sha256:${"a".repeat(12)}\`.`,
    );
    const whole = { unit: "web", base: "main", head: "e".repeat(40), replaced: [] };
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

  it("has one row for each image, and the remarks below", () => {
    const lines = [
      { image: "web", tag: "1.4.0", ok: true, text: "still names sha256:1" },
      { image: "api", tag: "2.0", ok: false, text: "@team | <b>gone</b>" },
    ];
    const report = imageCheckReport(pull, { ok: false, lines }, ["A remark."]);
    expect(report).toMatchObject({ name: "Sluice image", headSha: pull.head.sha, conclusion: "failure" });
    expect(report.title).toBe("The registry has something else");
    const rows = (report.summary ?? "").split("\n").filter((line) => line.startsWith("| `"));
    expect(rows).toHaveLength(2);
    expect(rows[1]?.match(/(?<!\\)\|/g)).toHaveLength(3);
    expect(report.summary).not.toMatch(/@team|<b>/);
    expect(report.summary).toMatch(/\n\nA remark\.$/);
  });

  it("says so when all is as it was", () => {
    const line = { image: "web", tag: "1.4.0", ok: true, text: "still names sha256:1" };
    expect(imageCheckReport(pull, { ok: true, lines: [line] }, [])).toMatchObject({
      conclusion: "success",
      title: "The tag names what is in the registry",
    });
    expect(imageCheckReport(pull, { ok: true, lines: [line, line] }, []).title).toBe(
      "All tags name what is in the registry",
    );
  });
});
