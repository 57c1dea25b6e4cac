import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import serverPackages from "../../scripts/lib/server-packages.json" with { type: "json" };
import { type Loaded, loadedFrom } from "./support/source-imports.ts";

const src = join(import.meta.dirname, "../../src");
const table = join(src, "cli/commands.ts");

/** With the settings of a server, the doctor asks GitHub what the server asks: that is loaded then. */
const asksGitHub = "../../wiring/examine-github.ts";

/** What a command loads: the command line, the command's handler, and everything that these may load. */
function loadedBy(handler: string): Loaded {
  return loadedFrom(
    join(src, "cli.ts"),
    (file, specifier) => specifier !== asksGitHub && (file !== table || specifier === handler),
  );
}

function foldersOf({ files }: Loaded): readonly string[] {
  return [...new Set([...files].map((file) => relative(src, file).split("/")[0] ?? ""))].sort();
}

describe("the command line", () => {
  it.each([
    "./preview.ts",
    "./promote.ts",
    "./status.ts",
    "./render.ts",
    "./targets.ts",
    "./lint.ts",
    "./doctor.ts",
    "./images/check.ts",
    "./images/bump.ts",
  ])("loads nothing of the server's for %s", (handler) => {
    const loaded = loadedBy(handler);
    expect([...loaded.files]).toContain(join(src, "cli", handler));
    expect(serverPackages.filter((name) => loaded.packages.has(name))).toEqual([]);
    const server = ["queue", "web", "webhooks", "github", "state", "observe", "index.ts", "main.ts"];
    expect(foldersOf(loaded).filter((folder) => server.includes(folder))).toEqual([]);
  });

  it("needs only its own files and no package for help, version and usage errors", () => {
    const loaded = loadedBy("");
    expect([...loaded.packages]).toEqual([]);
    expect(foldersOf(loaded)).toEqual(["cli", "cli.ts", "model"]);
    expect(loaded.files.size).toBeLessThan(40);
  });

  it("knows every package of the server by its import", () => {
    const { packages } = loadedBy("./serve.ts");
    expect([...packages]).toEqual(expect.arrayContaining(["probot", "bullmq", "ioredis", "pino", "hono"]));
  });
});
