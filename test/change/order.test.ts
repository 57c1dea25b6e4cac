import { describe, expect, it } from "vitest";
import { matchNames } from "../../src/change/images/match.ts";
import { orderOf } from "../../src/change/images/order.ts";

describe("the order of versions", () => {
  it.each([
    ["1.2.3", "1.10.0", "older"],
    ["v2", "v1.9", "newer"],
    ["1.4.0-rc.1", "1.4.0", "older"],
    ["1.4.0-rc.2", "1.4.0-rc.10", "older"],
    ["1.4.0-alpha", "1.4.0-alpha.1", "older"],
    ["1.4.0-1", "1.4.0-beta", "older"],
    ["1.3.0@sha256:aa", "1.4.0@sha256:bb", "older"],
    ["1.4.0", "1.4.0", "same"],
    ["1.4.0@sha256:aa", "1.4.0@sha256:bb", "unknown"],
    ["main-7f3a2c1", "main-0b1c2d3", "unknown"],
    ["latest", "1.0.0", "unknown"],
    ["20240101", "20250101", "older"],
  ])("%s against %s is %s", (version, other, order) => {
    expect(orderOf(version, other)).toBe(order);
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
});
