import { UserError } from "../model/errors.ts";
import { joinPath } from "../model/paths.ts";
import type { NamedEntry, Tree } from "../model/tree.ts";

const maxEntries = 200_000;
const maxDepth = 64;

/**
 * Every folder that discovery reads with its children, by path. Without hidden names, `node_modules`, links and
 * submodules.
 */
export type Folders = ReadonlyMap<string, readonly NamedEntry[]>;

/** Lists a whole tree. Throws a `limit` UserError for more than 200,000 entries or 64 levels. */
export async function listFolders(tree: Tree): Promise<Folders> {
  const found: [string, readonly NamedEntry[]][] = [];
  const budget = { left: maxEntries };
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
  const entries = (await tree.list(path)).filter((entry) => isRead(entry.name));
  budget.left -= entries.length;
  if (budget.left < 0) throw tooLarge(`has more than ${maxEntries} files and folders`);
  if (depth > maxDepth) throw tooLarge(`has folders nested more than ${maxDepth} deep`);
  found.push([path, entries]);
  await Promise.all(
    entries.map((entry) =>
      entry.kind === "dir" ? walk(tree, joinPath(path, entry.name), depth + 1, budget, found) : undefined,
    ),
  );
}

/** A configuration cannot contain names with control characters or invalid UTF-8 (which decodes to U+FFFD). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the check refuses them
const unwritable = /[\u0000-\u001f\u007f\ufffd]/;

/** Names with `{{` are those of a template of folders (cookiecutter), which is filled in elsewhere. */
function isRead(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules" && !name.includes("{{") && !unwritable.test(name);
}

function tooLarge(what: string): UserError {
  return new UserError("limit", `The repository ${what}, too many to discover targets`, {
    fix: "Add a `.sluice.yaml` that names the folders of the targets. Then Sluice reads only those.",
  });
}
