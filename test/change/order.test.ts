import { describe, expect, it } from "vitest";
import { lastSegment, matchNames } from "../../src/change/images/match.ts";
import { type Order, orderOf } from "../../src/model/versions.ts";

const opposite: Readonly<Record<Order, Order>> = { older: "newer", newer: "older", same: "same", unknown: "unknown" };

describe("the order of versions", () => {
  it.each<readonly [string, string, Order]>([
    ["1.2.3", "1.10.0", "older"],
    ["v2", "v1.9", "newer"],
    ["1.2", "1.2.1", "older"],
    ["1.2", "1.2.0", "unknown"],
    ["1.2.3.4", "1.2.3.5", "older"],
    ["1.4.0-rc.1", "1.4.0", "older"],
    ["1.4.0-rc.2", "1.4.0-rc.10", "older"],
    ["1.4.0-alpha", "1.4.0-alpha.1", "older"],
    ["1.4.0-alpha", "1.4.0-beta", "older"],
    ["1.4.0-1", "1.4.0-beta", "older"],
    ["1.4.0-1a", "1.4.0-beta", "older"],
    ["1.4.0-a1", "1.4.0-2", "newer"],
    ["1.4.0-rc.1", "v1.4.0-rc.1", "unknown"],
    ["1.4.0+build.7", "1.5.0", "older"],
    ["1.4.0-rc+build.7", "1.4.0-rd", "older"],
    ["1.3.0@sha256:aa", "1.4.0@sha256:bb", "older"],
    ["1.4.0", "1.4.0", "same"],
    ["main", "main", "same"],
    ["1.4.0@sha256:aa", "1.4.0@sha256:bb", "unknown"],
    ["main-7f3a2c1", "main-0b1c2d3", "unknown"],
    ["latest", "1.0.0", "unknown"],
    ["1.0.0", "latest", "unknown"],
    ["1.2.3.4.5", "1.2.3.4.6", "unknown"],
    ["1234567890", "1", "unknown"],
    ["x1.0.0", "1.0.1", "unknown"],
    ["1.0.0_1", "1.0.1", "unknown"],
    ["20240101", "20250101", "older"],
  ])("%s against %s is %s, and the other way round", (version, other, order) => {
    expect(orderOf(version, other)).toBe(order);
    expect(orderOf(other, version)).toBe(opposite[order]);
  });
});

describe("names of images", () => {
  it("match by name, and by their last part where that is the only one on both sides", () => {
    const here = ["ghcr.io/acme/web", "mirror.local/proxy", "a/tool", "b/tool"];
    const there = ["docker.io/acme/proxy", "ghcr.io/acme/web", "c/tool"];
    expect(matchNames(here, there)).toEqual([
      { here: "ghcr.io/acme/web", there: "ghcr.io/acme/web" },
      { here: "mirror.local/proxy", there: "docker.io/acme/proxy" },
    ]);
  });

  it.each([
    ["two here", ["a/tool", "b/tool"], ["c/tool"]],
    ["two there", ["c/tool"], ["a/tool", "b/tool"]],
    ["none there", ["c/tool"], ["c/other"]],
  ])("match by no last part that stands for %s", (_, here, there) => {
    expect(matchNames(here, there)).toEqual([]);
  });

  it("that are the same leave the last part to another pair", () => {
    expect(matchNames(["a/tool", "b/tool"], ["a/tool", "c/tool"])).toEqual([
      { here: "a/tool", there: "a/tool" },
      { here: "b/tool", there: "c/tool" },
    ]);
  });

  it("end in their last part", () => {
    expect(["web", "ghcr.io/acme/web"].map(lastSegment)).toEqual(["web", "web"]);
  });
});
