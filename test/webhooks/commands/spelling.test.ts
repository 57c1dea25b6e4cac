import { describe, expect, it } from "vitest";
import { closest } from "../../../src/webhooks/commands/spelling.ts";

describe("what was probably meant", () => {
  it("is the nearest word within one slip, or two in a long word", () => {
    expect(closest("dif", ["help", "diff"])).toBe("diff");
    expect(closest("rconcl", ["reconcile"])).toBeUndefined();
    expect(closest("reconcil", ["release", "reconcile"])).toBe("reconcile");
    expect(closest("rollbakc", ["rollback"])).toBe("rollback");
    expect(closest("lgtm", ["diff", "help"])).toBeUndefined();
  });
});
