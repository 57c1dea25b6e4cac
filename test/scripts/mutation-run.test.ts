import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { tryMutants } from "../../scripts/mutate/campaign.ts";
import { importGraph } from "../../scripts/mutate/graph.ts";
import { mutantsOf } from "../../scripts/mutate/mutants.ts";
import { asText, scoreOf } from "../../scripts/mutate/report.ts";
import type { Scope } from "../../scripts/mutate/scope.ts";
import { tempDir } from "../support/temp-git.ts";

const source = `const limits = new Map([["small", 3]]);

export function fits(size: number): boolean {
  return size <= (limits.get("small") ?? 0);
}

export function unused(size: number): number {
  return size * 2;
}
`;

const tests = `import { beforeAll, describe, expect, it } from "vitest";
import { fits } from "../src/fits.ts";

let size = 0;
beforeAll(() => {
  size = 2;
});

describe("a size", () => {
  it.each([[2, true], [9, false]])("%i", (size, expected) => expect(fits(size)).toBe(expected));
  it("of a hook", () => expect(fits(size)).toBe(true));
});
`;

/** A folder with one source file and its tests, as the tool sees it. */
function scopeIn(root: string): Scope {
  for (const [file, text] of [["src/fits.ts", source] as const, ["test/fits.test.ts", tests] as const]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const mutants = mutantsOf("src/fits.ts", source, 1);
  return {
    folder: { source: "src", tests: ["test"] },
    sources: new Map([["src/fits.ts", source]]),
    mutants,
    wanted: mutants,
    tests: ["test/fits.test.ts"],
    leftOut: [],
  };
}

it("tells mutants that a test notices, in a call or while files load, from those that survive", async () => {
  const root = tempDir("sluice-mutation-");
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const scope = scopeIn(root);
  const calm: string[] = [];
  const verdicts = await tryMutants(scope, scope.mutants, {
    root,
    graph: importGraph(root),
    seed: 1,
    workers: 1,
    slowest: undefined,
    signal: new AbortController().signal,
    onCalm: ({ tests }) => calm.push(...tests.map(({ test }) => test)),
    onVerdict: () => undefined,
  });
  const became = verdicts.map(({ mutant, status }) => `${mutant.original} → ${mutant.mutated}: ${status}`);
  expect(calm.map((test) => test.split(" > ").slice(1).join(" > "))).toEqual([
    "a size > 2",
    "a size > 9",
    "a size > of a hook",
  ]);
  expect(became).toContain('[["small", 3]] → []: killed');
  expect(became).toContain('size <= (limits.get("small") ?? 0) → true: killed');
  expect(became).toContain('size <= limits.get("small") ?? 0 → size < limits.get("small") ?? 0: survived');
  expect(became).toContain("size * 2 → size / 2: unreached");
  expect(scoreOf("src", verdicts)).toMatchObject({ mutants: verdicts.length, timeouts: 0, unreached: 2 });
  expect(asText("src", verdicts)).toContain("src/fits.ts:8:10  size * 2 → size / 2   [no test comes by]");
});
