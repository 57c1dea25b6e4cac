import { describe, expect, it } from "vitest";
import type { ImagePolicy } from "../../../src/config/index.ts";
import { variantDecisions } from "../../../src/images/policy/index.ts";
import { suffixOf, variantOf } from "../../../src/images/policy/variants.ts";
import { decide, digestOf, has } from "./support.ts";

describe("a tag names a variant", () => {
  it.each([
    ["1.4.0", ""],
    ["v1.4", ""],
    ["1.4.0-rc.1", ""],
    ["18beta2", ""],
    ["0.9.0-dev-9", ""],
    ["1.4.0-20260101T101500Z", ""],
    ["1.4.0-0a1b2c3", ""],
    ["1.4.0-4-g0a1b2c3", ""],
    ["0a1b2c3d4e5f", ""],
    ["2026.01.31", ""],
    ["1.4.0-migrate", "migrate"],
    ["1.4.0-alpine3.22", "alpine"],
    ["1.4-alpine3.21", "alpine"],
    ["1.4.0-rc.1-alpine", "alpine"],
    ["1.4.0_debug", "debug"],
    ["1.4.0-debian-12-r3", "debian-r"],
    ["main-0a1b2c3-1700000000", "main"],
    ["sha-0a1b2c3", "sha"],
    ["RELEASE.2026-01-20T14-49-07Z", "release"],
    ["debug", "debug"],
    ["nightly", "nightly"],
    ["latest", "latest"],
  ])("%s: %j", (tag, variant) => {
    expect(variantOf(tag)).toBe(variant);
  });

  it.each([
    ["1.4.0-migrate", "-migrate"],
    ["1.4.0-rc.1-alpine3.22", "-alpine3.22"],
    ["1.4.0-rc.1-cuda12", "-cuda12"],
    ["1.4.0-Migrate", "-Migrate"],
    ["1.4.0", ""],
    ["debug", ""],
    ["main-0a1b2c3-17", ""],
  ])("%s ends in %j", (tag, suffix) => {
    expect(suffixOf(tag)).toBe(suffix);
  });
});

/** `TAG` of what moves, `TAG: KIND` of what stays and is named. */
async function told(policy: ImagePolicy, tags: readonly string[], current: Parameters<typeof decide>[2]) {
  const { chosen, targets } = await decide(policy, tags, current, {
    pin: policy.digest === undefined ? "tag" : "both",
  });
  const uses = targets.flatMap(({ from, moves, kept }) =>
    moves ? [from.tag] : kept === undefined ? [] : [`${from.tag}: ${kept.kind}`],
  );
  return [chosen?.tag, ...uses];
}

describe("of several uses in one target", () => {
  const semver: ImagePolicy = { semver: "^1" };
  const migrations: ImagePolicy = { regex: "^(?<v>.*)-migrate$", capture: "$v", semver: "^1" };

  it.each<[string, ImagePolicy, readonly string[], readonly string[], readonly (string | undefined)[]]>([
    [
      "variants-one-workload",
      semver,
      ["1.5.0"],
      ["1.0.0-migrate", "1.0.0", "debug"],
      ["1.5.0", "1.0.0-migrate: variant", "1.0.0", "debug: order"],
    ],
    [
      "variants-excluded-by-regex",
      { regex: "^[0-9.]+$" },
      ["1.5.0"],
      ["1.0.0", "1.0.0-distroless"],
      ["1.5.0", "1.0.0", "1.0.0-distroless: regex"],
    ],
    [
      "variants-ignored",
      { semver: "^1", ignore: ["debug", "*-migrate"] },
      ["1.5.0"],
      ["1.0.0-migrate", "1.0.0", "debug"],
      ["1.5.0", "1.0.0-migrate: ignored", "1.0.0", "debug: ignored"],
    ],
    [
      "variants-digest-policy",
      { digest: "release" },
      [],
      ["release", "nightly"],
      ["release", "release", "nightly: tag"],
    ],
    [
      "another line of the tags that a regex takes",
      { regex: "^1[.0-9]+$" },
      ["1.5.0"],
      ["1.0.0", "2.0.0", "debug"],
      ["1.5.0", "1.0.0", "2.0.0: newer", "debug: regex"],
    ],
    [
      "an image without a tag",
      { regex: "^[0-9.]+$" },
      ["1.5.0"],
      ["1.0.0", `@${digestOf("other")}`],
      ["1.5.0", "1.0.0", ": order"],
    ],
    ["the same version by another name", semver, ["1.5.0"], ["1.0.0", "v1.5.0"], ["1.5.0", "1.0.0"]],
    ["two-versions-one-target", semver, ["1.5.0"], ["1.9.0", "1.0.0"], ["1.5.0", "1.9.0: newer", "1.0.0"]],
    [
      "the variant that regex and capture take",
      migrations,
      ["1.5.0-migrate"],
      ["1.0.0", "1.0.0-migrate", "debug"],
      ["1.5.0-migrate", "1.0.0: regex", "1.0.0-migrate", "debug: regex"],
    ],
    [
      "the variant that regex alone takes",
      { regex: "^.*-migrate$" },
      ["1.5.0-migrate"],
      ["1.0.0", "1.0.0-migrate"],
      ["1.5.0-migrate", "1.0.0: regex", "1.0.0-migrate"],
    ],
    [
      "numbers",
      { regex: "^main-(?<n>[0-9]+)$", capture: "$n", numerical: "asc" },
      ["main-9"],
      ["main-3", "latest"],
      ["main-9", "main-3", "latest: regex"],
    ],
    [
      "the alphabet, which has a place for every word",
      { alphabetical: "asc" },
      ["2026-02"],
      ["2026-01", "debug"],
      ["2026-02", "2026-01", "debug: variant"],
    ],
    [
      "builds, which all have a time",
      { newest: true, regex: "^main|^debug" },
      ["main-2"],
      ["main-1", "debug-1"],
      [undefined],
    ],
    ["one that has the best already", semver, ["1.5.0"], ["1.5.0", "debug"], [undefined]],
    ["only one, whatever it is", semver, ["1.5.0"], ["debug"], ["1.5.0", "debug"]],
    ["only one variant", semver, ["1.5.0"], ["1.0.0-alpine"], ["1.5.0", "1.0.0-alpine"]],
    [
      "only one variant beside a word",
      semver,
      ["1.5.0"],
      ["1.0.0-alpine", "debug"],
      ["1.5.0", "1.0.0-alpine", "debug: order"],
    ],
    ["two images of one word", semver, ["1.5.0"], ["debug", `debug@${digestOf("x")}`], ["1.5.0", "debug", "debug"]],
    ["two builds of one branch", semver, ["1.5.0"], ["main-1", "main-2"], [undefined]],
    ["two without an order", semver, ["1.5.0"], ["debug", "latest"], [undefined]],
    ["two other variants", semver, ["1.5.0"], ["1.0.0-alpine", "1.0.0-bookworm"], [undefined]],
    ["releases and a candidate", semver, ["1.5.0"], ["1.0.0", "1.4.0-rc.1"], ["1.5.0", "1.0.0", "1.4.0-rc.1"]],
    ["a moving tag of the same line", semver, ["1.5.0"], ["1.0.0", "1.4"], ["1.5.0", "1.0.0", "1.4"]],
  ])("%s", async (_, policy, tags, current, expected) => {
    expect(await told(policy, tags, current)).toEqual(expected);
  });

  it.each<[ImagePolicy, string, string]>([
    [{ semver: "^1", ignore: ["debug"] }, "debug", "it is ignored by `debug`"],
    [{ regex: "^1[.0-9]+$" }, "debug", "it does not match `^1[.0-9]+$`"],
    [semver, "debug", "that tag has no order"],
    [{ alphabetical: "asc" }, "debug", "it is another variant than 1.5.0"],
  ])("says under %j why %s stays", async (policy, tag, reason) => {
    const { targets } = await decide(policy, ["1.5.0"], ["1.0.0", tag]);
    expect(targets[1]?.kept?.why).toBe(reason);
    expect(targets[1]?.reason).toBe(`1.5.0 is not for ${tag}: ${reason}`);
  });

  it("says of a policy that follows a tag which one that is", async () => {
    const { targets } = await decide({ digest: "release" }, [], ["release", "", "nightly"], { pin: "both" });
    expect(targets.map(({ moves }) => moves)).toEqual([true, true, false]);
    expect(targets[2]?.kept).toEqual({ kind: "tag", why: "the entry follows the tag release" });
  });

  it.each([
    ["1.0.0-migrate", "^.*-migrate$"],
    ["1.0.0-alpine3.22", "^.*-alpine"],
    ["1.0.0-debian.slim", "^.*-debian\\.slim$"],
  ])("names the suffix of %s, and the entry that would take it", async (tag, expression) => {
    const { targets } = await decide(semver, ["1.5.0"], ["1.0.0", tag]);
    expect(targets[1]).toMatchObject({
      reason: `1.5.0 is not for ${tag}: the tag has a suffix that 1.5.0 lacks`,
      kept: { kind: "variant", fix: `To update it, add an entry with \`regex: "${expression}"\`.` },
    });
  });

  it("each is judged by the others of its own target, though elsewhere the same tag stays", async () => {
    const uses = [
      ["one", "1.0.0-alpine"],
      ["one", "1.1.0-alpine"],
      ["two", "1.0.0-alpine"],
      ["two", "1.5.0"],
      ["three", "1.1.0-alpine"],
      ["three", "1.5.0"],
    ].map(([target = "", tag = ""]) => has(tag, { target }));
    const { chosen, targets } = await decide(semver, ["1.5.0"], uses);
    expect(chosen?.tag).toBe("1.5.0");
    expect(targets.filter(({ moves }) => moves).map(({ target, from }) => [target, from.tag])).toEqual([
      ["one", "1.0.0-alpine"],
      ["one", "1.1.0-alpine"],
    ]);
  });

  it("those with the variant of a tag that somebody asks for get it, and all where none has it", () => {
    const uses = ["1.0.0", "1.0.0-migrate", ""].map((tag) => ({ tag, digest: "" }));
    const asked = { moves: true, reason: "1.5.0 was asked for" };
    const other = { moves: false, reason: "it is another variant than 1.5.0", kept: { kind: "variant" } };
    expect(variantDecisions("1.5.0", uses)).toMatchObject([asked, other, asked]);
    expect(variantDecisions("1.5.0-debug", uses.slice(0, 2))).toMatchObject([{ moves: true }, { moves: true }]);
  });
});

describe("where another entry speaks of the image too", () => {
  const others: readonly ImagePolicy[] = [{ regex: "^.*-migrate$" }];
  const migrate = has("1.0.0-migrate", { others });

  it("an entry moves nothing but what it can compare, not even the only one of a target", async () => {
    expect(await told({ semver: "^1" }, ["1.5.0"], [migrate])).toEqual([undefined]);
    expect(await told({ semver: "^1" }, ["1.5.0"], [has("1.0.0", { others })])).toEqual(["1.5.0", "1.0.0"]);
    const nightly = has("nightly", { others: [{ digest: "nightly" }] });
    expect(await told({ digest: "release" }, [], [nightly])).toEqual([undefined]);
  });

  it.each<[string, string, ImagePolicy, string]>([
    ["a regex", "1.0.0-migrate", { regex: "^.*-migrate$" }, "entry"],
    ["a moving tag", "nightly", { digest: "nightly" }, "entry"],
    ["a regex of other tags", "1.0.0-migrate", { regex: "^.*-debug$" }, "variant"],
    ["another moving tag", "nightly", { digest: "edge" }, "order"],
    ["a range, which names no tags", "1.0.0-migrate", { semver: "^1" }, "variant"],
  ])("what it names is left to it: %s", async (_, tag, other, kind) => {
    const { targets } = await decide({ semver: "^1" }, ["1.5.0"], [has("1.0.0"), has(tag, { others: [other] })]);
    expect(targets[1]?.kept?.kind).toBe(kind);
    expect(targets[1]?.kept?.why === "another entry of the image speaks of it").toBe(kind === "entry");
  });
});

describe("dev-9-dev-12: an order that is not what people expect", () => {
  it("is explained where the tag is named, and where nothing changes", async () => {
    const decision = await decide(
      { semver: ">=0.0.0-0", prerelease: true },
      ["0.9.0-dev-9", "0.9.0-dev-12", "0.9.0-dev-1"],
      ["0.9.0-dev-9"],
    );
    const text = "by semver `dev-12` comes before `dev-9`: identifiers with letters are compared as text";
    expect(decision.summary).toContain(`0.9.0-dev-12 is not newer: ${text}`);
    expect(decision.verdicts.find(({ tag }) => tag === "0.9.0-dev-12")?.reason).toContain(text);
    expect(decision.verdicts.find(({ tag }) => tag === "0.9.0-dev-1")?.reason).not.toContain("by semver");
    expect((await decide({ semver: "^1" }, ["1.9.0", "1.10.0"], ["1.10.0"])).summary).not.toContain("is not newer");
    const later = await decide({ semver: "*", prerelease: true }, ["1.0.0-rc.x9", "1.0.0-rc.x12"], ["1.0.0-rc.x9"]);
    expect(later.summary).toContain("by semver `x12` comes before `x9`");
  });
});
