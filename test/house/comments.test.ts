import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const maxColumns = 120;

/** Lines that are nothing but a comment; code is the formatter's. */
const comment = /^\s*(?:\/\/|\/\*\*|\*(?!\S))/;

function tooWide(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|mjs)$/.test(entry.name) && !entry.parentPath.includes("fixtures"))
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) =>
          line.length > maxColumns && comment.test(line) ? [`${relative(root, file)}:${index + 1}`] : [],
        ),
    );
}

describe("comments", () => {
  it.each(["src", "sandbox", "test", "bench", "scripts"])("of %s fit into 120 columns", (folder) => {
    expect(tooWide(folder)).toEqual([]);
  });
});
