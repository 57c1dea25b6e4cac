import { describe, expect, it } from "vitest";
import { matchesAny, matchesPattern } from "../../src/model/patterns.ts";

describe("a pattern", () => {
  it.each([
    ["ghcr.io/acme/web", "ghcr.io/acme/web", true],
    ["ghcr.io/acme/web", "ghcr.io/acme/we", false],
    ["ghcr.io/acme/web", "ghcr.io/acme/*", true],
    ["ghcr.io/acme/deep/web", "ghcr.io/acme/*", false],
    ["ghcr.io/acme/deep/web", "ghcr.io/acme/**", true],
    ["ghcr.io/acme/deep/web", "**/web", true],
    ["ghcr.io/acme/web", "ghcr.io/*/web", true],
    ["ghcr.io/acme/web", "*", false],
    ["ghcr.io/acme/web", "**", true],
    ["ghcr.io/acme/service-a", "ghcr.io/acme/service-*", true],
    ["ghcr.io/acme/service-", "ghcr.io/acme/service-*", true],
    ["ghcr.io.evil.test/acme", "ghcr.io/**", false],
    ["ghcrxio/acme", "ghcr.io/*", false],
    ["A", "a", false],
    ["", "", true],
    ["", "*", true],
    ["", "a", false],
    ["a", "", false],
  ])("%s by %s: %s", (text, pattern, matches) => expect(matchesPattern(text, pattern)).toBe(matches));

  it("of many stars needs no long time", () => {
    expect(matchesPattern("a".repeat(255), `${"*a".repeat(200)}b`)).toBe(false);
  });

  it("that is not there excludes nothing", () => expect(matchesAny("anything", [])).toBe(true));
});
