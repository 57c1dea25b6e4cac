import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One import or re-export of a source file. */
export interface SourceImport {
  readonly specifier: string;
  /** Erased before the file runs. */
  readonly typeOnly: boolean;
  /** `import("…")`. */
  readonly dynamic: boolean;
}

/** Every TypeScript file below a folder. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** What a file imports. */
export function importsOf(path: string): readonly SourceImport[] {
  const statements = readFileSync(path, "utf8").matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm,
  );
  return [...statements].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? "",
    typeOnly: match[1] !== undefined,
    dynamic: match[4] !== undefined,
  }));
}

/** What a program loads: its files, and the packages that these import. */
export interface Loaded {
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
}

/** Follows the imports from a file. `follows` chooses among the dynamic ones. */
export function loadedFrom(start: string, follows: (file: string, specifier: string) => boolean): Loaded {
  const files = new Set([start]);
  const packages = new Set<string>();
  for (const file of files) {
    for (const { specifier, typeOnly, dynamic } of importsOf(file)) {
      if (typeOnly || specifier.startsWith("node:") || (dynamic && !follows(file, specifier))) continue;
      if (specifier.startsWith(".")) files.add(join(dirname(file), specifier));
      else packages.add(packageOf(specifier));
    }
  }
  return { files, packages };
}

/** `@scope/name/part` is part of `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
