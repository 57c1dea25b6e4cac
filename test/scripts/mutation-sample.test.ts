import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOf, testedFolders } from "../../scripts/mutate/folders.ts";
import { optionsOf } from "../../scripts/mutate/options.ts";
import { sampleOf } from "../../scripts/mutate/sample.ts";

const items = ["a", "b", "c"].flatMap((file, index) =>
  Array.from({ length: 10 * (index + 1) }, (_, id) => ({ file, id })),
);

describe("a sample of mutants", () => {
  it("gives each file its share, in the order of the files", () => {
    const files = sampleOf(items, 12, 1).map(({ file }) => file);
    expect(files.join("")).toMatch(/^a{1,3}b{3,5}c{5,7}$/);
    expect(files).toHaveLength(12);
  });

  it("is the same for the same seed, and another one for another", () => {
    expect(sampleOf(items, 12, 5)).toEqual(sampleOf(items, 12, 5));
    expect(sampleOf(items, 12, 5)).not.toEqual(sampleOf(items, 12, 6));
  });

  it("is all of them where they are no more than what is asked for", () => {
    expect(sampleOf(items, 60, 1)).toEqual(items);
    expect(sampleOf(items, undefined, 1)).toEqual(items);
  });
});

describe("the arguments", () => {
  it("name folders and files, and have defaults", () => {
    const options = optionsOf(["./src/policy/", "src/a.ts:3", "--sample", "20"]);
    expect(options).toMatchObject({
      paths: ["src/policy", "src/a.ts:3"],
      sample: 20,
      seed: 1,
      workers: 1,
      json: false,
    });
  });

  it("that are no numbers say so", () => {
    expect(() => optionsOf(["src", "--min", "much"])).toThrow('--min takes a number, not "much"');
  });
});

describe("the table of folders", () => {
  it("has the most specific folder for a file", () => {
    expect(folderOf("src/images/policy/choose.ts")?.source).toBe("src/images/policy");
    expect(folderOf("src/images/look.ts")?.source).toBe("src/images");
    expect(folderOf("src/policyholder.ts")).toBeUndefined();
  });

  it("names what exists", () => {
    const paths = testedFolders.flatMap(({ source, tests }) => [source, ...tests]);
    expect(paths.filter((path) => !existsSync(join(import.meta.dirname, "..", "..", path)))).toEqual([]);
  });
});
