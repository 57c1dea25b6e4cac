import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parsed } from "./syntax.ts";

/** Which files of the repository load which others; types do not count. */
export interface ImportGraph {
  /** The files that a file loads itself. Paths are from the root of the repository. */
  direct(file: string): readonly string[];
  /** All files that loading a file loads. */
  reach(file: string): ReadonlySet<string>;
}

/** Reads imports as they are asked for, each file once. */
export function importGraph(root: string): ImportGraph {
  const known = new Map<string, readonly string[]>();
  const direct = (file: string): readonly string[] => {
    const found = known.get(file) ?? importsOf(root, file);
    known.set(file, found);
    return found;
  };
  const reach = (file: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    for (const left = [file]; left.length > 0; ) {
      const next = left.pop();
      if (next === undefined || reached.has(next)) continue;
      reached.add(next);
      left.push(...direct(next));
    }
    return reached;
  };
  return { direct, reach };
}

function importsOf(root: string, file: string): readonly string[] {
  if (!/\.m?ts$/.test(file) || !existsSync(join(root, file))) return [];
  const { module } = parsed(file, readFileSync(join(root, file), "utf8"));
  const imports = module.staticImports.filter(({ entries }) => entries.length === 0 || entries.some(isValue));
  const exports = module.staticExports.flatMap(({ entries }) => entries.filter(isValue));
  return [...imports, ...exports]
    .map(({ moduleRequest }) => moduleRequest?.value)
    .filter((name) => name?.startsWith(".") === true)
    .map((name) => normalize(join(dirname(file), name ?? "")));
}

function isValue({ isType }: { readonly isType: boolean }): boolean {
  return !isType;
}
