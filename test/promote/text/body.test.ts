import { describe, expect, it } from "vitest";
import { createSigner } from "../../../src/change/signature.ts";
import type { GateVerdict } from "../../../src/model/gates.ts";
import { type BodyParts, promotionBody } from "../../../src/promote/text/body.ts";
import { gatesCheck, gatesSection, openGates, replaceGates } from "../../../src/promote/text/gates.ts";
import { changeOf } from "../../../src/promote/text/included-changes.ts";
import { parsePromotion, printPromotion } from "../../../src/promote/text/metadata.ts";
import { statusComment } from "../../../src/promote/text/status-comment.ts";
import { promotionTitle } from "../../../src/promote/text/title.ts";

const signer = createSigner("key");
const now = Date.UTC(2026, 10, 21, 13, 40);
const verdict: GateVerdict = {
  state: "blocked",
  nextAt: now + 25 * 60_000,
  results: [
    { gate: "healthy", label: "Healthy", state: "passed", reason: "live and healthy in staging" },
    { gate: "soak", label: "Soak", state: "waiting", reason: "30 min are not over", nextAt: now + 25 * 60_000 },
    {
      gate: "approvals",
      label: "Approvals",
      state: "blocked",
      reason: "0 of 1",
      who: "members of release | with write",
    },
  ],
};

function parts(apps: number, more: Partial<BodyParts> = {}): BodyParts {
  const names = Array.from({ length: apps }, (_, index) => `app-${index}`);
  const targets = names.map((app) => ({
    app,
    images: [{ image: `ghcr.io/acme/${app}`, from: "1.4.0", to: "1.5.0" }],
    digest: "d",
  }));
  const metadata = {
    kind: "promotion",
    environment: "prod",
    from: "staging",
    apps: names,
    commit: "a".repeat(40),
    base: "main",
    actor: "ada",
    origin: 12,
    targets,
    carried: [],
    replaced: [],
  } as const;
  return {
    metadata,
    comment: printPromotion(metadata, "b", signer),
    gates: gatesSection(verdict, now),
    included: { changes: [], truncated: false, compareUrl: undefined },
    sourceCommits: [],
    notes: [],
    left: [],
    unchanged: [],
    repositoryUrl: "https://github.com/acme/shop",
    ...more,
  };
}

describe("the body of a promotion", () => {
  it("links what lies between two versions of an image in the repository that it is built from", () => {
    const source = {
      url: "https://github.com/acme/webapp",
      compareUrl: "https://github.com/acme/webapp/compare/a...b",
      commits: [],
      total: 0,
    };
    const body = promotionBody(parts(1, { sourceCommits: [{ image: "ghcr.io/acme/webapp", source }] }));
    expect(body).toContain(
      "### Built from\n\n- `ghcr.io/acme/webapp`: [compare in acme/webapp](https://github.com/acme/webapp/compare/a...b)",
    );
  });

  it("says what is carried, from where to where, who asked and what stands in its way", () => {
    const body = promotionBody(parts(1));
    for (const text of [
      "**app-0**",
      "`staging`",
      "`prod`",
      "`ada`",
      "#12",
      "| `1.4.0` | `1.5.0` |",
      "2026-11-21 14:05 UTC (in 25 min)",
      "0 of 1",
    ])
      expect(body).toContain(text);
  });

  it("parses back to its metadata after its gates were replaced", () => {
    const body = promotionBody(parts(1));
    const passed =
      replaceGates(body.replaceAll("\n", "\r\n"), gatesSection({ state: "passed", results: [] }, now)) ?? "";
    expect(parsePromotion(passed, "b", signer)?.apps).toEqual(["app-0"]);
    expect(openGates(body)).toBe("⏳ Soak, ⛔ Approvals");
    expect(openGates(passed)).toBe("");
  });

  it("leaves a body alone from which somebody took the gates out", () => {
    expect(replaceGates("my own words", gatesSection(verdict, now))).toBeUndefined();
  });

  it("shows other people's words as words: no mention, no markup, no marker of ours", () => {
    const subject = "@everyone <img src=x> [x](http://evil) <!-- /sluice:gates --> | `a";
    const changes = [{ sha: "c".repeat(40), subject, author: "*eve*", pullRequest: undefined }];
    const body = promotionBody(
      parts(1, { included: { changes, truncated: true, compareUrl: "https://github.com/acme/shop/compare/a...b" } }),
    );
    for (const text of ["@everyone", "<img", "](http://evil", "*eve*"]) expect(body).not.toContain(text);
    expect(body.match(/<!-- \/sluice:gates -->/g)).toHaveLength(1);
    expect(body).toContain("… and older ones");
  });

  it("stays within GitHub's limit for hundreds of apps and changes, and counts what it leaves out", () => {
    const changes = Array.from({ length: 250 }, (_, index) => ({
      sha: String(index).padStart(40, "0"),
      subject: "x".repeat(300),
      author: "y".repeat(80),
      pullRequest: index,
    }));
    const body = promotionBody(parts(300, { included: { changes, truncated: false, compareUrl: undefined } }));
    expect(body.length).toBeLessThan(65_536);
    expect(body).toMatch(/… and \d+ more/);
    expect(promotionBody(parts(50)).match(/^\| app-/gm)).toHaveLength(50);
  });
});

describe("the title", () => {
  it("names the version when there is one, and is short in any case", () => {
    expect(promotionTitle(parts(1).metadata)).toBe("Promote app-0 to prod: 1.4.0 → 1.5.0");
    expect(promotionTitle(parts(12).metadata)).toBe("Promote 12 apps to prod: 1.4.0 → 1.5.0");
    expect(promotionTitle({ ...parts(1).metadata, kind: "rollback" })).toBe("Roll back app-0 in prod: 1.4.0 → 1.5.0");
    const long = { app: "x".repeat(400), images: [], digest: "" };
    expect(promotionTitle({ ...parts(1).metadata, targets: [long] }).length).toBeLessThanOrEqual(200);
  });

  it("cuts digests", () => {
    const digest = `@sha256:${"ab".repeat(32)}`;
    const targets = [{ app: "web", images: [{ image: "i", from: digest, to: `1.5.0${digest}` }], digest: "" }];
    expect(promotionTitle({ kind: "promotion", environment: "prod", targets })).toBe(
      "Promote web to prod: @sha256:abababababab → 1.5.0",
    );
  });
});

describe("the check of a promotion", () => {
  it("is green when all gates pass, open while something passes by itself, and asks for a person otherwise", () => {
    const check = (state: GateVerdict["state"]) => gatesCheck("head", { ...verdict, state }, now, []);
    expect(check("blocked")).toMatchObject({
      status: "completed",
      conclusion: "action_required",
      title: "Blocked: Soak, Approvals",
    });
    expect(check("waiting")).toMatchObject({
      status: "in_progress",
      title: "Waiting: Soak, Approvals; next at 2026-11-21 14:05 UTC (in 25 min)",
    });
    expect(check("passed")).toMatchObject({ status: "completed", conclusion: "success" });
  });
});

describe("what a commit's message names", () => {
  it("is the pull request of squashed and merged ones, as GitHub writes them", () => {
    expect(changeOf("Release 1.5.0 (#14)\n\nmore")).toEqual({ subject: "Release 1.5.0", pullRequest: 14 });
    expect(changeOf("Merge pull request #7 from acme/x\n\nRelease 1.5.0")).toEqual({
      subject: "Release 1.5.0",
      pullRequest: 7,
    });
    expect(changeOf("Fix #3")).toEqual({ subject: "Fix #3", pullRequest: undefined });
  });
});

describe("the chain comment", () => {
  it("says for each environment where the change is, and what to do next", () => {
    const text = statusComment([
      { app: "webapp", environment: "staging", version: "1.5.0", state: "merged" },
      { app: "webapp", environment: "prod", version: "1.4.0", state: "not-yet", automatic: false },
    ]);
    expect(text).toContain("| ✅ | staging | `1.5.0` | merged with this pull request |");
    expect(text).toContain("Comment `/promote prod` to carry it on.");
  });

  it("links the promotion under way and names its open gates", () => {
    const text = statusComment([
      {
        app: "a|b",
        environment: "prod",
        version: "1",
        state: "under-way",
        pullRequest: 13,
        becomes: "2",
        gates: "⏳ Soak",
      },
    ]);
    expect(text).toContain("becomes `2` with #13: ⏳ Soak");
  });
});
