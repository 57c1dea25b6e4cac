import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBranch, promotionBranch } from "../../../src/promote/text/branch.ts";

describe("the branch of a promotion", () => {
  it("is one for a target for ever", () => {
    expect(promotionBranch("promotion", "prod", ["webapp"])).toBe("sluice/promote/prod/webapp");
    expect(promotionBranch("rollback", "prod", ["webapp"])).toBe("sluice/rollback/prod/webapp");
  });

  it("is the same for a set of apps in any order", () => {
    const branch = promotionBranch("promotion", "prod", ["b", "a"]);
    expect(branch).toMatch(/^sluice\/promote\/prod\/\+group\/[0-9a-f]{12}$/);
    expect(promotionBranch("promotion", "prod", ["a", "b"])).toBe(branch);
    expect(promotionBranch("promotion", "prod", ["a", "c"])).not.toBe(branch);
  });

  it("parses back, and is a name that git takes, whatever an app is called", () => {
    const names = fc.string({ minLength: 1, maxLength: 30, unit: "binary" }).filter((name) => name.isWellFormed());
    const odd = fc.constantFrom("a.lock", "..", ".", "-x", "@{u}", "a/b", "+group", "%2E", "ü", "a..b", "a.");
    fc.assert(
      fc.property(fc.oneof(odd, names), fc.constantFrom("promotion" as const, "rollback" as const), (app, kind) => {
        expect(parseBranch(promotionBranch(kind, "prod", [app]))).toEqual({ kind, environment: "prod", app });
      }),
    );
    for (const app of ["a.lock", "..", ".", "-x", "@{u}", "a/b", "+group", "ü", "a..b", "a.", "~^:?*[\\", "\u0001"]) {
      const branch = promotionBranch("promotion", "prod", [app]);
      expect(execFileSync("git", ["check-ref-format", "--branch", branch]).toString().trim()).toBe(branch);
    }
  });

  it("is nothing else: names of people and half of ours do not parse", () => {
    for (const name of [
      "main",
      "sluice/promote",
      "sluice/promote/prod",
      "sluice/promote/prod/a/b",
      "sluice/promote//a",
      "sluice/promote/prod/+group/xyz",
      "sluice/promote/prod/%zz",
      "xsluice/promote/prod/a",
    ]) {
      expect(parseBranch(name)).toBeUndefined();
    }
  });
});
