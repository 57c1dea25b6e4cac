import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const text = readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8");
const schema = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

describe("the lockfile", () => {
  it("holds the builds of every platform, without which `npm ci` refuses it (mend: npm run lockfile)", () => {
    const { packages } = schema.parse(JSON.parse(text));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !(`node_modules/${name}` in packages))).toEqual([]);
  });

  it("names no registry's host", () => {
    expect(text).not.toMatch(/"resolved"\s*:\s*"https?:/);
  });
});
