import { describe, expect, it } from "vitest";
import { createSigner } from "../../../src/change/signature.ts";
import type { GateVerdict } from "../../../src/model/gates.ts";
import { type BodyParts, promotionBody, replaceWays, versionsLine } from "../../../src/promote/text/body.ts";
import { gatesSection, replaceGates, shownGates } from "../../../src/promote/text/gates.ts";
import { type PromotionMetadata, parsePromotion, printPromotion } from "../../../src/promote/text/metadata.ts";

const signer = createSigner("key").of(1);
const verdict: GateVerdict = {
  state: "blocked",
  results: [
    { gate: "healthy", label: "Healthy", state: "passed", reason: "live and healthy in staging" },
    { gate: "soak", label: "Soak", state: "waiting", reason: "30 min are not over" },
    {
      gate: "approvals",
      label: "Approvals",
      state: "blocked",
      reason: "0 of 1",
      who: "members of release | with write",
    },
  ],
};

function parts(apps: number, more: Partial<BodyParts> = {}, about: Partial<PromotionMetadata> = {}): BodyParts {
  const names = Array.from({ length: apps }, (_, index) => `app-${index}`);
  const targets = names.map((app) => ({
    app,
    images: [{ image: `ghcr.io/acme/${app}`, from: "1.4.0", to: "1.5.0" }],
    digest: "d",
  }));
  const metadata: PromotionMetadata = {
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
    ...about,
  };
  return {
    metadata,
    comment: printPromotion(metadata, "b", signer),
    verdict: "VERDICT",
    gates: gatesSection(verdict),
    included: { changes: [], truncated: false, compareUrl: undefined },
    sourceCommits: [],
    notes: [],
    left: [],
    unchanged: [],
    repositoryUrl: "https://github.com/acme/shop",
    ...more,
  };
}

/** The lines between a heading, or the text before, and the next empty line but one. */
function section(body: string, heading: string): readonly string[] {
  const [, rest = ""] = body.split(`${heading}\n\n`);
  return rest.split("\n\n")[0]?.split("\n") ?? [];
}

const commit = `[\`aaaaaaa\`](https://github.com/acme/shop/commit/${"a".repeat(40)})`;

describe("the body of a promotion", () => {
  it("has its sections in one order, with an empty line between them", () => {
    const changes = [{ sha: "c".repeat(40), subject: "Release 1.5.0", author: "Ada", pullRequest: 12 }];
    const source = { url: "https://github.com/acme/app", compareUrl: undefined, commits: [], total: 0 };
    const all = parts(1, {
      comment: "<!-- metadata -->",
      gates: "GATES",
      included: { changes, truncated: false, compareUrl: undefined },
      sourceCommits: [{ image: "ghcr.io/acme/app-0", source }],
      notes: [{ app: "app-0", note: "It is set elsewhere." }],
    });
    expect(promotionBody(all)).toBe(
      [
        "<!-- metadata -->",
        "VERDICT",
        "",
        "GATES",
        "",
        "### What is new",
        "",
        "No earlier promotion is known, so this is the newest part of staging's history and prod may have some of it:",
        "",
        "- #12 Release 1.5.0 (`Ada`)",
        "",
        "Built from [acme/app](https://github.com/acme/app)",
        "",
        "### Remarks",
        "",
        "- It is set elsewhere.",
        "",
        `<sub>\`ada\` asked for this in #12 · from staging at ${commit} · closing drops it, \`/hold prod\` stops it</sub>`,
        "",
      ].join("\n"),
    );
  });

  it("says after the merge what can be done then, unless somebody rewrote that line", () => {
    const about = { kind: "promotion", environment: "prod", apps: ["app-0"] } as const;
    const open = promotionBody(parts(1));
    const merged = replaceWays(open, about);
    expect(merged).toMatch(/ · to go back: `\/rollback prod app-0`<\/sub>\n$/);
    expect(merged).not.toContain("closing drops it");
    expect(replaceWays(merged, about)).toBe(merged);
    const rollback = promotionBody(parts(1, {}, { kind: "rollback" }));
    expect(replaceWays(rollback, { ...about, kind: "rollback" })).toMatch(
      / · `\/release prod\/app-0` ends the hold<\/sub>\n$/,
    );
    expect(replaceWays("Ours.", about)).toBe("Ours.");
  });

  it("leaves sections out that say nothing", () => {
    const body = promotionBody(parts(1));
    expect(body.match(/^### .*$/gm)).toEqual(["### Gates: 1 of 3 passed"]);
    expect(body).not.toContain("\n\n\n");
  });

  it("says who asked and where, or that it opened automatically", () => {
    const who = (about: Partial<PromotionMetadata>) => /<sub>(.*?) · /.exec(promotionBody(parts(1, {}, about)))?.[1];
    expect(who({ origin: undefined })).toBe("`ada` asked for this");
    expect(who({ actor: undefined })).toBe("Opened automatically");
  });

  it("shows each version, short, where there are several, and apps whose files change alone", () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const targets = [
      { app: "files", images: [], digest: "" },
      {
        app: "a_b",
        images: [
          { image: "acme/web", from: "", to: `1.5.0@${digest}` },
          { image: "acme/log", from: `@${digest}`, to: "2" },
        ],
        digest: "",
      },
    ];
    const rows = (some: typeof targets) =>
      promotionBody(parts(1, {}, { targets: some })).match(/^\| (?!App|Image).*$/gm);
    expect(rows(targets)?.slice(0, 3)).toEqual([
      "| files | files | see the diff |",
      "| a&#95;b · web | not yet | `1.5.0` |",
      "| a&#95;b · log | `@sha256:abababababab` | `2` |",
    ]);
    expect(rows(targets.slice(1))).toEqual(["| web | not yet | `1.5.0` |", "| log | `@sha256:abababababab` | `2` |"]);
    expect(rows(targets.slice(0, 1))).toBeNull();
  });

  it("remarks on apps by name where there are several, on renders that stay, and on what is not included", () => {
    const note = { app: "app-0", note: "Set in `a.yaml`." };
    const left = { app: "api", why: "it has no *image*" };
    const body = (apps: number, more: Partial<BodyParts>) => promotionBody(parts(apps, { notes: [note], ...more }));
    const remarks = (apps: number, more: Partial<BodyParts>) => section(body(apps, more), "### Remarks");
    expect(remarks(1, {})).toEqual(["- Set in `a.yaml`."]);
    expect(remarks(2, { unchanged: ["app-1"] })).toEqual([
      "- `app-0`: Set in `a.yaml`.",
      "- `app-1`: the render stays the same; nothing changes in the cluster",
    ]);
    expect(body(1, { left: [left] })).toContain("Not included:\n- **api**: it has no &#42;image&#42;.\n\n");
    expect(remarks(1, { notes: Array.from({ length: 60 }, () => note) })).toHaveLength(50);
  });

  it("parses back to its metadata after its gates were replaced", () => {
    const body = promotionBody(parts(1));
    const passed = replaceGates(body.replaceAll("\n", "\r\n"), gatesSection({ state: "passed", results: [] })) ?? "";
    expect(parsePromotion(passed, "b", signer)?.apps).toEqual(["app-0"]);
    expect([...shownGates(body).keys()]).toEqual(["healthy", "soak", "approvals"]);
    expect(shownGates(passed).size).toBe(0);
  });

  it("shows other people's words as words: no mention, no markup, no marker of ours", () => {
    const subject = "@everyone <img src=x> [x](http://evil) <!-- /sluice:gates --> | `a";
    const changes = [{ sha: "c".repeat(40), subject, author: "*eve*", pullRequest: undefined }];
    const body = promotionBody(
      parts(1, { included: { changes, truncated: true, compareUrl: "https://github.com/acme/shop/compare/a...b" } }),
    );
    for (const text of ["@everyone", "<img", "](http://evil", "(*eve*"]) expect(body).not.toContain(text);
    expect(body.match(/<!-- \/sluice:gates -->/g)).toHaveLength(1);
    expect(body).toContain("- and older ones");
  });
});

describe("a body that would be too long", () => {
  const changes = (length: number, size: number) =>
    Array.from({ length }, (_, index) => ({
      sha: String(index).padStart(40, "0"),
      subject: "x".repeat(size),
      author: "y".repeat(80),
      pullRequest: index,
    }));
  const carried = (length: number, size: number) => ({
    changes: changes(length, size),
    truncated: false,
    compareUrl: undefined,
  });
  /** How many changes and versions a body lists, and how many it says are left out. */
  const counted = (body: string) => ({
    changes: body.match(/^- #\d+ /gm)?.length ?? 0,
    rows: body.match(/^\| app-/gm)?.length ?? 0,
    more: /^\| and (.*) \| \| \|$/m.exec(body)?.[1] ?? "",
    fits: body.length <= 60_000,
  });

  const comment = "<!-- metadata -->";

  it.each([
    ["50 apps", 50, 0, 0, { changes: 0, rows: 50, more: "" }],
    ["500 apps", 500, 0, 0, { changes: 0, rows: 500, more: "" }],
    ["501 apps", 501, 0, 0, { changes: 0, rows: 500, more: "1 more" }],
    ["100 changes", 2, 100, 10, { changes: 100, rows: 2, more: "" }],
    ["101 changes", 2, 101, 10, { changes: 100, rows: 2, more: "" }],
    ["200 apps and long changes", 200, 250, 300, { changes: 100, rows: 200, more: "" }],
    ["400 apps and long changes", 400, 250, 300, { changes: 100, rows: 400, more: "" }],
  ])("of %s lists what fits, and counts the rest", (_, apps, length, size, expected) => {
    const body = promotionBody(parts(apps, { comment, included: carried(length, size) }));
    expect(counted(body)).toEqual({ ...expected, fits: true });
  });

  it("counts apps whose files change alone among the versions", () => {
    const { metadata } = parts(499);
    const files = ["a", "b", "c"].map((app) => ({ app, images: [], digest: "" }));
    const body = promotionBody(parts(1, { comment }, { targets: [...files, ...metadata.targets] }));
    expect(counted(body)).toMatchObject({ rows: 497, more: "2 more" });
    expect(body.match(/^.*see the diff.*$/gm)).toEqual([
      "| a | files | see the diff |",
      "| b | files | see the diff |",
      "| c | files | see the diff |",
    ]);
  });

  it.each([
    ["fewer changes and versions", 520, { changes: 10, rows: 150 }],
    ["even fewer", 640, { changes: 3, rows: 60 }],
    ["no changes, no notes and 20 of what is left", 900, { changes: 0, rows: 40 }],
  ])("has %s when remarks take the room", (_, size, { changes: shown, rows }) => {
    const notes = Array.from({ length: 50 }, () => ({ app: "app-0", note: "z".repeat(size) }));
    const left = Array.from({ length: 100 }, () => ({ app: "api", why: "w".repeat(size / 3) }));
    const body = promotionBody(parts(400, { comment, included: carried(250, 200), notes, left }));
    expect(counted(body)).toEqual({ changes: shown, rows, more: `${400 - rows} more`, fits: true });
    expect(body.match(/^- \*\*api\*\*: /gm)).toHaveLength(shown === 0 ? 20 : 100);
    expect(body.includes("zzz")).toBe(shown > 0);
  });
});

describe("the versions of a promotion on one line", () => {
  const target = (app: string, ...versions: readonly string[]) => ({
    app,
    images: versions.map((to) => ({ image: "i", from: "1", to })),
    digest: "",
  });

  it.each([
    ["one app", [target("web", "2")], "web 1 → 2"],
    ["an app of several images", [target("web", "2", "3", "4")], "web 1 → 2 and 2 more"],
    ["an app whose files change alone", [target("web")], "web"],
    ["three apps", ["a", "b", "c"].map((app) => target(app, "2")), "a 1 → 2, b 1 → 2, c 1 → 2"],
    [
      "more apps",
      ["a", "b", "c", "d", "e"].map((app) => target(app, "2")),
      "a 1 → 2, b 1 → 2, c 1 → 2 and 2 more apps",
    ],
  ])("names the versions of %s", (_, targets, line) => {
    expect(versionsLine(targets)).toBe(line);
  });

  it("is cut at 300 characters", () => {
    expect(versionsLine([target("x".repeat(400), "2")])).toBe("x".repeat(300));
  });
});
