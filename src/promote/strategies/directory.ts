import { bareEntry, sameEntry } from "../../change/entries.ts";
import type { ChangePlan } from "../../change/rendered-target.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import { toItems } from "../../diff/item.ts";
import { UserError } from "../../model/errors.ts";
import { joinPath } from "../../model/paths.ts";
import type { Resource } from "../../model/render.ts";
import type { Target } from "../../model/target.ts";
import { codeList } from "../../model/text/markdown.ts";
import type { Tree, TreeChange, TreeEntry } from "../../model/tree.ts";
import { matchesGlob } from "../../targets/patterns.ts";
import { foreignNames } from "./foreign-names.ts";
import { type FilePair, withOwnValues } from "./own-values.ts";
import type { StrategyInput } from "./strategy.ts";

/**
 * Carries the source's folder: every file by its Git id, with its mode, what the source lacks deleted, and what
 * `exclude` matches left alone in both. What makes the target's environment what it is stays: see `withOwnValues`. A
 * new folder is carried as one entry.
 */
export async function planDirectory({ pair, source, target }: StrategyInput): Promise<ChangePlan> {
  const [from, to] = [pair.source.render.path, pair.target.render.path];
  checkFolders(pair.source, pair.target);
  const globs = (pair.settings.exclude ?? []).map((glob) => fillTemplate(glob, pair.target));
  const [there, here] = await Promise.all([matching(source.at.tree, from, globs), matching(target.at.tree, to, globs)]);
  const left = [...new Set([...there, ...here])].sort();
  const copy: Copy = {
    source: source.at.tree,
    target: target.at.tree,
    from,
    to,
    left,
    changes: [],
    kept: [],
    environments: [pair.source.environment, pair.target.environment],
  };
  await carryPath(copy, "", await copy.source.at(from), await copy.target.at(to));
  const except = left.length === 0 ? "" : `, but for ${codeList(left)}`;
  const own =
    copy.kept.length === 0
      ? []
      : [`${codeList(copy.kept, 5)}: namespaces, host names and names of ${pair.target.environment} stay.`];
  const was = pair.source.id === pair.target.id ? "was there" : "is";
  const note = `\`${to}\` becomes what \`${from}\` ${was}${except}; whatever that changes in the render is part of the plan.`;
  const short = async (tree: Tree, path: string): Promise<string> => (await tree.at(path))?.oid.slice(0, 12) ?? "";
  const version = {
    image: "directory",
    from: await short(copy.target, to),
    to: await short(copy.source, from),
  };
  return {
    versions: copy.changes.length === 0 ? [] : [version],
    changes: copy.changes,
    notes: copy.changes.length === 0 ? [] : [note, ...own],
    expected: undefined,
    remarks: (after) => {
      if (pair.source.id === pair.target.id) return [];
      const between = { from: pair.source.environment, to: pair.target.environment };
      return foreignNames(target.render.resources(), after, between);
    },
    guard: (before, after) => {
      if (pair.source.id !== pair.target.id && pair.settings.moveNamespaces !== true)
        refuseMoves(before, after, source.render.resources());
    },
  };
}

/** A target that takes its own past back is always like itself. */
function checkFolders(source: Target, target: Target): void {
  const [from, to] = [source.render.path, target.render.path];
  if (source.id === target.id) return;
  if (from === to) {
    throw new UserError(
      "refused",
      `${source.id} and ${target.id} are the same folder \`${to}\`: nothing is to be copied`,
      {
        fix: "Use the strategy `images` or `paths` here.",
      },
    );
  }
  if (isBelow(from, to) || isBelow(to, from)) {
    throw new UserError("refused", `one of the folders \`${from}\` and \`${to}\` lies in the other one`, {
      fix: "Use the strategy `images` or `paths` here, or move one of the folders.",
    });
  }
  if (source.render.kind !== target.render.kind) {
    throw new UserError(
      "refused",
      `${source.id} is rendered by ${source.render.kind} and ${target.id} by ${target.render.kind}: a copy would not be the same thing`,
      { fix: "Use the strategy `images` or `paths` here." },
    );
  }
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

interface Copy {
  readonly source: Tree;
  readonly target: Tree;
  readonly from: string;
  readonly to: string;
  /** What `exclude` matches in the source or the target, topmost paths only, relative to the folder. */
  readonly left: readonly string[];
  readonly changes: TreeChange[];
  /** Files of which values of the target's own stay. */
  readonly kept: string[];
  readonly environments: readonly [from: string, to: string];
}

async function carryPath(
  copy: Copy,
  path: string,
  source: TreeEntry | undefined,
  target: TreeEntry | undefined,
): Promise<void> {
  if (sameEntry(source, target) || copy.left.includes(path)) return;
  // GitHub merges the entry of a folder into the one that is there: what is to go, and what is to stay, is named.
  const isFolder = source?.kind === "dir" && target?.kind === "dir";
  if (isFolder || copy.left.some((left) => path === "" || left.startsWith(`${path}/`)))
    return carryChildren(copy, path);
  const at = joinPath(copy.to, path);
  const own = await ownFile(copy, path, source, target);
  if (own !== undefined) copy.changes.push(...own);
  else if (source === undefined) copy.changes.push({ kind: "delete", path: at });
  else copy.changes.push({ kind: "entry", path: at, entry: bareEntry(source) });
}

/** The file with the values of the target's own, where it has some; no change where it is the target's then. */
async function ownFile(
  { source, target, from, to, kept, environments }: Copy,
  path: string,
  there: TreeEntry | undefined,
  here: TreeEntry | undefined,
): Promise<readonly TreeChange[] | undefined> {
  if (there?.kind !== "file" || here?.kind !== "file" || !/\.ya?ml$/.test(path) || from === to) return undefined;
  const at = joinPath(to, path);
  const [theirs, ours] = await Promise.all([source.read(joinPath(from, path)), target.read(at)]);
  if (theirs === undefined || ours === undefined) return undefined;
  const [first, second] = environments;
  const bytes = ownValues({ path: at, source: theirs, target: ours, from: first, to: second });
  if (bytes === undefined) return undefined;
  if (Buffer.compare(bytes, ours) === 0 && there.executable === here.executable) return [];
  kept.push(at);
  return [{ kind: "write", path: at, bytes, executable: there.executable }];
}

/** What is not YAML, such as a template, has no values that could be told apart. */
function ownValues(pair: FilePair): Uint8Array | undefined {
  try {
    return withOwnValues(pair);
  } catch (error) {
    if (error instanceof UserError && error.kind === "input") return undefined;
    throw error;
  }
}

/** A resource that leaves its namespace is deleted there, and one of the source's namespace would be the source's. */
function refuseMoves(before: readonly Resource[], after: readonly Resource[], source: readonly Resource[]): void {
  const [old, fresh] = [toItems(before), toItems(after)];
  const had = new Set(old.map(({ key }) => key));
  const own = new Set(old.map(({ id }) => id.namespace));
  const theirs = new Set(toItems(source).map(({ id }) => id.namespace));
  const [first, ...more] = fresh.filter(
    ({ key, id }) => own.size > 0 && !had.has(key) && !own.has(id.namespace) && theirs.has(id.namespace),
  );
  if (first === undefined) return;
  const { kind, name, namespace } = first.id;
  const leaves = old.find(({ id }) => id.kind === kind && id.name === name);
  const what =
    leaves === undefined
      ? `would put ${kind} ${name} into the namespace \`${namespace}\``
      : `would move ${kind} ${name} from the namespace \`${leaves.id.namespace}\`, where it is deleted, to \`${namespace}\``;
  throw new UserError("refused", `the copy ${what}${more.length > 0 ? `, and ${more.length} more` : ""}`, {
    fix: "Set the namespace in files that `exclude` names, or say `moveNamespaces: true` if it is meant.",
  });
}

async function carryChildren(copy: Copy, path: string): Promise<void> {
  const [sources, targets] = await Promise.all([
    copy.source.list(joinPath(copy.from, path)),
    copy.target.list(joinPath(copy.to, path)),
  ]);
  const before = new Map(targets.map((entry) => [entry.name, entry]));
  const after = new Map(sources.map((entry) => [entry.name, entry]));
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    await carryPath(copy, joinPath(path, name), after.get(name), before.get(name));
  }
}

const maxEntries = 200_000;

/** The topmost paths below a folder that a glob matches. */
async function matching(tree: Tree, folder: string, globs: readonly string[]): Promise<readonly string[]> {
  if (globs.length === 0) return [];
  const found: string[] = [];
  const open = [""];
  let read = 0;
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const entry of await tree.list(joinPath(folder, path))) {
      read += 1;
      if (read > maxEntries)
        throw new UserError("limit", `\`${folder}\` holds more than ${maxEntries} files and folders`);
      const at = joinPath(path, entry.name);
      if (globs.some((glob) => matchesGlob(at, glob))) found.push(at);
      else if (entry.kind === "dir") open.push(at);
    }
  }
  return found;
}
