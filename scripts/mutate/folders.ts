/** Which tests judge which source folder. */
export interface TestedFolder {
  readonly source: string;
  /** Folders and files below `test/`. Test files that start a server are left out by themselves. */
  readonly tests: readonly string[];
}

/** The most specific folder counts. Keep it in step with the layout of `src/` and `test/`. */
export const testedFolders: readonly TestedFolder[] = [
  // What gates say is rendered, and compared as a whole, in the texts of promotions.
  {
    source: "src/policy",
    tests: ["test/policy", "test/promote/text", "test/promote/gates.test.ts", "test/promote/hotfix.test.ts"],
  },
  {
    source: "src/edit",
    tests: ["test/edit", "test/change/setting-versions.test.ts", "test/change/images", "test/promote/strategies"],
  },
  // Previews of made-up repositories drive the diff, and their texts show it.
  {
    source: "src/diff",
    tests: [
      "test/diff",
      "test/preview/text",
      "test/preview/cases",
      "test/preview/drift",
      "test/preview/affected-reasons.test.ts",
      "test/preview/assemble.test.ts",
      "test/preview/budget.test.ts",
      "test/preview/hostile-objects.test.ts",
      "test/preview/noise.test.ts",
      "test/preview/sizes.test.ts",
      "test/cli/text",
    ],
  },
  // What promotions and images share: their tests of plans drive it.
  { source: "src/change", tests: ["test/change", "test/promote", "test/images"] },
  { source: "src/promote", tests: ["test/promote", "test/change"] },
  { source: "src/images", tests: ["test/images"] },
  {
    source: "src/images/policy",
    tests: [
      "test/images/policy",
      "test/images/text",
      "test/images/advance.test.ts",
      "test/images/flux-markers.test.ts",
      "test/images/groups.test.ts",
      "test/images/verify.test.ts",
    ],
  },
];

/** A test file is left out when one of these is among the modules that it loads: it starts servers. */
export const serverModules: readonly RegExp[] = [/(^|\/)sandbox\//, /^test\/(e2e|rooms|contract)\//];

/** The folder of the table that `file` belongs to. */
export function folderOf(file: string): TestedFolder | undefined {
  return testedFolders
    .filter(({ source }) => file.startsWith(`${source}/`))
    .toSorted((a, b) => b.source.length - a.source.length)[0];
}
