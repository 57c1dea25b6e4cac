import { createHash } from "node:crypto";
import type { PullRequest } from "../../model/github.ts";
import type { PublishedHead } from "../../model/state.ts";
import type { Repository, Tree, TreeEntry } from "../../model/tree.ts";
import type { ChangePorts } from "../ports.ts";
import type { RepositoryContext } from "../repository-context.ts";
import type { Signer } from "../signature.ts";

/**
 * What the branch `sluice-state` says of a pull request's head. `current`: Sluice published it last, for this pull
 * request. `other`: for this pull request it published another head. `settled`: the pull request was closed, or another
 * one of the branch followed it, so it is used up. `unknown`: nothing that this App wrote.
 */
export type Standing = "current" | "other" | "settled" | "unknown";

/** See `Standing`. */
export async function standingOf(
  { state, signer }: Pick<RepositoryContext, "state" | "signer">,
  pull: Pick<PullRequest, "number" | "head">,
): Promise<Standing> {
  const known = await ownRecord(state, signer, pull.head.ref);
  if (known === undefined) return "unknown";
  if (known.settled || known.pullRequest !== pull.number) return "settled";
  return known.head === pull.head.sha ? "current" : "other";
}

/** What the head that was published last changes; `undefined` where that is not known. */
export async function publishedChanges(
  { state, signer }: Pick<RepositoryContext, "state" | "signer">,
  pull: Pick<PullRequest, "number" | "head">,
): Promise<string | undefined> {
  const known = await ownRecord(state, signer, pull.head.ref);
  return known?.pullRequest === pull.number && known.head === pull.head.sha ? known.changes : undefined;
}

async function ownRecord(
  state: RepositoryContext["state"],
  signer: Signer,
  branch: string,
): Promise<PublishedHead | undefined> {
  const known = await state.published(branch);
  if (known?.branch !== branch) return undefined;
  return signer.verify("published", textOf(known), known.signature) ? known : undefined;
}

function textOf({ branch, pullRequest, head, changes, settled }: Omit<PublishedHead, "signature">): string {
  return [branch, pullRequest, head, changes, settled].join("\n");
}

/** Writes down that this head is the one that the pull request carries. Costs nothing where that is known. */
export async function savePublished(
  ports: Pick<ChangePorts, "state">,
  context: RepositoryContext,
  { number, head: { ref } }: Pick<PullRequest, "number" | "head">,
  head: string,
  changes: string,
): Promise<void> {
  const now = { branch: ref, pullRequest: number, head, changes, settled: false };
  const known = await ownRecord(context.state, context.signer, ref);
  if (known !== undefined && textOf(known) === textOf(now)) return;
  await ports.state.publish(context.where, signed(now, context.signer), context.signal);
}

function signed(record: Omit<PublishedHead, "signature">, signer: Signer): PublishedHead {
  return { ...record, signature: signer.sign("published", textOf(record)) };
}

/**
 * The records of this App that are not settled, of branches with names like these. Their pull requests are open, or
 * ended without an event.
 */
export async function unsettledHeads(
  { state, signer }: Pick<RepositoryContext, "state" | "signer">,
  isOurs: (branch: string) => boolean,
): Promise<readonly PublishedHead[]> {
  const all = await state.unsettled();
  return all.filter((one) => isOurs(one.branch) && signer.verify("published", textOf(one), one.signature));
}

/** Whether the record of this pull request's branch is about it, and not settled. */
export async function isUnsettled(
  { state, signer }: Pick<RepositoryContext, "state" | "signer">,
  { number, head: { ref } }: Pick<PullRequest, "number" | "head">,
): Promise<boolean> {
  const known = await ownRecord(state, signer, ref);
  return known?.pullRequest === number && !known.settled;
}

/**
 * The pull request that the record of a branch takes for open, where it is not the one that is: it ended, and nobody
 * has said so.
 */
export async function endedUnheard(
  context: Pick<RepositoryContext, "state" | "signer" | "github">,
  branch: string,
  open: Pick<PullRequest, "number"> | undefined,
): Promise<PullRequest | undefined> {
  const known = await ownRecord(context.state, context.signer, branch);
  if (known === undefined || known.settled || known.pullRequest === open?.number) return undefined;
  const pull = await context.github.pullRequest(known.pullRequest);
  return pull.state === "closed" && pull.byApp && pull.head.ref === branch ? pull : undefined;
}

/**
 * Writes down that a pull request was closed or merged: opened again, it brings nothing. Another one of the branch is
 * left alone.
 */
export async function saveSettled(
  { state: store, signer: signers }: Pick<ChangePorts, "state" | "signer">,
  where: RepositoryContext["where"],
  { number, head: { ref }, repositoryId }: Pick<PullRequest, "number" | "head" | "repositoryId">,
  signal: AbortSignal,
): Promise<void> {
  const signer = signers.of(repositoryId);
  const known = await ownRecord(await store.read(where, signal), signer, ref);
  if (known?.pullRequest !== number || known.settled) return;
  await store.publish(where, signed({ ...known, settled: true }, signer), signal);
}

/** Identifies what lies between two trees at these paths, byte for byte: which file became which, with their modes. */
export async function changesBetween(before: Tree, after: Tree, paths: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    [...new Set(paths)].toSorted().map(async (path) => {
      const [from, to] = [entryText(await before.at(path)), entryText(await after.at(path))];
      return from === to ? "" : `${path}\0${from}\0${to}\0`;
    }),
  );
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** Identifies what a merge of the head brings to the base; `undefined` where they have nothing in common. */
export async function changesOfMerge(repository: Repository, base: string, head: string): Promise<string | undefined> {
  const fork = await repository.mergeBase(head, base);
  if (fork === undefined) return undefined;
  const paths = (await repository.changedPaths(fork, head)).map(({ path }) => path);
  return changesBetween(await repository.tree(fork), await repository.tree(head), paths);
}

function entryText(entry: TreeEntry | undefined): string {
  if (entry === undefined) return "";
  return `${entry.kind}${entry.kind === "file" && entry.executable ? "+x" : ""} ${entry.oid}`;
}

/** Records that are settled in one sweep; the next one goes on. */
const maxEnded = 20;

/**
 * So many of the records as one sweep settles: each begins elsewhere, so what cannot be settled keeps nothing waiting.
 */
export function inTurn<T>(records: readonly T[], now: number): readonly T[] {
  if (records.length <= maxEnded) return records;
  const start = Math.floor(now / 60_000) % records.length;
  return [...records.slice(start), ...records.slice(0, start)].slice(0, maxEnded);
}
