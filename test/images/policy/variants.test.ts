import { describe, expect, it } from "vitest";
import type { ImagePolicy } from "../../../src/config/index.ts";
import { suffixOf, variantOf } from "../../../src/images/policy/variants.ts";
import { decide, has } from "./support.ts";

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
    ["1.4.0", ""],
    ["debug", ""],
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
    ["two without an order", semver, ["1.5.0"], ["debug", "latest"], [undefined]],
    ["two other variants", semver, ["1.5.0"], ["1.0.0-alpine", "1.0.0-bookworm"], [undefined]],
    ["releases and a candidate", semver, ["1.5.0"], ["1.0.0", "1.4.0-rc.1"], ["1.5.0", "1.0.0", "1.4.0-rc.1"]],
    ["a moving tag of the same line", semver, ["1.5.0"], ["1.0.0", "1.4"], ["1.5.0", "1.0.0", "1.4"]],
  ])("%s", async (_, policy, tags, current, expected) => {
    expect(await told(policy, tags, current)).toEqual(expected);
  });

  it("names the suffix, and the entry that would take it", async () => {
    const { targets } = await decide(semver, ["1.5.0"], ["1.0.0", "1.0.0-migrate"]);
    expect(targets[1]).toMatchObject({
      reason: "1.5.0 is not for 1.0.0-migrate: the tag has a suffix that 1.5.0 lacks",
      kept: { fix: 'To update it, add an entry with `regex: "^.*-migrate$"`.' },
    });
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
});
