import { describe, expect, it } from "vitest";
import { takenBack } from "../../src/images/rollback-guard.ts";
import type { HistoryEntry } from "../../src/model/state.ts";

const web = "ghcr.io/acme/web";

/** An entry of a history: `1.3.0 > 1.4.0`, several apart by commas. */
function entry(kind: "bumped" | "promoted" | "rolled-back" | "reverted", changes: string, image = web): HistoryEntry {
  const versions = changes.split(", ").map((change) => {
    const [from = "", to = ""] = change.split(" > ");
    return { image, from, to };
  });
  return { kind, id: "1", at: "2026-01-01T00:00:00Z", by: "sluice", commit: "c0ffee", versions };
}

/** The tag that is held back in a target with places that have these versions. */
function held(places: string, ...history: readonly HistoryEntry[]): string | undefined {
  const versions = places.split(", ").map((place) => {
    const [tag = "", digest = ""] = place.split("@");
    return { tag, digest, places: [] };
  });
  return takenBack(web, { versions }, history)?.tag;
}

const bumped = entry("bumped", "1.3.0 > 1.4.0");

describe("a version that came to a target", () => {
  it("is not held back while all places have it, or nothing is known", () => {
    expect(held("1.4.0", bumped)).toBeUndefined();
    expect(held("1.3.0")).toBeUndefined();
    expect(held("1.3.0", entry("bumped", "1.0.0 > 2.0.0", "ghcr.io/acme/api"))).toBeUndefined();
  });

  it("is held back when it was rolled back everywhere, to whatever there is now", () => {
    expect(held("1.3.0", bumped)).toBe("1.4.0");
    expect(held("1.1.0", bumped)).toBe("1.4.0");
    expect(held("1.3.0", entry("rolled-back", "1.4.0 > 1.3.0"))).toBe("1.4.0");
    expect(held("1.3.0", entry("reverted", "1.4.0 > 1.3.0"))).toBe("1.4.0");
  });

  it("is held back when one of two places was rolled back by a person", () => {
    expect(held("1.4.0, 1.3.0", bumped)).toBe("1.4.0");
    expect(held("1.2.0, 1.4.0", entry("bumped", "1.3.0 > 1.4.0, 1.2.0 > 1.4.0"))).toBe("1.4.0");
    expect(held("1.4.0, 1.3.0", entry("rolled-back", "1.4.0 > 1.3.0"))).toBe("1.4.0");
  });

  it("is all that is held where the target moved on: what is newer than it comes", () => {
    expect(held("1.5.0", bumped)).toBe("1.4.0");
    expect(held("1.5.0, 1.4.0", bumped)).toBe("1.4.0");
    expect(held("1.5.0", bumped, entry("bumped", "1.4.0 > 1.5.0"))).toBeUndefined();
  });

  it("is told apart from others that came with it", () => {
    const two = entry("promoted", "1.3.0 > 1.4.0, 1.0.0 > 1.1.0");
    expect(held("1.4.0, 1.1.0", two)).toBeUndefined();
    expect(held("1.3.0, 1.1.0", two)).toBe("1.4.0");
    expect(held("1.4.0, 1.0.0", two)).toBe("1.1.0");
    expect(held("1.4.0, 1.1.0, 1.0.0", two)).toBe("1.1.0");
  });

  it("is the same with its digest beside it, and another one with another digest", () => {
    const [one, two] = [`1.4.0@sha256:${"1".repeat(64)}`, `1.4.0@sha256:${"2".repeat(64)}`];
    expect(held(`1.4.0, ${two}`, entry("bumped", `1.3.0 > 1.4.0, 1.3.0 > ${two}`))).toBeUndefined();
    expect(held("1.4.0", entry("bumped", `1.3.0 > ${two}`))).toBeUndefined();
    expect(held(one, entry("bumped", `${one} > ${two}`))).toBe("1.4.0");
    expect(held(`${one}, ${two}`, entry("bumped", `${one} > ${two}`))).toBe("1.4.0");
  });
});
