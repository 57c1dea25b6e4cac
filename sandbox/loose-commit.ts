import { readLoose, writeObject } from "./loose-object.ts";
import { FOLDER, readTree, type TreeEntry, treeOf, Unreadable } from "./loose-tree.ts";

/** Who is written into a commit. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

/** What a commit is made of. */
export interface CommitParts {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** A path that a commit changed, as `git log --name-status` tells it. */
export interface ChangedName {
  readonly status: string;
  readonly path: string;
}

/**
 * Writes a commit as `git commit-tree` does; undefined when git must be asked, for persons and times that it would have
 * to tidy up.
 */
export async function writeLooseCommit(dir: string, commit: CommitParts): Promise<string | undefined> {
  const [author, committer] = [person(commit.author), person(commit.committer)];
  if (author === undefined || committer === undefined || commit.message.includes("\0")) return undefined;
  const lines = [
    `tree ${commit.tree}`,
    ...[...new Set(commit.parents)].map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
    "",
    commit.message,
  ];
  return writeObject(dir, "commit", Buffer.from(lines.join("\n")));
}

function person({ name, email, date }: Signature): string | undefined {
  const [, zone = ""] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.exec(date) ?? [];
  const untidy = (text: string): boolean => text === "" || /[<>\p{Cc}]|^[\s.,:;"\\']|[\s.,:;"\\']$/u.test(text);
  if (zone === "" || untidy(name) || untidy(email)) return undefined;
  return `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} ${zone === "Z" ? "+0000" : zone.replace(":", "")}`;
}

/** Reads a commit; undefined when git must be asked. Times are in UTC. */
export function readLooseCommit(dir: string, id: string): CommitParts | undefined {
  const object = readLoose(dir, id);
  if (object?.type !== "commit") return undefined;
  const text = object.bytes.toString("utf8");
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  const all = (key: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []));
  const [tree, author, committer] = [all("tree")[0], signature(all("author")[0]), signature(all("committer")[0])];
  if (tree === undefined || author === undefined || committer === undefined || all("encoding").length > 0)
    return undefined;
  return { tree, parents: all("parent"), author, committer, message: text.slice(end + 2) };
}

function signature(line: string | undefined): Signature | undefined {
  const [, name = "", email = "", seconds = ""] = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line ?? "") ?? [];
  if (seconds === "") return undefined;
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString() };
}

const MAX_ANCESTORS = 400;

/** The commit and all before it; undefined when git must be asked, as for long histories. */
export function ancestors(dir: string, id: string): ReadonlySet<string> | undefined {
  const found = new Set<string>([id]);
  // What is added while it is walked over is walked over as well.
  for (const one of found) {
    const commit = readLooseCommit(dir, one);
    if (commit === undefined || found.size > MAX_ANCESTORS) return undefined;
    for (const parent of commit.parents) found.add(parent);
  }
  return found;
}

/** The paths in which a commit's tree differs from its first parent's, sorted; undefined when git must be asked. */
export function changedNames(dir: string, { tree, parents }: CommitParts): readonly ChangedName[] | undefined {
  const [parent] = parents;
  const before = parent === undefined ? undefined : treeOf(dir, parent);
  if (parent !== undefined && before === undefined) return undefined;
  try {
    const names = differences(dir, before, tree, "");
    return names.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function differences(
  dir: string,
  before: string | undefined,
  after: string | undefined,
  folder: string,
): ChangedName[] {
  const [old, fresh] = [entriesOf(dir, before), entriesOf(dir, after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const [one, other] = [old.get(name), fresh.get(name)];
    if (one?.id === other?.id && one?.mode === other?.mode) return [];
    const path = `${folder}${name}`;
    const below = one?.mode === FOLDER || other?.mode === FOLDER;
    const deeper = below ? differences(dir, subtree(one), subtree(other), `${path}/`) : [];
    const status = statusOf(one, other);
    return status === undefined ? deeper : [{ status, path }, ...deeper];
  });
}

function subtree(entry: TreeEntry | undefined): string | undefined {
  return entry?.mode === FOLDER ? entry.id : undefined;
}

function entriesOf(dir: string, id: string | undefined): ReadonlyMap<string, TreeEntry> {
  if (id === undefined) return new Map();
  const entries = readTree(dir, id);
  if (entries === undefined) throw new Unreadable();
  return entries;
}

/** What became of a file, a link or a submodule; undefined where there is none before or after. */
function statusOf(one: TreeEntry | undefined, other: TreeEntry | undefined): string | undefined {
  const [was, is] = [one, other].map((entry) =>
    entry === undefined || entry.mode === FOLDER ? undefined : entry.mode,
  );
  if (was === undefined && is === undefined) return undefined;
  if (was === undefined) return "A";
  if (is === undefined) return "D";
  // Files may be executable or not; links and submodules are of another type.
  return was.slice(0, 3) === is.slice(0, 3) ? "M" : "T";
}
