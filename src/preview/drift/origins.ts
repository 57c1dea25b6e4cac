import { UserError } from "../../model/errors.ts";
import type { DriftCommit, EnvironmentDrift } from "../../model/preview.ts";
import type { Trace } from "../../model/render.ts";
import type { CommitFacts, Repository, Tree } from "../../model/tree.ts";
import { smallText } from "../small-text.ts";

/** Two environments that are apart, with what each of them reads. */
export interface TracedDrift {
  readonly drift: EnvironmentDrift;
  readonly here: Trace;
  readonly there: Trace;
}

/** Commits named for one pair of environments. */
const maxNamed = 3;
/**
 * Pairs that commits are looked for, and how much history and how many files are looked at for all of them together.
 */
const maxPairs = 20;
const maxCommits = 50;
const maxPaths = 500;

/**
 * Names the commits on the base branch that brought the differing versions: the newest that put the version's text into
 * a file which only that environment reads. What is set in no such file, was set long ago, or before a clone's history
 * begins, gets no commit rather than a wrong one. History is read once for all pairs.
 */
export async function withOrigins(
  traced: readonly TracedDrift[],
  repository: Repository,
  tip: string,
): Promise<readonly EnvironmentDrift[]> {
  const searches = traced.slice(0, maxPairs).map(searchesOf);
  const paths = [...new Set(searches.flat().flatMap((search) => search.files))].slice(0, maxPaths);
  if (paths.length === 0 || repository.isPartial === true) return traced.map(({ drift }) => drift);
  const log = await repository.log({ to: tip, paths, firstParent: true, limit: maxCommits });
  const treeOf = treeReader(repository);
  return Promise.all(
    traced.map(async ({ drift }, index) => {
      const found = await Promise.all((searches[index] ?? []).map((search) => originOf(search, log, treeOf)));
      return { ...drift, commits: distinct(found.filter((commit) => commit !== undefined)).slice(0, maxNamed) };
    }),
  );
}

/** A version to look for in the files of one environment. */
interface Search {
  readonly environment: string;
  readonly files: readonly string[];
  readonly text: string;
}

function searchesOf({ drift, here, there }: TracedDrift): readonly Search[] {
  const sides = [
    { environment: drift.from, files: ownFiles(there, here), side: "there" },
    { environment: drift.environment, files: ownFiles(here, there), side: "here" },
  ] as const;
  return sides.flatMap(({ environment, files, side }) => {
    if (drift.byPullRequest.includes(environment) || files.length === 0) return [];
    const texts = new Set(drift.versions.flatMap((gap) => gap[side].split(", ")).map(textOf));
    return [...texts].filter((text) => text !== "").map((text) => ({ environment, files, text }));
  });
}

/** Of a tag with a digest the digest: it alone names one image. */
function textOf(version: string): string {
  return version.slice(version.indexOf("@") + 1);
}

function ownFiles(trace: Trace, other: Trace): readonly string[] {
  const shared = new Set(other.map(([path]) => path));
  return trace.flatMap(([path, kind]) => (kind === "file" && !shared.has(path) ? [path] : []));
}

type TreeReader = (commit: string) => Promise<Tree | undefined>;

/** Each commit's tree once: a commit is the parent of the next. A shallow clone lacks the parents of its last ones. */
function treeReader(repository: Repository): TreeReader {
  const trees = new Map<string, Promise<Tree | undefined>>();
  return (commit) => {
    const tree = trees.get(commit) ?? repository.tree(commit).catch(ifNotHere);
    trees.set(commit, tree);
    return tree;
  };
}

function ifNotHere(error: unknown): undefined {
  if (!(error instanceof UserError && error.kind === "not-found")) throw error;
}

async function originOf(
  search: Search,
  log: readonly CommitFacts[],
  treeOf: TreeReader,
): Promise<DriftCommit | undefined> {
  const word = new RegExp(`(?<![\\w.-])${RegExp.escape(search.text)}(?![\\w.-])`);
  for (const commit of log) {
    if (!(await brings(commit, search.files, word, treeOf))) continue;
    const { sha, author, message } = commit;
    return { sha, subject: subjectOf(message), author: author.name, environment: search.environment };
  }
  return undefined;
}

const merge = /^Merge pull request (#\d+) from /;

/** The first line; of GitHub's merge commits the pull request's title, which comes later, and its number. */
function subjectOf(message: string): string {
  const [first = "", ...rest] = message.split(/\r?\n/).map((line) => line.trim());
  const [, number] = merge.exec(first) ?? [];
  const title = rest.find((line) => line !== "");
  return number === undefined || title === undefined ? first : `${title} (${number})`;
}

/** Whether a commit put the word into one of the files. */
async function brings({ sha, parents }: CommitFacts, files: readonly string[], word: RegExp, treeOf: TreeReader) {
  const [parent] = parents;
  const [after, before] = [await treeOf(sha), parent === undefined ? undefined : await treeOf(parent)];
  if (after === undefined || (parent !== undefined && before === undefined)) return false;
  for (const file of files) {
    const [now, then] = [await after.at(file), await before?.at(file)];
    if (now?.kind !== "file" || now.oid === then?.oid || !(await holds(after, file, word))) continue;
    if (before === undefined || then?.kind !== "file" || !(await holds(before, file, word))) return true;
  }
  return false;
}

async function holds(tree: Tree, file: string, word: RegExp): Promise<boolean> {
  const text = await smallText(tree, file);
  return text !== undefined && word.test(text);
}

function distinct(commits: readonly DriftCommit[]): readonly DriftCommit[] {
  return [...new Map(commits.map((commit) => [`${commit.sha} ${commit.environment}`, commit])).values()];
}
