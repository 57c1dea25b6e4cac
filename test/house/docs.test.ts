import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../src/diff/findings/index.ts";

const root = join(import.meta.dirname, "../..");
const pages = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe("the documentation", () => {
  it("explains every finding", () => {
    const page = readFileSync(join(root, "docs/preview.md"), "utf8");
    expect(rules.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
  });

  it.each(pages)("%s links only to what exists", (page) => {
    const links = readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g);
    const missing = [...links]
      .map(([, link = ""]) => normalize(join(dirname(page), link)))
      .filter((link) => !existsSync(join(root, link)));
    expect(missing).toEqual([]);
  });
});
