import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Limits of a test's own, in milliseconds: of a signal, of a test or a hook, of a poll. */
const limit = /AbortSignal\.timeout\(([\d_]+)\)|^ *\}, ([\d_]+)\);$|\{ (?:timeout|interval): ([\d_]+) \}/gm;
/** Below this a limit is there to be met; from that on it is as patient as the runner. */
const [met, patient] = [1_000, 600_000];

function hastyLimits(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(limit)].flatMap(([found, ...limits]) => {
    const ms = Number(limits.find((one) => one !== undefined)?.replaceAll("_", ""));
    return ms >= met && ms < patient ? [`${relative(root, file)}: ${found.trim()}`] : [];
  });
}

describe("tests", () => {
  it("give nothing that must come a shorter time than the runner does: a busy machine would fail them", () => {
    const files = readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
      .filter(({ name, parentPath }) => name.endsWith(".ts") && !parentPath.includes("fixtures"))
      .map(({ name, parentPath }) => join(parentPath, name));
    expect(files.flatMap(hastyLimits)).toEqual([]);
  });
});
