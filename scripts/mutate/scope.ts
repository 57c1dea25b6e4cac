import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { folderOf, serverModules, type TestedFolder } from "./folders.ts";
import type { ImportGraph } from "./graph.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

/** Source files and the tests that judge them. Paths are from the root of the repository. */
export interface Scope {
  readonly folder: TestedFolder;
  readonly sources: ReadonlyMap<string, string>;
  /** All mutants of these files. */
  readonly mutants: readonly Mutant[];
  /** Those that are asked for. */
  readonly wanted: readonly Mutant[];
  readonly tests: readonly string[];
  /** Test files that are left out, since they start servers. */
  readonly leftOut: readonly string[];
}

interface Request {
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/**
 * What the paths of the command line ask for, by the table of folders. Files that it does not name are left out; it is
 * an error if all are.
 */
export function scopesOf(root: string, paths: readonly string[], graph: ImportGraph): readonly Scope[] {
  const requests = paths.map(requestOf);
  const files = requests.flatMap(({ path }) => filesBelow(root, path));
  const byFolder = Map.groupBy(new Set(files), folderOf);
  const scopes = [...byFolder].flatMap(([folder, own]) =>
    folder === undefined ? [] : [scopeOf(root, folder, own.toSorted(), requests, graph)],
  );
  if (scopes.length > 0) return scopes;
  throw new Error(`scripts/mutate/folders.ts names no tests for ${paths.join(", ")}`);
}

function requestOf(text: string): Request {
  const [, path = text, line, column] = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(text) ?? [];
  return { path, line: numberOf(line), column: numberOf(column) };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function filesBelow(root: string, path: string): readonly string[] {
  const full = join(root, path);
  if (!existsSync(full)) throw new Error(`there is no ${path}`);
  if (!statSync(full).isDirectory()) return [path];
  return globSync("**/*.ts", { cwd: full }).map((file) => join(path, file));
}

function scopeOf(
  root: string,
  folder: TestedFolder,
  files: readonly string[],
  requests: readonly Request[],
  graph: ImportGraph,
): Scope {
  const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
  const mutants: Mutant[] = [];
  for (const [file, source] of sources) mutants.push(...mutantsOf(file, source, mutants.length + 1));
  const wanted = mutants.filter((mutant) => requests.some((request) => isAsked(mutant, request)));
  const all = folder.tests.flatMap((path) => filesBelow(root, path).filter(isTest).toSorted());
  const leftOut = all.filter((test) =>
    [...graph.reach(test)].some((file) => serverModules.some((server) => server.test(file))),
  );
  const tests = all.filter((test) => !leftOut.includes(test) && files.some((file) => graph.reach(test).has(file)));
  return { folder, sources, mutants, wanted, tests, leftOut };
}

function isTest(file: string): boolean {
  return file.endsWith(".test.ts");
}

function isAsked({ file, line, column }: Mutant, request: Request): boolean {
  if (file !== request.path && !file.startsWith(`${request.path}/`)) return false;
  return (request.line ?? line) === line && (request.column ?? column) === column;
}
