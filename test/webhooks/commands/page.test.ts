import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { commandsPage } from "../../../scripts/generate/commands-page.ts";
import { TABLE } from "../../../src/webhooks/commands/table.ts";

describe("the page of commands", () => {
  it("is what the table says", async () => {
    expect(await readFile(new URL("../../../docs/commands.md", import.meta.url), "utf8")).toBe(commandsPage(TABLE));
  });

  it("lists each command once, under names that the parser finds", () => {
    const names = TABLE.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*$/);
  });
});
