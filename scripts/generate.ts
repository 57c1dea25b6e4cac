/**
 * Writes the pages and the schema that are made from the code. `--check` writes nothing and exits 1 when a file is
 * stale.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { commands } from "../src/cli/commands.ts";
import { TABLE } from "../src/webhooks/commands/table.ts";
import { cliReference } from "./generate/cli-page.ts";
import { commandsPage } from "./generate/commands-page.ts";
import { generatedFiles } from "./generate/config-files.ts";
import { serverSettingsPage } from "./generate/server-settings-page.ts";

const root = join(import.meta.dirname, "..");
const check = process.argv.includes("--check");

const files: Readonly<Record<string, string>> = {
  ...generatedFiles(),
  "docs/commands.md": commandsPage(TABLE),
  "docs/cli.md": cliReference(commands),
  "docs/server-settings.md": serverSettingsPage(),
};

for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  const current = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (current === text) continue;
  if (check) {
    console.error(`${path} is stale: run node scripts/generate.ts`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`wrote ${path}`);
  }
}
