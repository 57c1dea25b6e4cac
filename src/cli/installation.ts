import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";

const manifest = findPackageJSON(import.meta.url) ?? "package.json";

/** The path of a file or folder of this installation, whether it runs from `src/` or from the bundle in `dist/`. */
export function installed(...path: readonly string[]): string {
  return join(dirname(manifest), ...path);
}

/** The version in package.json. */
export function installedVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  return typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "unknown";
}
