import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBranch, promotionBranch } from "../../../src/promote/text/branch.ts";

describe("the branch of a promotion", () => {
  it("is one for a target for ever", () => {
    expect(promotionBranch("promotion", "prod", ["webapp"])).toBe("sluice/promote/prod/webapp");
    expect(promotionBranch("rollback", "prod", ["webapp"])).toBe("sluice/rollback/prod/webapp");
  });

  it.each([
    ["a.lock", "a%2Elock"],
    ["a.lockx", "a.lockx"],
    ["a..b", "a.%2Eb"],
    ["a.", "a%2E"],
    [".a", "%2Ea"],
    ["-a-b", "%2Da-b"],
    ["a/b+c%d", "a%2Fb%2Bc%25d"],
    ["ü_1", "%C3%BC_1"],
    ["\u0001", "%01"],
  ])("writes %j so that git takes it", (name, segment) => {
    expect(promotionBranch("promotion", name, [name])).toBe(`sluice/promote/${segment}/${segment}`);
  });

  it("of several apps parses back to their group", () => {
    const branch = promotionBranch("rollback", "e/u", ["b", "a"]);
    const group = branch.split("/").at(-1);
    expect(parseBranch(branch)).toEqual({ kind: "rollback", environment: "e/u", group });
    expect(promotionBranch("promotion", "prod", [])).toMatch(/\/\+group\/[0-9a-f]{12}$/);
  });

  it("is the same for a set of apps in any order, and for ever", () => {
    const branch = promotionBranch("promotion", "prod", ["b", "a"]);
    expect(branch).toBe("sluice/promote/prod/+group/59b271ae1bbc");
    expect(promotionBranch("promotion", "prod", ["ab"])).not.toBe(promotionBranch("promotion", "prod", ["a", "b"]));
    expect(promotionBranch("promotion", "prod", ["a", "b"])).toBe(branch);
    expect(promotionBranch("promotion", "prod", ["a", "c"])).not.toBe(branch);
  });

  it("parses back, whatever an app is called", () => {
    const names = fc.string({ minLength: 1, maxLength: 30, unit: "binary" }).filter((name) => name.isWellFormed());
    const odd = fc.constantFrom("a.lock", "..", ".", "-x", "@{u}", "a/b", "+group", "%2E", "ü", "a..b", "a.");
    fc.assert(
      fc.property(fc.oneof(odd, names), fc.constantFrom("promotion" as const, "rollback" as const), (app, kind) => {
        expect(parseBranch(promotionBranch(kind, "prod", [app]))).toEqual({ kind, environment: "prod", app });
      }),
    );
  });

  it("is a name that git takes", () => {
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
      "sluice/promote/prod/+group",
      "sluice/promote/prod/+group/0123456789abc",
      "sluice/promote/prod/+group/x0123456789ab",
      "sluice/promote/prod/+group/0123456789ab/c",
      "sluice/promote/prod/",
      "sluice/promote/prod/a+b",
      "sluice/promote/prod/%2e",
      "sluice/promote/prod/%zz",
      "xsluice/promote/prod/a",
    ]) {
      expect(parseBranch(name)).toBeUndefined();
    }
  });
});
