import { describe, expect, it } from "vitest";
import { matchNames } from "../../src/change/images/match.ts";

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
