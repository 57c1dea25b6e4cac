/** Writes what is generated from the configuration's schema. `--check` writes nothing and exits 1 when a file is stale. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generatedFiles } from "../src/config/generated.ts";

const root = join(import.meta.dirname, "..");
const check = process.argv.includes("--check");

for (const [path, text] of Object.entries(generatedFiles())) {
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
