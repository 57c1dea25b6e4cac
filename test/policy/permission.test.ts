import { describe, expect, it } from "vitest";
import type { Permission } from "../../src/model/github.ts";
import { includes } from "../../src/policy/permission.ts";

const ORDER: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];

describe("permissions", () => {
  it("include themselves and every weaker one", () => {
    for (const [i, has] of ORDER.entries()) {
      for (const [j, needs] of ORDER.entries()) expect(includes(has, needs)).toBe(i >= j);
    }
  });
});
