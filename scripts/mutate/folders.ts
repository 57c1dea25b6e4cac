/** Which tests judge which source folder. */
export interface TestedFolder {
  readonly source: string;
  /** Folders below `test/`. Test files that start a server are left out by themselves. */
  readonly tests: readonly string[];
}

/** The most specific folder counts. Keep it in step with the layout of `src/` and `test/`. */
export const testedFolders: readonly TestedFolder[] = [
  { source: "src/policy", tests: ["test/policy"] },
  { source: "src/edit", tests: ["test/edit"] },
  { source: "src/diff", tests: ["test/diff", "test/preview/text"] },
  // What promotions and images share: their tests of plans drive it.
  { source: "src/change", tests: ["test/change", "test/promote", "test/images"] },
  { source: "src/promote", tests: ["test/promote", "test/change"] },
  { source: "src/images", tests: ["test/images"] },
  { source: "src/images/policy", tests: ["test/images/policy"] },
];

/** A test file is left out when one of these is among the modules that it loads: it starts servers. */
export const serverModules: readonly RegExp[] = [/(^|\/)sandbox\//, /^test\/(e2e|rooms|contract)\//];

/** The folder of the table that `file` belongs to. */
export function folderOf(file: string): TestedFolder | undefined {
  return testedFolders
    .filter(({ source }) => file.startsWith(`${source}/`))
    .toSorted((a, b) => b.source.length - a.source.length)[0];
}
