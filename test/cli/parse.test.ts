import { describe, expect, it } from "vitest";
import type { Command } from "../../src/cli/command.ts";
import { FORMAT_OR_JSON, REF } from "../../src/cli/definitions/shared.ts";
import { parseCommandLine } from "../../src/cli/parse.ts";

const command: Command = {
  ...{ name: "look", summary: "", description: [], positionals: [], examples: [] },
  flags: { ref: REF, format: FORMAT_OR_JSON },
  run: () => Promise.resolve(0),
};
const values = (...argv: readonly string[]) => parseCommandLine(command, argv).values;

describe("a flag with several names", () => {
  it("has its value under each of them", () => {
    expect(values("--ref", "v1")).toMatchObject({ ref: "v1", format: "text" });
    expect(values("--base", "v1")).toMatchObject({ ref: "v1", format: "text" });
    expect(values("--base=v1", "--ref", "v2")).toMatchObject({ ref: "v2" });
  });

  it("may stand for a value under one of them, which takes none", () => {
    expect(values("--format", "json")).toMatchObject({ format: "json" });
    expect(values("--json")).toMatchObject({ ref: "HEAD", format: "json" });
    expect(() => values("--json=yes")).toThrow('--json takes no value, got "yes"');
  });
});
