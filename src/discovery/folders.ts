import { UserError } from "../model/errors.ts";
import { joinPath } from "../model/paths.ts";
import type { NamedEntry, Tree } from "../model/tree.ts";

const mostEntries = 200_000;
const deepest = 64;

/** Every folder that discovery looks at with its children, by path. Left out: names with a dot in front, `node_modules`, links and submodules. */
export type Folders = ReadonlyMap<string, readonly NamedEntry[]>;

/** Lists a whole tree. More than 200,000 entries or 64 levels are a `limit` UserError. */
export async function listFolders(tree: Tree): Promise<Folders> {
  const found: [string, readonly NamedEntry[]][] = [];
  const budget = { left: mostEntries };
  await walk(tree, "", 0, budget, found);
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function walk(
  tree: Tree,
  path: string,
  depth: number,
  budget: { left: number },
  found: [string, readonly NamedEntry[]][],
): Promise<void> {
  const entries = (await tree.list(path)).filter((entry) => isLookedAt(entry.name));
  budget.left -= entries.length;
  if (budget.left < 0) throw tooLarge(`has more than ${mostEntries} files and folders`);
  if (depth > deepest) throw tooLarge(`has folders nested more than ${deepest} deep`);
  found.push([path, entries]);
  await Promise.all(
    entries.map((entry) =>
      entry.kind === "dir" ? walk(tree, joinPath(path, entry.name), depth + 1, budget, found) : undefined,
    ),
  );
}

/** Names that cannot be printed or are not UTF-8 (a replacement character stands for what was not) cannot be written in a configuration. */
function isLookedAt(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return !name.startsWith(".") && name !== "node_modules" && !/[\u0000-\u001f\u007f\ufffd]/.test(name);
}

function tooLarge(what: string): UserError {
  return new UserError("limit", `The repository ${what}, too many to discover targets`, {
    fix: "Add a `.sluice.yaml` that says where the targets are; only the folders that it names are read.",
  });
}
